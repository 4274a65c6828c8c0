"""The imports' RQ job.

The truth about an import is its row. The job may come twice, late, or from
another machine: an advisory lock, held by the transaction that does the
work, lets one in, and the row's status tells whether there is work left.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from functools import partial

import sqlalchemy as sa
from flask import current_app

from app.attempts import MOST_ATTEMPTS, await_attempt, begin_attempt
from app.extensions import db, redis_extension
from app.imports import importer, storage
from app.imports.announcing import announce_end
from app.imports.child import iterate_in_child
from app.imports.conclusion import conclude
from app.imports.errors import FileGone
from app.imports.importer import Cancelled
from app.imports.models import imports
from app.imports.order import Unserved, needs_place, with_place
from app.imports.progress import Report, load_report, save_report
from app.imports.reading import Event, read_file
from app.imports.status import AT_WORK, Stage, Status
from app.imports.timing import Activity, Stopwatch
from app.imports.uploads import count_kept_bytes, read_upload
from app.locks import await_lock
from app.problems import FULL, Problem, ProblemType
from app.shortage import Shortage, find_shortage
from app.webhooks import jobs as webhook_jobs

REPORT_SECONDS = 0.2
NOTE_SECONDS = 0.5
SERVER_FAILED = ProblemType("import-failed", 500, "The import failed")
log = logging.getLogger(__name__)


def run_import(import_id: str) -> str:
    """Do the work of one import; safe to repeat and to run twice at once.

    Answers the status reached, or why there was nothing to do. What it raises is the system's
    fault: the transaction is rolled back, and RQ or the sweep tries again after a pause.
    """
    while True:
        try:
            return _run_alone(import_id)
        except Unserved as error:
            log.info("import steps back", extra={"import_id": import_id, "for": error.import_id})
            run_import(error.import_id)


def _run_alone(import_id: str) -> str:
    engine, watch = db.engine, Stopwatch()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as side:
        try:
            with engine.connect() as connection:
                reached = _run_locked(connection, side, import_id, watch)
                with watch.measure(Activity.COMMITTING):
                    connection.commit()
                _log_end(side, import_id, reached, watch)
        except Cancelled:
            log.info("import cancelled", extra={"import_id": import_id})
            return "cancelled"
        except Unserved:
            storage.step_back(side, import_id)
            raise
        except Exception as error:
            if _ended_meanwhile(side, import_id):  # cancelled in the middle of a statement
                return "cancelled"
            shortage = find_shortage(error)
            if shortage is None or not _fail_for_want_of_room(import_id, shortage):
                raise
            log.exception("import failed: no room", extra={"import_id": import_id})
            reached = Status.FAILED.value
    webhook_jobs.wake(redis_extension.client)
    return reached


def _log_end(side: sa.Connection, import_id: str, reached: str, watch: Stopwatch) -> None:
    job = storage.get_import(side, import_id)
    extra = {**_describe(job), "counts": asdict(job.counts), "seconds": watch.describe()}
    log.info("import %s", reached, extra=extra)


def _describe(job: storage.Import) -> dict[str, object]:
    return {"import_id": job.id, "size_bytes": job.size_bytes, "preview": job.preview}


def _run_locked(
    connection: sa.Connection, side: sa.Connection, import_id: str, watch: Stopwatch
) -> str:
    """The work, under the import's lock; `side` writes what others should see meanwhile."""
    if not await_lock(connection, import_id):
        return "at work elsewhere"
    if not await_attempt(connection, imports, import_id):
        return "pauses"
    job = storage.get_import(connection, import_id)
    if needs_place(job):  # a release accepted it that gave none
        with db.engine.begin() as brief:
            job = with_place(brief, job)
    if job.status not in AT_WORK:
        return f"{job.status} already"
    if job.attempts >= MOST_ATTEMPTS:
        _give_up(connection, job)
        return "given up"
    _note_attempt(side, job)
    began = time.monotonic()
    connection.execute(sa.text("SET LOCAL work_mem = '128MB'"))
    connection.execute(sa.text("SET LOCAL lock_timeout = 0"))
    on_wait = partial(_wait, connection, side, import_id)
    outcome = importer.run_import(
        connection,
        job,
        lambda: closing(iterate_in_child(partial(_read_events, job), on_wait)),
        Announcer(side, job),
        undo_days=current_app.config["PRODUCT_IMPORTER"].undo_days,
        watch=watch,
    )
    conclude(connection, job, outcome, time.monotonic() - began)
    return outcome.status.value


