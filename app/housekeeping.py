"""What is done now and then: each chore when it is due, by one process at a time, piece by piece.

When a chore is due stands in its row. The row is locked by the transaction that
does a piece: a second process passes it over, and one that is killed lets go of
it and leaves it due. So it makes no difference how many processes look.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy.dialects.postgresql import insert

from app.extensions import db
from app.vital import start_vital_thread

LOOK_SECONDS = 5.0
STOP_SECONDS = 2.0
PUT_OFF = timedelta(minutes=1)
log = logging.getLogger(__name__)

chores = sa.Table(
    "chores",
    db.metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("due_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
    # Of the run at hand, or of the last one; while one is at hand `ended_at` is NULL.
    sa.Column("began_at", sa.DateTime(timezone=True)),
    sa.Column("ended_at", sa.DateTime(timezone=True)),
    sa.Column("rows", sa.BigInteger, nullable=False, server_default=sa.text("0")),
)


class Postponed(Exception):
    """This is not the time for the chore; it is tried again in a while."""


@dataclass(frozen=True)
class Piece:
    """What a piece of work did to how many rows, and whether there may be more to do."""

    rows: int
    has_more: bool


@dataclass(frozen=True)
class Chore:
    """Work that comes again.

    `work` does a bounded piece of it in the caller's transaction, or raises Postponed.
    """

    name: str
    work: Callable[[sa.Connection], Piece]
    every: timedelta = timedelta(hours=1)


@contextmanager
def running_housekeeper(wanted: Sequence[Chore]) -> Iterator[None]:
    """Do what is due in a thread of its own as long as the block lasts."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    stop = threading.Event()

    def keep_house() -> None:
        with app.app_context():
            while not stop.wait(LOOK_SECONDS):
                do_due(db.engine, wanted, stop.is_set)

    thread = start_vital_thread("housekeeper", keep_house)
    try:
        yield
    finally:
        stop.set()
        thread.join(STOP_SECONDS)


def do_due(
    engine: sa.Engine, wanted: Sequence[Chore], is_stopped: Callable[[], bool] = lambda: False
) -> None:
    """Do every chore that is due, whatever goes wrong with one; safe to run by several at once."""
    try:
        due = _find_due(engine, [chore.name for chore in wanted])
    except sa.exc.SQLAlchemyError as error:
        log.warning("housekeeping has to wait for the database", exc_info=error)
        return
    for chore in wanted:
        if chore.name in due:
            _do_whole(engine, chore, is_stopped)


def _find_due(engine: sa.Engine, names: Sequence[str]) -> set[str]:
    """The chores that are due; one that was never done is."""
    with engine.begin() as connection:
        known = connection.execute(
            sa.select(chores.c.name, chores.c.due_at <= sa.func.clock_timestamp())
        ).all()
        later = {name for name, is_due in known if not is_due}
        for name in set(names) - {name for name, _ in known}:
            statement = insert(chores).values(name=name)
            connection.execute(statement.on_conflict_do_nothing())
    return set(names) - later


def _do_whole(engine: sa.Engine, chore: Chore, is_stopped: Callable[[], bool]) -> None:
    try:
        while not is_stopped() and do_piece(engine, chore):
            pass
    except Postponed:
        _put_off(engine, chore)
    except sa.exc.OperationalError as error:
        log.warning("housekeeping: %s has to wait", chore.name, exc_info=error)
        _put_off(engine, chore)
    except Exception:
        log.exception("housekeeping: %s failed", chore.name)
        _put_off(engine, chore)


def do_piece(engine: sa.Engine, chore: Chore) -> bool:
    """Do one piece in a transaction of its own; whether there is more for this process to do."""
    with engine.begin() as connection:
        run = _claim(connection, chore.name)
        if run is None:
            return False
        piece = chore.work(connection)
        now = sa.func.clock_timestamp()
        is_first = run.began_at is None or run.ended_at is not None
        rows = piece.rows if is_first else run.rows + piece.rows
        values = {
            "began_at": sa.func.now() if is_first else run.began_at,
            "ended_at": None if piece.has_more else now,
            "due_at": chores.c.due_at if piece.has_more else now + chore.every,
            "rows": rows,
        }
        connection.execute(sa.update(chores).where(chores.c.name == chore.name).values(**values))
    if not piece.has_more:
        level = logging.INFO if rows else logging.DEBUG
        log.log(level, "housekeeping: %s: %d rows", chore.name, rows, extra={"rows": rows})
    return piece.has_more


def _claim(connection: sa.Connection, name: str) -> sa.Row[Any] | None:
    """The chore's row, locked, if it is due and nobody else is at it."""
    is_due = chores.c.due_at <= sa.func.clock_timestamp()
    own = sa.select(chores).where(chores.c.name == name, is_due)
    return connection.execute(own.with_for_update(skip_locked=True)).one_or_none()


def _put_off(engine: sa.Engine, chore: Chore) -> None:
    """Have it tried again in a while, rather than every few seconds."""
    later = sa.func.clock_timestamp() + PUT_OFF
    try:
        with engine.begin() as connection:
            connection.execute(
                sa.update(chores).where(chores.c.name == chore.name).values(due_at=later)
            )
    except sa.exc.SQLAlchemyError as error:
        log.warning("housekeeping: %s not put off", chore.name, exc_info=error)
