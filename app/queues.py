"""The queues, and the one way onto them.

A job carries ids as text and nothing else (the JSON serializer refuses the
rest, and pickle would let anyone who can write to Redis run code). What must
not be lost is a row first and a job second: `enqueue` is called after the
commit, and a sweeper finds the rows whose job never came.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import redis
from rq import Queue, Retry
from rq.exceptions import InvalidJobOperation, NoSuchJobError
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer

ATTEMPTS = 3
JOB_SECONDS = 6 * 60 * 60
RESULT_SECONDS = 60 * 60
FAILURE_SECONDS = 7 * 24 * 60 * 60
# A job that only announces something is over in no time, and there may be many.
ANNOUNCEMENT_SECONDS = 60


class QueueName(StrEnum):
    """Every queue there is. A worker process serves exactly one (see `workers.create_worker`)."""

    IMPORTS = "imports"
    WEBHOOKS = "webhooks"


def open_queue(name: QueueName, client: redis.Redis) -> Queue:
    """The queue as both ends must see it: JSON payloads, bounded retention."""
    return Queue(
        name.value,
        connection=client,
        serializer=JSONSerializer,
        default_timeout=JOB_SECONDS,
    )


def enqueue(name: QueueName, client: redis.Redis, function: str, argument: str, run: int) -> None:
    """Queue `function(argument)`, unless the same run of it is waiting or running already.

    The job's id is made of all three, so that asking twice makes one job, and
    asking for the next run while the last one's job is just ending makes
    another. Raises RedisError when Redis is away; the row then waits for the sweep.
    """
    job_id = f"{function.rpartition('.')[2]}-{argument}-{run}"
    if _is_alive(job_id, client):
        return
    # An interval other than 0 would wait for RQ's scheduler, which does not run here.
    open_queue(name, client).enqueue(
        function,
        argument,
        job_id=job_id,
        description=job_id,
        retry=Retry(max=ATTEMPTS - 1, interval=0),
        result_ttl=RESULT_SECONDS,
        failure_ttl=FAILURE_SECONDS,
    )


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


def _is_alive(job_id: str, client: redis.Redis) -> bool:
    try:
        job: Job = Job.fetch(job_id, connection=client, serializer=JSONSerializer)
        status: Any = job.get_status()
    except (NoSuchJobError, InvalidJobOperation):
        return False
    return status in (JobStatus.QUEUED, JobStatus.STARTED)
