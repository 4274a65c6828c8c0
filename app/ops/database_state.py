"""What is in the database and how much room it takes. Cheap, however large the catalog is.

Sizes of tables come from PostgreSQL's catalog, and their rows are its estimates. Only imports,
webhooks and what is still to be sent are counted, the last up to a limit. The connection commits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.extensions import db

# Counting goes no further: whoever sees so many knows what there is to know.
MOST_COUNTED = 100_000
SECONDS = 5
RESULTS = ("created", "updated", "unchanged", "duplicates", "rejected", "skipped")
# Upper ends of the buckets in which imports' durations are counted, in seconds.
DURATIONS = (1, 5, 15, 60, 300, 1800)

_IMPORTS = sa.text(f"""
SELECT status, count(*) AS imports,
    {", ".join(f"coalesce(sum((counts->>'{name}')::bigint), 0) AS {name}" for name in RESULTS)},
    {
    ", ".join(
        f"count(*) FILTER (WHERE finished_at - started_at <= interval '{end} s') AS within_{end}"
        for end in DURATIONS
    )
},
    coalesce(extract(epoch FROM sum(finished_at - started_at)), 0)::float AS seconds,
    min(coalesce(started_at, created_at)) AS oldest_at
FROM imports GROUP BY status
""")  # noqa: S608 - names of this module

_DELIVERIES = sa.text("""
SELECT (SELECT count(*) FROM (SELECT FROM deliveries WHERE status = 'pending' LIMIT :most) AS p),
    (SELECT min(first.next_attempt_at) FROM webhooks AS w CROSS JOIN LATERAL (
        SELECT next_attempt_at FROM deliveries
        WHERE webhook_id = w.id AND status = 'pending'
        ORDER BY next_attempt_at LIMIT 1
    ) AS first WHERE w.enabled)
""")

_WEBHOOKS = sa.text("""
SELECT CASE WHEN NOT enabled AND disabled_reason IS NOT NULL THEN 'given_up'
    WHEN NOT enabled THEN 'disabled' WHEN failing_since IS NOT NULL THEN 'failing'
    ELSE 'well' END AS state, count(*) AS webhooks
FROM webhooks GROUP BY 1
""")

_TABLES = sa.text("""
SELECT relname AS name, pg_table_size(oid) AS data_bytes, pg_indexes_size(oid) AS index_bytes,
    coalesce(nullif(pg_stat_get_live_tuples(oid), 0), greatest(reltuples, 0))::bigint AS rows
FROM pg_class WHERE relkind = 'r' AND relnamespace = CAST(current_schema() AS regnamespace)
    AND relname = ANY(:names)
ORDER BY pg_total_relation_size(oid) DESC, relname
""")

_SERVER = sa.text("""
SELECT pg_database_size(current_database()) AS bytes,
    (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS connections,
    current_setting('max_connections')::int AS max_connections,
    (SELECT at FROM revisions
        WHERE position > (SELECT coalesce(max(position), 0) FROM catalog_index_state)
        ORDER BY position LIMIT 1) AS unindexed_since,
    (SELECT count(*) FROM announcements) AS announcements,
    current_setting('server_version') AS version
""")


@dataclass(frozen=True)
class ImportState:
    """The imports in one status; rows and durations are sums over them."""

    status: str
    imports: int
    rows: dict[str, int]
    within: dict[int, int]
    seconds: float
    oldest_at: datetime | None


NO_IMPORTS = ImportState("", 0, dict.fromkeys(RESULTS, 0), dict.fromkeys(DURATIONS, 0), 0, None)


@dataclass(frozen=True)
class TableState:
    """A table's size on disk and about how many rows it has."""

    name: str
    data_bytes: int
    index_bytes: int
    rows: int


@dataclass(frozen=True)
class ServerState:
    """The database as a whole; since when its catalog's index lacks something, if it does."""

    bytes: int
    connections: int
    max_connections: int
    unindexed_since: datetime | None
    announcements: int
    version: str


@dataclass(frozen=True)
class DeliveryState:
    """What is still to be sent, counted up to a limit, and when the first of it is due."""

    pending: int
    next_at: datetime | None


def limit_time(connection: sa.Connection) -> None:
    """Whoever watches must not be a burden: no statement of this transaction takes longer."""
    connection.execute(sa.text(f"SET LOCAL statement_timeout = '{SECONDS}s'"))


def read_imports(connection: sa.Connection) -> list[ImportState]:
    """All imports there have been, by status."""
    return [_make_import_state(row) for row in connection.execute(_IMPORTS)]


def _make_import_state(row: sa.Row[Any]) -> ImportState:
    values = row._mapping
    return ImportState(
        status=row.status,
        imports=row.imports,
        rows={name: int(values[name]) for name in RESULTS},
        within={end: values[f"within_{end}"] for end in DURATIONS},
        seconds=row.seconds,
        oldest_at=row.oldest_at,
    )


def read_deliveries(connection: sa.Connection) -> DeliveryState:
    """What webhooks are still to be told."""
    return DeliveryState(*connection.execute(_DELIVERIES, {"most": MOST_COUNTED}).one())


def read_webhooks(connection: sa.Connection) -> dict[str, int]:
    """How many webhooks are well, failing, disabled, or given up after failing for days."""
    return {row.state: row.webhooks for row in connection.execute(_WEBHOOKS)}


def read_tables(connection: sa.Connection) -> Sequence[TableState]:
    """Every table of ours, the largest first."""
    rows = connection.execute(_TABLES, {"names": list(db.metadata.tables)})
    return [TableState(*row) for row in rows]


def read_server(connection: sa.Connection) -> ServerState:
    """The database as a whole."""
    return ServerState(*connection.execute(_SERVER).one())
