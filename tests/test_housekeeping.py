"""Chores are done when they are due, by one process at a time, piece by piece."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

import worker
from app.extensions import db
from app.housekeeping import Chore, Piece, chores, do_due, do_piece, running_housekeeper
from tests.chores import do_now
from tests.conftest import wait_until


class Log:
    """Work of so many pieces, each of three rows; what was done of it."""

    def __init__(self, pieces: int = 1) -> None:
        self._left, self.done = pieces, 0
        self.chore = Chore("log", self.work)

    def work(self, connection: sa.Connection) -> Piece:
        self._left -= 1
        self.done += 1
        return Piece(3, has_more=self._left > 0)


def read(name: str) -> sa.Row[tuple[object, ...]]:
    with db.engine.connect() as connection:
        return connection.execute(sa.select(chores).where(chores.c.name == name)).one()


def test_a_chore_is_done_at_once_and_then_not_before_it_is_due(app: Flask) -> None:
    log = Log()
    for _ in range(3):
        do_due(db.engine, [log.chore])
    assert log.done == 1
    row = read("log")
    assert abs(row.due_at - row.ended_at - timedelta(hours=1)) < timedelta(minutes=10)
    do_now(log.chore)
    assert log.done == 2


def test_all_pieces_are_done_and_their_rows_counted_and_told(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    log = Log(pieces=3)
    with caplog.at_level("INFO"):
        do_due(db.engine, [log.chore])
    assert (log.done, read("log").rows) == (3, 9)
    assert "housekeeping: log: 9 rows" in caplog.text


def test_processes_that_look_at_the_same_time_do_a_chore_once(app: Flask) -> None:
    log, together, engine = Log(), threading.Barrier(4), db.engine

    def look() -> None:
        together.wait()
        do_due(engine, [log.chore])

    with ThreadPoolExecutor(4) as pool:
        for looking in [pool.submit(look) for _ in range(4)]:
            looking.result()
    assert log.done == 1


def test_who_finds_a_chore_under_way_does_not_wait_for_it(app: Flask) -> None:
    log = Log()
    do_due(db.engine, [log.chore])
    with db.engine.begin() as connection:
        connection.execute(sa.update(chores).values(due_at=sa.func.now()))
    with db.engine.begin() as elsewhere:
        elsewhere.execute(sa.select(chores).with_for_update())
        do_due(db.engine, [log.chore])
    assert log.done == 1


def test_a_chore_that_was_broken_off_stays_due_and_goes_on(app: Flask) -> None:
    log = Log(pieces=2)
    assert not do_piece(db.engine, log.chore)  # nobody has noted yet that there is such a chore
    do_due(db.engine, [Chore("log", log.work)], is_stopped=lambda: log.done > 0)
    assert (log.done, read("log").ended_at) == (1, None)
    do_due(db.engine, [log.chore])
    assert (log.done, read("log").rows) == (2, 6)


@pytest.mark.parametrize(
    "error", [ZeroDivisionError(), sa.exc.OperationalError("", {}, ValueError())]
)
def test_a_chore_that_fails_is_put_off_and_keeps_none_from_being_done(
    app: Flask, error: Exception
) -> None:
    def fail(connection: sa.Connection) -> Piece:
        raise error

    log = Log()
    do_due(db.engine, [Chore("broken", fail), log.chore])
    assert log.done == 1
    with db.engine.connect() as connection:
        in_a_minute = chores.c.due_at > sa.func.now() + timedelta(seconds=5)
        statement = sa.select(chores.c.name).where(in_a_minute, chores.c.ended_at.is_(None))
        assert connection.execute(statement).scalars().all() == ["broken"]


def test_the_housekeeper_does_what_is_due_until_it_is_stopped(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.housekeeping.LOOK_SECONDS", 0.01)
    log = Log()
    with running_housekeeper([log.chore]):
        wait_until(lambda: log.done)


def test_every_chore_of_the_workers_can_be_done_on_empty_tables(app: Flask) -> None:
    names = [chore.name for chore in worker.CHORES]
    assert len(set(names)) == len(names)
    do_now(*worker.CHORES)
    with db.engine.connect() as connection:
        done = sa.select(chores.c.name).where(chores.c.ended_at.is_not(None))
        assert set(connection.execute(done).scalars()) == set(names)