def _note_attempt(side: sa.Connection, job: storage.Import) -> None:
    """Write into the row, before the work, that an attempt begins."""
    storage.move_status(
        side,
        job.id,
        AT_WORK,
        Status.CHECKING,
        stage=Stage.READING,
        **begin_attempt(job.attempts),
        started_at=sa.func.coalesce(imports.c.started_at, sa.func.clock_timestamp()),
    )
    log.info("import started", extra={**_describe(job), "attempt": job.attempts + 1})


def _read_events(job: storage.Import) -> Iterator[Event]:
    """The events of the import's file; runs in a process and on a connection of its own."""

    def open_blocks() -> Iterator[bytes]:
        # Without a transaction, which would be idle while the import writes what was read.
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if count_kept_bytes(connection, job.id) != job.size_bytes:
                raise FileGone("The uploaded file is no longer kept as a whole. Upload it again.")
            yield from read_upload(connection, job.id)

    return read_file(open_blocks, job.id, job.wishes, job.mode)


def _wait(connection: sa.Connection, side: sa.Connection, import_id: str) -> None:
    """While the reader takes long: show PostgreSQL that this process does not stand still.

    Raises Cancelled when the import is no longer to be done.
    """
    connection.execute(sa.select(1))
    if storage.is_finished(side, import_id):
        raise Cancelled


class Announcer:
    """Listens to the importer: progress to Redis, the state to the row, cancelling back."""

    def __init__(self, side: sa.Connection, job: storage.Import) -> None:
        self._side = side
        self._import_id, self._run = job.id, job.run
        told = load_report(redis_extension.client, job.id, job.run)
        # An attempt that was broken off has told so much already; a bar does not go back.
        self._floor = max(job.progress.percent, told.progress.percent if told else 0.0)
        self._stage: Stage | None = None
        self._noted = self._reported = 0.0

    def __call__(self, report: Report) -> None:
        """Raises Cancelled when the import is no longer to be done."""
        now = time.monotonic()
        report = report.not_below(self._floor)
        if report.stage is not self._stage or now - self._noted >= NOTE_SECONDS:
            self._stage, self._noted = report.stage, now
            self._note(report)
        elif now - self._reported < REPORT_SECONDS:
            return
        self._reported = now
        save_report(redis_extension.client, self._import_id, self._run, report)

    def _note(self, report: Report) -> None:
        """Write to the row where the work is, unless the row says that it is over."""
        status = Status.RUNNING if report.stage is Stage.APPLYING else Status.CHECKING
        progress = asdict(report.progress)
        if not storage.move_status(
            self._side, self._import_id, AT_WORK, status, stage=report.stage, progress=progress
        ):
            raise Cancelled


def _ended_meanwhile(side: sa.Connection, import_id: str) -> bool:
    """After a failure: whether somebody has ended the import, by cancelling it."""
    try:
        return storage.is_finished(side, import_id)
    except sa.exc.DBAPIError as error:
        # The database is away: the import stays unfinished, and the sweep finds it.
        log.warning("import left to the sweep", extra={"import_id": import_id}, exc_info=error)
        return False


def _fail_for_want_of_room(import_id: str, shortage: Shortage) -> bool:
    """End an import that a full disk has stopped, and say so; False if it is to be tried again."""
    if not shortage.is_lasting:
        return False
    try:
        with db.engine.begin() as connection:
            return _fail(connection, import_id, Problem.of(FULL, shortage.detail))
    except sa.exc.DBAPIError as error:
        # Not even room for this: the sweep finds the import.
        log.warning("import left to the sweep", extra={"import_id": import_id}, exc_info=error)
        return False


def _give_up(connection: sa.Connection, job: storage.Import) -> None:
    """End an import that failed too often, so that none stays at work for ever."""
    detail = (
        f"The server broke down {job.attempts} times while it worked on this file, and stopped "
        "trying. Nothing was changed. The workers' log tells more."
    )
    _fail(connection, job.id, Problem.of(SERVER_FAILED, detail))


def _fail(connection: sa.Connection, import_id: str, problem: Problem) -> bool:
    """End an unfinished import for a reason that is not the file's; False if it had ended."""
    ended = storage.move_status(
        connection,
        import_id,
        AT_WORK,
        Status.FAILED,
        stage=None,
        finished_at=sa.func.clock_timestamp(),
        problem=problem.as_dict(),
    )
    if ended:
        announce_end(connection, import_id)
    return ended
