"""Work whose attempts fail at once outlasts what fails for some minutes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app import attempts
from app.changes.models import change_sets
from app.extensions import db
from app.imports import importer, order, storage
from app.imports.models import imports
from app.imports.order import Patience, Unserved
from app.products import jobs as bulk_jobs
from app.queues import QueueName, open_queue
from tests.imports.factories import upload
from worker import SWEEPS

PRODUCT = "sku,name\nA,Chair\n"
BREAK = {"imports": (importer, "run_import"), "change_sets": (bulk_jobs, "work_through")}


def test_pauses_double_up_to_the_longest_and_ten_attempts_take_three_minutes_at_least() -> None:
    numbers = range(1, attempts.MOST_ATTEMPTS)
    middle = [attempts.pause_after(number, 0.5) for number in numbers]
    assert middle == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert sum(attempts.pause_after(number, 0) for number in numbers) > 3 * 60
    assert attempts.pause_after(1, 0) < attempts.pause_after(1, 1) < attempts.pause_after(2, 0)


def lose_connection(connection: sa.Connection, *_: object, **__: object) -> None:
    """As if the database broke off in the middle of the work."""
    pid = connection.connection.get_backend_pid()
    with db.engine.begin() as other:
        other.execute(sa.select(sa.func.pg_terminate_backend(pid, 1000)))
    connection.execute(sa.select(1))


def move(table: sa.Table, row_id: str, name: str, seconds: int) -> None:
    """Set a time of the row to `seconds` from now."""
    moment = sa.func.clock_timestamp() + sa.func.make_interval(0, 0, 0, 0, 0, 0, seconds)
    with db.engine.begin() as connection:
        connection.execute(sa.update(table).where(table.c.id == row_id).values({name: moment}))


def count_attempts(table: sa.Table, row_id: str) -> int:
    with db.engine.connect() as connection:
        statement = sa.select(table.c.attempts).where(table.c.id == row_id)
        return int(connection.execute(statement).scalar_one())


def sweep(app: Flask) -> int:
    """Look for lost work, as workers do; how many jobs wait afterwards."""
    for look in SWEEPS[QueueName.IMPORTS]:
        look()
    return open_queue(QueueName.IMPORTS, app.extensions["redis"]).count


@pytest.mark.parametrize("table", [imports, change_sets], ids=str)
def test_an_attempt_that_lost_its_connection_is_followed_by_the_next_after_a_pause(
    app: Flask,
    client: FlaskClient,
    run_jobs: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
    table: sa.Table,
) -> None:
    monkeypatch.setattr(attempts, "FIRST_PAUSE", attempts.LONGEST_PAUSE)
    answer: Any = (
        upload(client, PRODUCT)
        if table is imports
        else client.post("/api/products/bulk", json={"action": "delete", "all": True})
    )
    row_id, location = answer.get_json()["id"], answer.headers["Location"]
    move(table, row_id, "created_at", -60)
    with monkeypatch.context() as patch:
        patch.setattr(*BREAK[table.name], lose_connection)
        run_jobs()  # RQ tries three times at once
    assert count_attempts(table, row_id) == 1
    assert sweep(app) == 0
    move(table, row_id, "next_attempt_at", 0)
    assert sweep(app) == 1
    run_jobs()
    assert client.get(location).get_json()["status"] == "completed"
    assert count_attempts(table, row_id) == 2


def test_a_short_pause_is_awaited_by_the_worker(client: FlaskClient) -> None:
    row_id = upload(client, PRODUCT).get_json()["id"]
    move(imports, row_id, "next_attempt_at", 1)
    with db.engine.connect() as connection:
        assert attempts.await_attempt(connection, imports, row_id)
        assert connection.execute(sa.select(attempts.is_due(imports))).scalar_one()


def test_an_import_waits_for_one_ahead_that_pauses_and_steps_back_once_it_is_due(
    client: FlaskClient,
) -> None:
    first, second = (upload(client, PRODUCT).get_json()["id"] for _ in range(2))
    move(imports, first, "next_attempt_at", 60)
    now = [0.0]
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        patience = Patience(storage.get_import(connection, second), lambda: now[0])
        for _ in range(3):
            now[0] += 2 * order.UNSERVED_SECONDS
            patience.look(connection)
        move(imports, first, "next_attempt_at", 0)
        now[0] += 2 * order.UNSERVED_SECONDS
        with pytest.raises(Unserved):
            patience.look(connection)
