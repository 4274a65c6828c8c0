"""Imports write in the order in which they were accepted, and nobody waits for what is stuck."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Self

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from rq.job import Job, JobStatus
from rq.registry import StartedJobRegistry
from rq.serializers import JSONSerializer

from app.changes.turns import TURN, try_turn
from app.extensions import db
from app.imports import importer, order, queueing, storage, stuck
from app.imports.importer import Outcome
from app.imports.jobs import run_import
from app.imports.models import imports
from app.imports.reading import Event, read_file
from app.imports.status import Status
from app.locks import try_lock, try_number
from app.queues import QueueName, open_queue
from tests.conftest import wait_until
from tests.imports.factories import upload
from tests.waiting import PATIENCE

HEADER = "sku,name,price\n"


def accept(client: FlaskClient, price: int, **fields: str) -> str:
    """Upload a file that gives one product this price; the import's id."""
    answer = upload(client, f"{HEADER}A,Chair,{price}\n", f"{price}.csv", **fields)
    assert answer.status_code == 202
    return str(answer.get_json()["id"])


def get(client: FlaskClient, import_id: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/api/imports/{import_id}").get_json()
    return found


def price(client: FlaskClient) -> str:
    [product] = client.get("/api/products").get_json()["items"]
    return str(product["price"])


@contextmanager
def at_work(import_id: str) -> Iterator[sa.Connection]:
    """As if a worker were at the import for as long as the block lasts."""
    with db.engine.connect() as connection:
        assert try_lock(connection, import_id)
        yield connection


class Working(threading.Thread):
    """A worker that does one import beside the test."""

    def __init__(self, app: Flask, import_id: str) -> None:
        super().__init__()
        self._app, self._import_id = app, import_id

    def run(self) -> None:
        with self._app.app_context():
            run_import(self._import_id)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.join(PATIENCE)


@pytest.mark.parametrize("on_reject", ["skip", "abort"])
def test_a_newer_import_reads_beside_an_older_one_and_writes_after_it(
    app: Flask, client: FlaskClient, on_reject: str
) -> None:
    older = accept(client, 1, on_reject=on_reject)
    newer = accept(client, 2, on_reject=on_reject)
    with at_work(older) as held, Working(app, newer):
        wait_until(lambda: get(client, newer)["stage"] == "comparing")
        awaited = {"import_id": older, "filename": "1.csv"}
        assert get(client, newer)["waiting_for"] == awaited
        listed = client.get("/api/imports").get_json()["items"]
        assert [item["waiting_for"] for item in listed] == [awaited, None]
        held.rollback()
        assert run_import(older) == "completed"
    assert (get(client, newer)["status"], price(client)) == ("completed", "2.00")
    assert get(client, newer)["waiting_for"] is None


def test_an_import_ahead_that_nobody_works_on_is_done_by_the_one_behind_it(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order, "UNSERVED_SECONDS", 0)
    ids = [accept(client, number) for number in (1, 2, 3)]
    assert run_import(ids[2]) == "completed"
    assert [get(client, import_id)["status"] for import_id in ids] == ["completed"] * 3
    assert price(client) == "3.00"
    with db.engine.connect() as connection:
        assert storage.get_import(connection, ids[2]).attempts == 1


@pytest.mark.parametrize("why", ["a preview", "cancelled", "waiting for a person"])
def test_what_will_not_write_is_waited_for_by_nobody(
    client: FlaskClient, run_jobs: Callable[[], None], why: str
) -> None:
    if why == "a preview":
        accept(client, 1, preview="true")
    elif why == "cancelled":
        client.post(f"/api/imports/{accept(client, 1)}/cancel")
    else:
        upload(client, "number,words\n1,x\n")
        run_jobs()
    newer = accept(client, 2)
    assert get(client, newer)["waiting_for"] is None
    assert run_import(newer) == "completed"


def test_a_preview_has_its_place_when_it_is_started(
    client: FlaskClient, run_jobs: Callable[[], None]
) -> None:
    preview = accept(client, 1, preview="true")
    run_jobs()
    direct = accept(client, 2)
    started = client.post(f"/api/imports/{preview}/start").get_json()
    assert started["waiting_for"] == {"import_id": direct, "filename": "2.csv"}
    run_jobs()
    assert price(client) == "1.00"


@contextmanager
def breaking_off_at(part: str) -> Iterator[None]:
    """As if the server ended the connection whose next statement holds `part`."""

    ended: list[str] = []

    def end(connection: sa.Connection, _: Any, statement: str, *__: Any) -> None:
        if part in statement and not ended:
            ended.append(part)
            pid = connection.connection.get_backend_pid()
            with db.engine.begin() as other:
                other.execute(sa.select(sa.func.pg_terminate_backend(pid, 1000)))

    sa.event.listen(db.engine, "before_cursor_execute", end)
    yield
    sa.event.remove(db.engine, "before_cursor_execute", end)
    assert ended


GIVING_A_PLACE = ["pg_advisory_xact_lock", "ORDER BY imports.write_place"]


@pytest.mark.parametrize("part", GIVING_A_PLACE)
def test_an_upload_that_is_answered_by_an_error_leaves_no_import(
    client: FlaskClient, part: str
) -> None:
    with breaking_off_at(part):
        answer = upload(client, f"{HEADER}A,Chair,1\n")
    assert (answer.status_code, answer.get_json()["type"]) == (503, "/problems/unavailable")
    assert client.get("/api/imports").get_json()["items"] == []


@pytest.mark.parametrize("part", GIVING_A_PLACE)
def test_a_preview_whose_start_is_answered_by_an_error_is_not_started(
    client: FlaskClient, run_jobs: Callable[[], None], part: str
) -> None:
    preview = accept(client, 1, preview="true")
    run_jobs()
    with breaking_off_at(part):
        assert client.post(f"/api/imports/{preview}/start").status_code == 503
    assert get(client, preview)["status"] == "ready"


def test_a_cancelled_import_is_answered_so_where_its_worker_cannot_be_interrupted(
    client: FlaskClient,
) -> None:
    import_id = accept(client, 1)
    with breaking_off_at("pg_cancel_backend"):
        answer = client.post(f"/api/imports/{import_id}/cancel")
    assert (answer.status_code, answer.get_json()["status"]) == (202, "cancelled")


def test_the_turn_is_free_until_a_file_has_given_a_row(app: Flask, client: FlaskClient) -> None:
    content = f"{HEADER}A,Chair,1\n".encode()
    is_free = []

    def look() -> bool:
        with db.engine.connect() as other:
            return try_turn(other)

    @contextmanager
    def open_events() -> Iterator[Iterator[Event]]:
        def read() -> Iterator[Event]:
            is_free.append(look())
            for event in read_file(lambda: [content], job.id, job.wishes, job.mode):
                yield event
                is_free.append(look())

        yield read()

    with db.engine.connect() as connection:
        job = storage.get_import(connection, accept(client, 1))
        outcome: Outcome = importer.run_import(
            connection, job, open_events, lambda _: None, undo_days=1
        )
    assert outcome.status is Status.COMPLETED
    assert is_free[:2] == [True, False]


def is_alive(connection: sa.Connection) -> bool:
    try:
        return bool(connection.execute(sa.select(1)).scalar())
    except sa.exc.OperationalError:
        return False


@pytest.mark.parametrize(("seconds", "goes_on"), [(1, True), (60, False)])
def test_an_import_that_goes_on_long_after_it_was_cancelled_is_ended(
    client: FlaskClient, seconds: int, goes_on: bool
) -> None:
    import_id = accept(client, 1)
    client.post(f"/api/imports/{import_id}/cancel")
    ago = sa.func.now() - sa.func.make_interval(0, 0, 0, 0, 0, 0, seconds)
    with db.engine.begin() as connection:
        connection.execute(sa.update(imports).values(finished_at=ago))
    with at_work(import_id) as held:
        stuck.end_frozen_imports()
        assert is_alive(held) is goes_on


class Silence:
    """What a process gives that stands still in the middle of a COPY."""

    def __init__(self) -> None:
        self.is_over = threading.Event()

    def read(self, _: int) -> str:
        self.is_over.wait(PATIENCE)
        return ""


@pytest.mark.parametrize("key", ["import", "turn"])
def test_a_process_that_stands_still_in_a_copy_loses_its_locks(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    import_id, silence = accept(client, 1), Silence()

    def is_free() -> bool:
        with db.engine.connect() as other:
            return try_number(other, TURN) if key == "turn" else try_lock(other, import_id)

    def stand_still(connection: sa.Connection) -> None:
        with pytest.raises(Exception, match=r"terminat|closed"):
            cursor = connection.connection.cursor()
            cursor.copy_expert("COPY import_chunks FROM STDIN", silence)

    with db.engine.connect() as frozen:
        assert try_number(frozen, TURN) if key == "turn" else try_lock(frozen, import_id)
        thread = threading.Thread(target=stand_still, args=(frozen,))
        thread.start()
        stuck.end_frozen_imports()
        assert not is_free()
        monkeypatch.setattr(stuck, "FROZEN_SECONDS", 0)

        def is_ended() -> bool:
            stuck.end_frozen_imports()
            return is_free()

        wait_until(is_ended)
        silence.is_over.set()
        thread.join(PATIENCE)
        frozen.invalidate()


def test_an_attempt_that_only_the_registry_believes_in_is_begun_again(
    app: Flask, client: FlaskClient, run_jobs: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr(queueing, "finder", stuck.AbandonedFinder(lambda: now[0]))
    redis_client = app.extensions["redis"]
    import_id = accept(client, 1)
    with db.engine.begin() as connection:
        ago = sa.func.now() - sa.func.make_interval(0, 0, 0, 0, 1)
        connection.execute(sa.update(imports).values(created_at=ago, status="running"))
    queue = open_queue(QueueName.IMPORTS, redis_client)
    [job_id] = queue.job_ids
    redis_client.delete(queue.key)
    job = Job.fetch(job_id, connection=redis_client, serializer=JSONSerializer)
    job.set_status(JobStatus.STARTED)
    registry = StartedJobRegistry(queue=queue, serializer=JSONSerializer)
    redis_client.zadd(registry.key, {f"{job_id}:1": 2**33})
    for seconds in (0.0, stuck.ABANDONED_SECONDS / 2):
        now[0] = seconds
        queueing.sweep_imports()
        assert queue.job_ids == []
    with at_work(import_id):
        now[0] = 2 * stuck.ABANDONED_SECONDS
        queueing.sweep_imports()
        assert queue.job_ids == []
    for seconds in (3.0, 4.0):
        now[0] = seconds * stuck.ABANDONED_SECONDS
        queueing.sweep_imports()
    assert len(queue.job_ids) == 1
    run_jobs()
    assert get(client, import_id)["status"] == "completed"
