"""RQ's worker, tuned to notice a death within seconds instead of minutes.

With RQ's defaults a job whose worker was killed is found after 812 s. The
causes are spread over several settings, some of them hard-coded; they are set here
and in `queues.PromptQueue`. A job has lost its worker after HEARTBEAT_SECONDS, and one
of the others, which look about every IDLE_SECONDS, has it queued again: 25 s at most.
Nothing here knows what the jobs do.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import Any

import redis
from rq import Queue, SimpleWorker, Worker
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.worker import BaseWorker

from app.logs import bound
from app.queues import QueueName, open_queue

HEARTBEAT_SECONDS = 15
BEAT_SECONDS = 5
# RQ looks for jobs for so long before it looks around for anything else.
IDLE_SECONDS = 5
PR_SET_PDEATHSIG = 1


class Prompt(BaseWorker):
    """Serves one queue; runs `sweeps` beside its own maintenance, every five to ten seconds."""

    sweeps: Sequence[Callable[[], None]] = ()

    @property
    def dequeue_timeout(self) -> int:
        """How long to wait for a job before looking around, in seconds."""
        return IDLE_SECONDS

    def get_heartbeat_ttl(self, job: Job) -> int:
        """How long a job may go without a sign of life, in seconds (RQ: up to 90)."""
        return HEARTBEAT_SECONDS

    def run_maintenance_tasks(self) -> None:
        """RQ's cleaning, then ours. Both only while no job runs in this worker."""
        super().run_maintenance_tasks()  # type: ignore[no-untyped-call]
        self._register_again()
        for sweep in self.sweeps:
            sweep()

    def perform_job(self, job: Job, queue: Queue) -> bool:
        """Run the job; its lines in the log carry its id, and the request's that asked for it."""
        asked = {name: str(value) for name, value in job.meta.items()}
        with bound(**{**asked, "job_id": job.id}):
            return super().perform_job(job, queue)

    def _register_again(self) -> None:
        """Be known again to a Redis that has lost its data; RQ tells it only once."""
        if not self.connection.hexists(self.key, "birth"):
            self.connection.delete(self.key)  # what heartbeats have left there is not enough
            self.register_birth()  # type: ignore[no-untyped-call]


class InlineWorker(Prompt, SimpleWorker):
    """Runs jobs in its own process: for many that are over in no time."""

    def get_heartbeat_ttl(self, job: Job) -> int:
        """Nobody gives signs of life while a job runs here: its time-out, and a little more."""
        return int(job.timeout or 0) + HEARTBEAT_SECONDS


class PromptWorker(Prompt, Worker):
    """Runs each job in a process of its own."""

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        """Tie the work horse to its worker before it does anything.

        A worker that is killed would leave its horse running, and the job
        would then run twice at the same time.
        """
        die_with_parent(self.pid or 0)
        super().main_work_horse(job, queue)


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when `parent` ends (Linux, prctl(2)); else nothing."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the call
        os.kill(os.getpid(), signal.SIGKILL)


def create_worker(
    name: QueueName,
    client: redis.Redis,
    sweeps: Sequence[Callable[[], None]] = (),
    kind: type[Prompt] = PromptWorker,
    **options: Any,
) -> Prompt:
    """A worker for one queue.

    One, because with several RQ pops by BLPOP, and a death between the pop
    and the start loses the job; with one it moves it by BLMOVE and recovers.
    """
    worker = kind(
        [open_queue(name, client)],
        connection=client,
        serializer=JSONSerializer,
        worker_ttl=HEARTBEAT_SECONDS + 5,
        maintenance_interval=IDLE_SECONDS,
        job_monitoring_interval=BEAT_SECONDS,
        **options,
    )
    worker.sweeps = sweeps
    return worker
