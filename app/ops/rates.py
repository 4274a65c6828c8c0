"""How much was done in the last hour and the last day, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import redis
import sqlalchemy as sa

from app.counters import STEPS, Rate, load_rates
from app.ops.failures import earliest_id

# An import may wait so long for a person's word between its upload and its end.
LONGEST = timedelta(days=8)

_ROWS = sa.text("""
SELECT floor(extract(epoch FROM finished_at) / :step)::bigint AS number,
    sum((counts->>'rows')::bigint - (counts->>'rejected')::bigint
        - (counts->>'skipped')::bigint)::bigint AS rows
FROM imports
WHERE id >= :since AND status = 'completed' AND finished_at >= to_timestamp(:first)
GROUP BY 1
""")


@dataclass(frozen=True)
class Series:
    """What was counted in each step, the oldest first; the last one ends at `until`.

    None is what cannot be told just now.
    """

    step_seconds: int
    until: datetime
    rows: list[int] | None
    requests: list[int] | None
    server_errors: list[int] | None
    delivered: list[int] | None
    undelivered: list[int] | None


def read_rows(connection: sa.Connection, step: int, now: float) -> list[int]:
    """The rows that imports have taken over, by the step in which the import was completed."""
    kept, last = STEPS[step], int(now) // step
    first = last - kept + 1
    since = earliest_id(datetime.fromtimestamp(first * step, UTC) - LONGEST)
    parameters = {"step": step, "first": first * step, "since": str(since)}
    found = {row.number: row.rows for row in connection.execute(_ROWS, parameters)}
    return [found.get(number, 0) for number in range(first, last + 1)]


def read_counted(client: redis.Redis, step: int, now: float) -> dict[Rate, list[int]]:
    """What all processes have counted. Raises RedisError."""
    steps = load_rates(client, step, now)
    return {rate: [counts[rate] for counts in steps] for rate in Rate}


def make_series(
    step: int, now: float, rows: list[int] | None, counted: dict[Rate, list[int]] | None
) -> Series:
    """Both together."""
    until = datetime.fromtimestamp((int(now) // step + 1) * step, UTC)
    return Series(step, until, rows, *((counted or {}).get(rate) for rate in Rate))
