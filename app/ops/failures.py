"""What has gone wrong of late: imports, deliveries and operations by their rows, jobs by Redis."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import redis
import sqlalchemy as sa
from rq.exceptions import InvalidJobOperation, NoSuchJobError
from rq.job import Job
from rq.serializers import JSONSerializer

from app.queues import QueueName, open_queue

# Of each kind.
SHOWN = 5
# Further back nobody looks, whatever there is.
REACH = timedelta(days=30)

_IMPORTS = sa.text("""
SELECT id, filename AS subject, finished_at AS at, problem->>'title' AS detail FROM imports
WHERE id >= :since AND status = 'failed' ORDER BY id DESC LIMIT :shown
""")
_CHANGE_SETS = sa.text("""
SELECT id, kind AS subject, finished_at AS at, problem->>'title' AS detail FROM change_sets
WHERE id >= :since AND status = 'failed' ORDER BY id DESC LIMIT :shown
""")
# The last failure among the latest attempts of each webhook; the index is by webhook and time.
_DELIVERIES = sa.text("""
SELECT w.id, w.url AS subject, a.at,
    coalesce(a.error, 'It was answered with status ' || a.status_code || '.') AS detail
FROM webhooks AS w CROSS JOIN LATERAL (
    SELECT * FROM (
        SELECT at, status_code, error FROM delivery_attempts
        WHERE webhook_id = w.id ORDER BY at DESC LIMIT 20
    ) AS latest
    WHERE error IS NOT NULL OR status_code / 100 <> 2 ORDER BY at DESC LIMIT 1
) AS a
ORDER BY a.at DESC LIMIT :shown
""")


class FailureKind(StrEnum):
    """What has failed; tells what `id` is the id of: for a delivery, its webhook's."""

    IMPORT = "import"
    CHANGE_SET = "change_set"
    DELIVERY = "delivery"
    JOB = "job"


@dataclass(frozen=True)
class Failure:
    """Something that did not work."""

    kind: FailureKind
    id: str
    subject: str
    detail: str
    at: datetime | None


_BY_ROW = {
    FailureKind.IMPORT: _IMPORTS,
    FailureKind.CHANGE_SET: _CHANGE_SETS,
    FailureKind.DELIVERY: _DELIVERIES,
}


def list_failures(connection: sa.Connection) -> list[Failure]:
    """What the rows tell, a few of each kind."""
    since = str(earliest_id(datetime.now(UTC) - REACH))
    return [
        Failure(kind, str(row.id), row.subject, row.detail or "", row.at)
        for kind, statement in _BY_ROW.items()
        for row in connection.execute(statement, {"shown": SHOWN, "since": since})
    ]


def earliest_id(moment: datetime) -> UUID:
    """Below every UUID of version 7 that is made from `moment` on (RFC 9562, section 5.7)."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)


def list_failed_jobs(client: redis.Redis) -> list[Failure]:
    """The latest failed jobs of each queue. Raises RedisError."""
    return [failure for name in QueueName for failure in _read_failed(client, name)]


def _read_failed(client: redis.Redis, name: QueueName) -> Iterator[Failure]:
    registry = open_queue(name, client).failed_job_registry
    newest: Any = client.zrevrange(registry.key, 0, SHOWN - 1)
    for job_id in newest:
        try:
            job = Job.fetch(job_id.decode(), connection=client, serializer=JSONSerializer)
        except (NoSuchJobError, InvalidJobOperation):
            continue
        detail = _name_exception(job)
        yield Failure(FailureKind.JOB, job.id, job.description or job.id, detail, job.ended_at)


def _name_exception(job: Job) -> str:
    """The kind of the exception; its text is for the log and the job's own page."""
    result = job.latest_result()
    lines = ((result.exc_string if result else None) or "").strip().splitlines()
    return lines[-1].partition(":")[0][:100] if lines else "The job was broken off."
