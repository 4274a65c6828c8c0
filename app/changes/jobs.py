"""The RQ job of an undo, what every job of a change set does, and the sweep.

As with imports, the truth about a change set is its row: the job may come
twice or late, an advisory lock admits one process, and the row's status
says whether work is left.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection
from dataclasses import asdict

import redis
import sqlalchemy as sa
from flask import current_app

from app import queues
from app.attempts import MOST_ATTEMPTS, await_attempt, begin_attempt
from app.changes import change_sets, queries
from app.changes.change_sets import ChangeSet
from app.changes.closing import close_change_set
from app.changes.errors import NotUndoable
from app.changes.journal import Revision, begin_revision
from app.changes.models import change_sets as change_set_rows
from app.changes.progress import save_progress
from app.changes.purge import prevent_purge, purge_changes
from app.changes.status import AT_WORK, Counts, Kind, Progress, Status
from app.changes.turns import try_turn
from app.changes.undo import undo_changes
from app.changes.undoing import find_undone
from app.extensions import db, redis_extension
from app.housekeeping import Chore, Piece
from app.locks import await_lock, try_number
from app.problems import FULL, Problem, ProblemType
from app.shortage import find_shortage
from app.webhooks import jobs as webhook_jobs

RUN_UNDO = "app.changes.jobs.run_undo"
LOST_AFTER_SECONDS = 5
TURN_SECONDS = 0.1
REPORT_SECONDS = 0.2
PURGED_AT_ONCE = 5_000
# Edits are revisions of one change each.
REVISIONS_AT_ONCE = 100
# Any number will do that no other advisory lock of this database has.
SWEEPING = 7_220_519_009
GIVEN_UP = ProblemType("change-set-failed", 500, "The operation failed")
CONFLICTED = ProblemType("not-undoable", 409, "The change set cannot be undone")
log = logging.getLogger(__name__)


class Teller:
    """Writes the progress to Redis a few times a second. It is below 100 before the commit."""

    def __init__(self, change_set_id: str) -> None:
        self._change_set_id = change_set_id
        self._total: int | None = None
        self._told = 0.0

    def expect(self, total: int) -> None:
        """Set the number of products to go through."""
        self._total = total

    def __call__(self, done: int) -> None:
        now = time.monotonic()
        if now - self._told < REPORT_SECONDS:
            return
        self._told = now
        done = done if self._total is None else min(done, self._total)
        percent = round(min(99.0, 99 * done / self._total), 1) if self._total else 0.0
        progress = Progress(percent, done, self._total)
        save_progress(redis_extension.client, self._change_set_id, progress)


# Does the work in a transaction, and reports the number of products it has gone through.
Execute = Callable[[sa.Connection, ChangeSet, Revision, Teller], Counts]


def enqueue(function: str, change_set_id: str) -> bool:
    """Queue the work on a committed change set; False if it is queued already, or Redis is away.

    That is left to the sweep.
    """
    try:
        return queues.enqueue(
            queues.QueueName.IMPORTS, redis_extension.client, function, change_set_id, run=1
        )
    except redis.RedisError as error:
        log.warning("not queued yet", extra={"change_set_id": change_set_id}, exc_info=error)
        return False


def sweep_undos() -> None:
    """Queue again every unfinished undo that no job carries any more."""
    sweep({Kind.UNDO}, RUN_UNDO)


def sweep(kinds: Collection[Kind], function: str) -> None:
    """Queue again every unfinished change set of `kinds` that no job carries any more."""
    try:
        # Under the lock to the end: two that swept at once would queue the same twice.
        with db.engine.begin() as connection:
            if not try_number(connection, SWEEPING):
                return
            for change_set_id in change_sets.find_unfinished(connection, kinds, LOST_AFTER_SECONDS):
                if enqueue(function, change_set_id):
                    log.info("queued again", extra={"change_set_id": change_set_id})
    except sa.exc.DBAPIError as error:
        log.warning("change sets not swept", exc_info=error)


def purge_journal(connection: sa.Connection) -> Piece:
    """Forget some of what is older than can be undone."""
    days: int = current_app.config["PRODUCT_IMPORTER"].undo_days
    rows = 0
    for _ in range(REVISIONS_AT_ONCE):
        piece = purge_changes(connection, days, PURGED_AT_ONCE - rows)
        rows += piece.rows
        if not piece.has_more or rows >= PURGED_AT_ONCE:
            return Piece(rows, piece.has_more)
    return Piece(rows, has_more=True)


JOURNAL = Chore("journal", purge_journal)


def run_undo(change_set_id: str) -> str:
    """Take a change set back; safe to repeat and to run twice at once."""
    return work_on(change_set_id, _undo)


def _undo(
    connection: sa.Connection, change_set: ChangeSet, revision: Revision, tell: Teller
) -> Counts:
    if change_set.undo_of is None:
        raise NotUndoable("What was to be undone is no longer kept.")
    # It goes by windows; what was forgotten between two of them would be left as it is, in silence.
    prevent_purge(connection)
    undone = change_sets.get_change_set(connection, change_set.undo_of)
    revision_id = find_undone(connection, undone)
    if revision_id is None:
        return Counts()
    tell.expect(queries.count_changes(connection, revision_id))
    return undo_changes(connection, revision_id, revision, tell)


def work_on(change_set_id: str, execute: Execute) -> str:
    """Do a change set's work by `execute`, in one transaction; the status reached, or why not.

    What it raises is the system's fault: the transaction is rolled back, and RQ or the sweep tries
    again after a pause.
    """
    try:
        reached = _work_locked(change_set_id, execute)
    except Exception as error:
        shortage = find_shortage(error)
        if shortage is None or not shortage.is_lasting:
            raise
        log.exception("no room", extra={"change_set_id": change_set_id})
        with db.engine.begin() as connection:
            job = change_sets.get_change_set(connection, change_set_id)
            reached = _fail(connection, job, Problem.of(FULL, shortage.detail))
    webhook_jobs.wake(redis_extension.client)
    return reached


def _work_locked(change_set_id: str, execute: Execute) -> str:
    with (
        db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as side,
        db.engine.begin() as connection,
    ):
        if not await_lock(connection, change_set_id):
            return "at work elsewhere"
        if not await_attempt(connection, change_set_rows, change_set_id):
            return "pauses"
        job = change_sets.get_change_set(connection, change_set_id)
        if job.status not in AT_WORK:
            return f"{job.status} already"
        if job.attempts >= MOST_ATTEMPTS:
            return _give_up(side, job)
        change_sets.move_change_set(
            side, job.id, AT_WORK, Status.RUNNING, **begin_attempt(job.attempts)
        )
        try:
            with connection.begin_nested():
                return _execute(connection, job, execute)
        except NotUndoable as error:
            return _fail(side, job, Problem.of(CONFLICTED, error.detail))


def _execute(connection: sa.Connection, job: ChangeSet, execute: Execute) -> str:
    connection.execute(sa.text("SET LOCAL work_mem = '128MB'; SET LOCAL lock_timeout = 0"))
    tell = Teller(job.id)
    while not try_turn(connection):
        tell(0)
        time.sleep(TURN_SECONDS)
    revision = begin_revision(connection, job.actor, job.id)
    counts = execute(connection, job, revision, tell)
    days: int = current_app.config["PRODUCT_IMPORTER"].undo_days
    close_change_set(connection, job.id, revision, counts, undo_days=days)
    log.info(
        "change set %s: completed",
        job.id,
        extra={"change_set_id": job.id, "counts": asdict(counts)},
    )
    return Status.COMPLETED.value


def _give_up(side: sa.Connection, job: ChangeSet) -> str:
    """End a change set that failed too often, so that none stays at work for ever."""
    detail = (
        f"The server broke down {job.attempts} times at this, and stopped trying. Nothing was "
        "changed. The workers' log tells more."
    )
    return _fail(side, job, Problem.of(GIVEN_UP, detail))


def _fail(side: sa.Connection, job: ChangeSet, problem: Problem) -> str:
    change_sets.move_change_set(
        side,
        job.id,
        AT_WORK,
        Status.FAILED,
        problem=problem.as_dict(),
        finished_at=sa.func.clock_timestamp(),
    )
    return Status.FAILED.value
