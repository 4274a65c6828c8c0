"""The imports' RQ job and the sweep that finds imports whose job was lost.

The truth about an import is its row. The job may come twice, late, or from
another machine: an advisory lock, held by the transaction that does the
work, lets one in, and the row's status tells whether there is work left.
"""

from __future__ import annotations

import logging
import time
from dataclasses import asdict
from typing import Any

import redis
import sqlalchemy as sa

from app import queues
from app.extensions import db, redis_extension
from app.imports import importer, storage
from app.imports.errors import FileProblem
from app.imports.importer import Cancelled, Outcome
from app.imports.models import imports
from app.imports.progress import Report, clear_report, save_report
from app.imports.status import AT_WORK, FINISHED, Counts, Progress, Stage, Status
from app.problems import Problem, ProblemType

RUN_IMPORT = "app.imports.jobs.run_import"
MAX_ATTEMPTS = 5
REPORT_SECONDS = 0.2
CANCEL_CHECK_SECONDS = 0.5
LOST_AFTER_SECONDS = 5
LOCK_SECONDS = 5
SERVER_FAILED = ProblemType("import-failed", 500, "The import failed")
log = logging.getLogger(__name__)


def enqueue_import(client: redis.Redis, import_id: str) -> None:
    """Queue the work on a committed import. Redis being away is left to the sweep."""
    try:
        queues.enqueue(queues.QueueName.IMPORTS, client, RUN_IMPORT, import_id)
    except redis.RedisError as error:
        log.warning("import not queued yet", extra={"import_id": import_id}, exc_info=error)


def sweep_imports() -> None:
    """Queue again every unfinished import that no job carries any more."""
    try:
        with db.engine.connect() as connection:
            lost = storage.find_unfinished(connection, LOST_AFTER_SECONDS)
    except sa.exc.DBAPIError as error:
        log.warning("imports not swept", exc_info=error)
        return
    for import_id in lost:
        enqueue_import(redis_extension.client, import_id)


def run_import(import_id: str) -> str:
    """Do the work of one import; safe to repeat and to run twice at once.

    Answers the status reached, or why there was nothing to do. What it raises
    is the system's fault: the transaction is rolled back and RQ tries again.
    """
    engine = db.engine
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as side:
        try:
            with engine.begin() as connection:
                return _run_locked(connection, side, import_id)
        except Cancelled:
            log.info("import cancelled", extra={"import_id": import_id})
            return "cancelled"
        except Exception:
            if _ended_meanwhile(side, import_id):  # cancelled in the middle of a statement
                return "cancelled"
            raise


def _run_locked(connection: sa.Connection, side: sa.Connection, import_id: str) -> str:
    """The work, under the import's lock; `side` writes what others should see meanwhile."""
    if not _await_lock(connection, import_id):
        return "at work elsewhere"
    job = storage.get_import(connection, import_id)
    if job.status not in AT_WORK:
        return f"{job.status} already"
    storage.move_status(
        side,
        import_id,
        AT_WORK,
        Status.CHECKING,
        stage=Stage.READING,
        attempts=job.attempts + 1,
        started_at=sa.func.coalesce(imports.c.started_at, sa.func.clock_timestamp()),
    )
    clear_report(redis_extension.client, import_id)
    began = time.monotonic()
    connection.execute(sa.text("SET LOCAL work_mem = '128MB'"))
    connection.execute(sa.text("SET LOCAL lock_timeout = 0"))
    outcome = importer.run_import(
        connection,
        job,
        lambda: storage.read_upload(connection, import_id),
        Announcer(side, import_id),
    )
    _conclude(connection, job, outcome, time.monotonic() - began)
    log.info(
        "import %s",
        outcome.status.value,
        extra={"import_id": import_id, "counts": asdict(outcome.counts)},
    )
    return outcome.status.value


def _await_lock(connection: sa.Connection, import_id: str) -> bool:
    """Take the import's lock, waiting a little: a worker killed just now may not have let go."""
    deadline = time.monotonic() + LOCK_SECONDS
    while not storage.lock_import(connection, import_id):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


