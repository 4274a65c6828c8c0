"""The queues and the workers as Redis knows them. Everything here raises RedisError."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import redis
from rq import Worker
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.utils import utcparse

from app.queues import QueueName, open_queue


@dataclass(frozen=True)
class QueueState:
    """How much there is in a queue; `oldest_at` is when the job that is next was put there."""

    name: str
    waiting: int
    oldest_at: datetime | None
    running: int
    failed: int


@dataclass(frozen=True)
class RunningJob:
    """What a worker does just now."""

    id: str
    started_at: datetime | None


@dataclass(frozen=True)
class WorkerState:
    """A worker that gives signs of life."""

    name: str
    queue: str
    state: str
    host: str
    pid: int | None
    started_at: datetime | None
    seen_at: datetime | None
    job: RunningJob | None


def read_queues(client: redis.Redis) -> list[QueueState]:
    """Every queue there is. Registries are only counted: asking them would run their cleaning."""
    return [_read_queue(client, name) for name in QueueName]


def _read_queue(client: redis.Redis, name: QueueName) -> QueueState:
    queue = open_queue(name, client)
    with client.pipeline(transaction=False) as pipeline:
        pipeline.lrange(queue.key, 0, 0)
        pipeline.llen(queue.key)
        pipeline.zcard(queue.started_job_registry.key)
        pipeline.zcard(queue.failed_job_registry.key)
        first, waiting, running, failed = pipeline.execute()
    oldest_at = _read_moment(client, first[0].decode(), "enqueued_at") if first else None
    return QueueState(name.value, waiting, oldest_at, running, failed)


def read_workers(client: redis.Redis) -> list[WorkerState]:
    """Every worker that lives, by queue and name; those that were killed are not among them."""
    workers = Worker.all(connection=client, serializer=JSONSerializer)
    found = [_describe_worker(client, worker) for worker in workers]
    return sorted(found, key=lambda worker: (worker.queue, worker.started_at is None, worker.name))


def _describe_worker(client: redis.Redis, worker: Any) -> WorkerState:
    job_id = worker.get_current_job_id()
    job = RunningJob(job_id, _read_moment(client, job_id, "started_at")) if job_id else None
    return WorkerState(
        name=worker.name,
        queue=",".join(worker.queue_names()),
        state=str(getattr(worker.get_state(), "value", worker.get_state())),
        host=worker.hostname or "",
        pid=worker.pid,
        started_at=worker.birth_date,
        seen_at=worker.last_heartbeat,
        job=job,
    )


def _read_moment(client: redis.Redis, job_id: str, field: str) -> datetime | None:
    found: Any = client.hget(Job.key_for(job_id), field)
    return utcparse(found.decode()) if found else None
