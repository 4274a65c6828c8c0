"""Imports that are stuck: whose attempt has died without a word, or whose process stands still.

Whether somebody works on an import is told by its advisory lock, which PostgreSQL keeps, and by
nothing that depends on clocks: RQ's registry believes in a job until a time that may be far ahead.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

import sqlalchemy as sa

from app.changes.turns import TURN
from app.extensions import db
from app.imports.models import imports
from app.imports.status import AT_WORK, Status
from app.imports.storage import Unfinished
from app.locks import end_frozen_holders, end_holders, held_keys, interrupt_holder, lock_key

# So long may an import go on that was cancelled; it looks several times a second.
CANCELLED_SECONDS = 5
# So long may a process keep PostgreSQL waiting that holds an import's lock, or the turn.
FROZEN_SECONDS = 60
# So long is a lock looked for that an attempt which had begun should hold.
ABANDONED_SECONDS = 8.0
log = logging.getLogger(__name__)


class AbandonedFinder:
    """Finds attempts that hold no lock any more, by looking more than once."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._missing: dict[tuple[str, int], float] = {}

    def find(self, connection: sa.Connection, unfinished: Sequence[Unfinished]) -> set[str]:
        """Ids of those of the imports whose attempt had begun and is over, without a result."""
        begun = [item for item in unfinished if item.has_begun]
        held = held_keys(connection) if begun else frozenset()
        now = self._clock()
        self._missing = {
            (item.import_id, item.run): self._missing.get((item.import_id, item.run), now)
            for item in begun
            if lock_key(item.import_id) not in held
        }
        return {name for (name, _), at in self._missing.items() if now - at >= ABANDONED_SECONDS}


def interrupt_cancelled(import_id: str) -> None:
    """Break off the statement that a worker may be in for an import which was just cancelled.

    Where that fails the import is cancelled all the same: its worker looks at the row several times
    a second, and a worker that does not is ended by `end_frozen_imports`.
    """
    try:
        with db.engine.connect() as connection:
            interrupt_holder(connection, import_id)
    except sa.exc.DBAPIError as error:
        log.warning("worker not interrupted", extra={"import_id": import_id}, exc_info=error)


def end_frozen_imports() -> None:
    """End the transactions of imports that were cancelled and go on, and of those that stand still.

    They would keep all others from writing. What they did is rolled back; an import that was not
    cancelled is begun again.
    """
    try:
        with db.engine.begin() as connection:
            if not held_keys(connection):
                return
            ended = end_holders(connection, [*map(lock_key, _find_cancelled(connection))])
            keys = [TURN, *map(lock_key, _find_at_work(connection))]
            ended += end_frozen_holders(connection, keys, FROZEN_SECONDS)
    except sa.exc.DBAPIError as error:
        log.warning("frozen imports not looked for", exc_info=error)
        return
    if ended:
        log.warning("%d connections ended whose imports stood still", ended)


def _find_cancelled(connection: sa.Connection) -> Sequence[str]:
    ago = sa.func.clock_timestamp() - imports.c.finished_at
    statement = sa.select(imports.c.id).where(
        imports.c.status == Status.CANCELLED.value,
        ago > sa.func.make_interval(0, 0, 0, 0, 0, 0, CANCELLED_SECONDS),
        ago < sa.func.make_interval(0, 0, 0, 1),
    )
    return connection.execute(statement).scalars().all()


def _find_at_work(connection: sa.Connection) -> Sequence[str]:
    is_at_work = imports.c.status.in_([status.value for status in AT_WORK])
    return connection.execute(sa.select(imports.c.id).where(is_at_work)).scalars().all()