class Announcer:
    """Listens to the importer: progress to Redis, the status to the row, cancelling back."""

    def __init__(self, side: sa.Connection, import_id: str) -> None:
        self._side = side
        self._import_id = import_id
        self._stage: Stage | None = None
        self._reported = self._checked = 0.0

    def __call__(self, report: Report) -> None:
        """Raises Cancelled when the import is no longer to be done."""
        now = time.monotonic()
        if report.stage is not self._stage:
            self._enter(report.stage)
        elif now - self._checked >= CANCEL_CHECK_SECONDS:
            self._checked = now
            if storage.is_finished(self._side, self._import_id):
                raise Cancelled
        elif now - self._reported < REPORT_SECONDS:
            return
        self._reported = now
        save_report(redis_extension.client, self._import_id, report)

    def _enter(self, stage: Stage) -> None:
        self._stage = stage
        status = Status.RUNNING if stage is Stage.APPLYING else Status.CHECKING
        if not storage.move_status(self._side, self._import_id, AT_WORK, status, stage=stage):
            raise Cancelled


def _conclude(
    connection: sa.Connection, job: storage.Import, outcome: Outcome, seconds: float
) -> None:
    """Store the outcome with the work itself; raises Cancelled if somebody was quicker."""
    values: dict[str, Any] = {
        "counts": asdict(outcome.counts),
        "progress": asdict(_final_progress(outcome, seconds)),
        "stage": None,
        "problem": describe_problem(outcome.problem) if outcome.problem else None,
        "format": outcome.format,
        "mapping": outcome.mapping or {},
        "ignored_columns": list(outcome.ignored_columns),
        "columns": list(outcome.columns),
    }
    if outcome.status is not Status.COMPLETED:
        values["sample_changes"] = list(outcome.sample_changes)
    if outcome.status in FINISHED:
        values["finished_at"] = sa.func.clock_timestamp()
    if not storage.move_status(connection, job.id, AT_WORK, outcome.status, **values):
        raise Cancelled


def _final_progress(outcome: Outcome, seconds: float) -> Progress:
    counts = outcome.counts
    return Progress(
        percent=100.0 if outcome.status is Status.COMPLETED else 0.0,
        rows_read=counts.rows,
        rows_applied=_applied(counts) if outcome.status is Status.COMPLETED else 0,
        rows_per_second=round(counts.rows / seconds) if counts.rows and seconds else None,
        eta_seconds=None,
    )


def _applied(counts: Counts) -> int:
    return counts.rows - counts.rejected - counts.duplicates


def describe_problem(problem: FileProblem) -> dict[str, object]:
    """The problem object of a file that cannot be imported."""
    kind = ProblemType(problem.slug, 422, problem.title)
    return Problem.of(kind, problem.detail, data=problem.data).as_dict()


def _ended_meanwhile(side: sa.Connection, import_id: str) -> bool:
    """After a failure: whether somebody has ended the import. Ends one that failed too often."""
    try:
        job = storage.get_import(side, import_id)
        if job.status not in FINISHED and job.attempts >= MAX_ATTEMPTS:
            _give_up(side, job)
    except sa.exc.DBAPIError as error:
        # The database is away: the import stays unfinished, and the sweep finds it.
        log.warning("import left to the sweep", extra={"import_id": import_id}, exc_info=error)
        return False
    return job.status in FINISHED


def _give_up(side: sa.Connection, job: storage.Import) -> None:
    """End an import that failed too often, so that none stays at work for ever."""
    detail = (
        f"The server failed {job.attempts} times while it worked on this file, and stopped "
        "trying. Nothing was changed. The log holds the reason."
    )
    storage.move_status(
        side,
        job.id,
        AT_WORK,
        Status.FAILED,
        stage=None,
        finished_at=sa.func.clock_timestamp(),
        problem=Problem.of(SERVER_FAILED, detail).as_dict(),
    )
