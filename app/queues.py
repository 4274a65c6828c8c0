"""The queues, and the one way onto them.

A job carries ids as text and nothing else (the JSON serializer refuses the
rest, and pickle would let anyone who can write to Redis run code). What must
not be lost is a row first and a job second: `enqueue` is called after the
commit, and a sweeper finds the rows whose job never came.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Any

import redis
from rq import Queue, Retry
from rq.exceptions import InvalidJobOperation, NoSuchJobError
from rq.intermediate_queue import IntermediateQueue
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer
from rq.utils import now

from app.logs import bound_fields

ATTEMPTS = 3
JOB_SECONDS = 6 * 60 * 60
RESULT_SECONDS = 60 * 60
FAILURE_SECONDS = 7 * 24 * 60 * 60
# A job that only announces something is over in no time, and there may be many.
ANNOUNCEMENT_SECONDS = 60
# A worker that dies while it cleans up after others leaves its turn behind for so long.
CLEANING_SECONDS = 10
# So long after it was first seen is a job lost that was taken from the queue and not begun.
STUCK = timedelta(seconds=3)


class QueueName(StrEnum):
    """Every queue there is. A worker process serves exactly one (see `workers.create_worker`)."""

    IMPORTS = "imports"
    WEBHOOKS = "webhooks"


class PromptIntermediateQueue(IntermediateQueue):
    """Where a job is between the queue and its start."""

    def should_be_cleaned_up(self, job_id: str) -> bool:
        """Whether its worker has died there (RQ waits for a minute)."""
        first_seen = self.get_first_seen(job_id)
        return first_seen is not None and now() - first_seen > STUCK


class PromptQueue(Queue):
    """RQ's queue, tuned to get over the death of a worker within seconds."""

    def acquire_maintenance_lock(self) -> bool:
        """The turn to clean up; RQ's would stay taken for 15 minutes by one who died at it."""
        key = self.registry_cleaning_key
        return bool(self.connection.set(key, 1, nx=True, ex=CLEANING_SECONDS))

    @property
    def intermediate_queue(self) -> IntermediateQueue:
        return PromptIntermediateQueue(self.key, self.connection)


def open_queue(name: QueueName, client: redis.Redis) -> PromptQueue:
    """The queue as both ends must see it: JSON payloads, bounded retention."""
    return PromptQueue(
        name.value,
        connection=client,
        serializer=JSONSerializer,
        default_timeout=JOB_SECONDS,
    )


def enqueue(name: QueueName, client: redis.Redis, function: str, argument: str, run: int) -> bool:
    """Queue `function(argument)`; False if the same run of it is waiting or running already.

    The job's id is made of all three, so that asking twice makes one job, and
    asking for the next run while the last one's job is just ending makes
    another. Raises RedisError when Redis is away; the row then waits for the sweep.
    """
    job_id = _job_id(function, argument, run)
    if _status(job_id, client) in (JobStatus.QUEUED, JobStatus.STARTED):
        return False
    # An interval other than 0 would wait for RQ's scheduler, which does not run here.
    open_queue(name, client).enqueue(
        function,
        argument,
        job_id=job_id,
        description=job_id,
        # Who reads the worker's lines finds the request that asked for the work.
        meta=dict(bound_fields()),
        retry=Retry(max=ATTEMPTS - 1, interval=0),
        result_ttl=RESULT_SECONDS,
        failure_ttl=FAILURE_SECONDS,
    )
    return True


def announce(name: QueueName, client: redis.Redis, function: str) -> None:
    """Queue `function()`, unless some job waits in the queue already; for queues of one function.

    One that waits will see all that was committed until now, one that runs may
    have looked a moment too early. Raises RedisError when Redis is away.
    """
    queue = open_queue(name, client)
    if not client.llen(queue.key):
        queue.enqueue(
            function,
            job_timeout=ANNOUNCEMENT_SECONDS,
            result_ttl=ANNOUNCEMENT_SECONDS,
            failure_ttl=FAILURE_SECONDS,
        )


def is_started(client: redis.Redis, function: str, argument: str, run: int) -> bool:
    """Whether RQ believes that a worker is at this run just now. Raises RedisError."""
    return bool(_status(_job_id(function, argument, run), client) == JobStatus.STARTED)


def _job_id(function: str, argument: str, run: int) -> str:
    return f"{function.rpartition('.')[2]}-{argument}-{run}"


def _status(job_id: str, client: redis.Redis) -> Any:
    try:
        job: Job = Job.fetch(job_id, connection=client, serializer=JSONSerializer)
        return job.get_status()
    except (NoSuchJobError, InvalidJobOperation):
        return None
