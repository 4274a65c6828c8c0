"""/api/status: what is missing, what is done by whom, what has failed, and how much was done."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import redis
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from rq import SimpleWorker
from rq.job import Job
from rq.serializers import JSONSerializer

from app import create_app
from app.config import Config
from app.extensions import db
from app.local.processes import free_port
from app.ops.failures import earliest_id
from app.ops.status import VERSION
from app.queues import QueueName, open_queue
from app.webhooks.jobs import current_setup, deliver_due
from app.webhooks.queries import create_webhook
from app.workers import create_worker
from tests.conftest import PROJECT
from tests.imports.factories import upload
from tests.webhooks.conftest import LOOPBACK

NOWHERE = "postgresql+psycopg2://127.0.0.1:1/none"


def read(client: FlaskClient) -> Any:
    answer = client.get("/api/status")
    assert answer.status_code == 200
    return answer.get_json()


def failures(client: FlaskClient, kind: str) -> list[Any]:
    return [failure for failure in read(client)["failures"] if failure["kind"] == kind]


def test_it_names_each_part_and_whether_all_are_there(app: Flask, client: FlaskClient) -> None:
    parts = {"database": True, "redis": True, "schema": True, "worker": False}
    assert (read(client)["parts"], read(client)["is_ready"]) == (parts, False)
    workers = [create_worker(name, app.extensions["redis"]) for name in QueueName]
    for worker in workers:
        worker.register_birth()  # type: ignore[no-untyped-call]
    assert read(client)["is_ready"]
    for worker in workers:
        worker.register_death()  # type: ignore[no-untyped-call]


def test_a_queue_tells_how_much_waits_and_since_when(client: FlaskClient) -> None:
    before = datetime.now(UTC)
    for name in ("A", "B"):
        upload(client, f"sku,name\n{name},Lamp\n")
    [imports, webhooks] = read(client)["queues"]
    assert (imports["name"], imports["waiting"], imports["running"]) == ("imports", 2, 0)
    assert before <= datetime.fromisoformat(imports["oldest_at"]) <= datetime.now(UTC)
    assert (webhooks["waiting"], webhooks["oldest_at"]) == (0, None)


def test_a_worker_tells_what_it_does_and_since_when(app: Flask, client: FlaskClient) -> None:
    import_id = upload(client, "sku,name\nA,Lamp\n").get_json()["id"]
    redis_client: redis.Redis = app.extensions["redis"]
    worker = create_worker(QueueName.IMPORTS, redis_client)
    worker.register_birth()  # type: ignore[no-untyped-call]
    [job] = open_queue(QueueName.IMPORTS, redis_client).jobs
    assert isinstance(job, Job)
    job.started_at = datetime(2026, 11, 21, 8, tzinfo=UTC)
    job.save()
    worker.set_current_job_id(job.id)

    [seen] = read(client)["workers"]
    worker.register_death()  # type: ignore[no-untyped-call]

    assert (seen["queue"], seen["name"], seen["pid"]) == ("imports", worker.name, worker.pid)
    assert seen["job"] == {
        "id": f"run_import-{import_id}-1",
        "started_at": "2026-11-21T08:00:00.000000Z",
    }


def test_a_failed_import_is_told_with_its_reason(
    client: FlaskClient, run_jobs: Callable[[], None]
) -> None:
    answer = upload(client, "sku,name\nA,\n", "broken.csv", on_reject="abort")
    run_jobs()
    [failure] = failures(client, "import")
    assert (failure["id"], failure["subject"]) == (answer.get_json()["id"], "broken.csv")
    assert failure["detail"] == "The file has rows that cannot be imported"


def test_a_failed_delivery_is_told_once_for_its_webhook(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup = current_setup()
    url = f"http://127.0.0.1:{free_port()}/"
    values = {"url": url, "description": "", "events": ["*"], "each_row": False, "enabled": True}
    with db.engine.begin() as connection:
        webhook, _ = create_webhook(connection, setup.vault, values)
    for sku in ("A", "B"):
        client.post("/api/products", json={"sku": sku, "name": "Lamp"})
    monkeypatch.setattr(setup, "guard", LOOPBACK)
    deliver_due()
    [failure] = failures(client, "delivery")
    assert (failure["id"], failure["subject"]) == (webhook.id, url)
    assert failure["detail"] == "The connection was refused."


def test_a_failed_job_is_told_by_the_kind_of_its_exception_and_not_its_text(
    app: Flask, client: FlaskClient
) -> None:
    queue = open_queue(QueueName.IMPORTS, app.extensions["redis"])
    job = queue.enqueue("operator.truediv", 1, 0, description="a division")
    worker = SimpleWorker([queue], connection=queue.connection, serializer=JSONSerializer)
    worker.work(burst=True, logging_level="CRITICAL")
    [failure] = failures(client, "job")
    assert (failure["id"], failure["subject"]) == (job.id, "a division")
    assert failure["detail"] == "ZeroDivisionError"
    assert failure["at"] is not None


def test_what_was_done_falls_into_the_last_step_of_the_hour_and_of_the_day(
    client: FlaskClient, run_jobs: Callable[[], None]
) -> None:
    upload(client, "sku,name\nA,One\nB,Two\nC,\n")
    run_jobs()
    hour, day = read(client)["rates"]
    assert (hour["step_seconds"], len(hour["rows"])) == (60, 60)
    assert (day["step_seconds"], len(day["rows"])) == (900, 96)
    for series in (hour, day):
        # The clock may have gone on to the next step meanwhile.
        assert sum(series["rows"][-2:]) == sum(series["rows"]) == 2
        assert sum(series["requests"]) >= 1
        assert sum(series["server_errors"]) == 0


def test_an_import_of_yesterday_is_not_in_the_last_hour(
    client: FlaskClient, run_jobs: Callable[[], None]
) -> None:
    upload(client, "sku,name\nA,One\n")
    run_jobs()
    with db.engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE imports SET finished_at = finished_at - interval '5 hours'")
        )
    hour, day = read(client)["rates"]
    assert (sum(hour["rows"]), sum(day["rows"])) == (0, 1)


def test_the_tables_are_told_by_size_with_the_largest_first(client: FlaskClient) -> None:
    tables = read(client)["tables"]
    sizes = [table["data_bytes"] + table["index_bytes"] for table in tables]
    assert sizes == sorted(sizes, reverse=True)
    assert {table["name"] for table in tables} == set(db.metadata.tables)


def test_the_version_is_the_projects() -> None:
    [declared] = re.findall(
        r'^version = "(.+)"$', (PROJECT / "pyproject.toml").read_text(), re.MULTILINE
    )
    assert declared == VERSION


def test_without_redis_it_tells_what_the_database_knows(app: Flask, config: Config) -> None:
    alone = create_app(replace(config, redis_url="redis://127.0.0.1:1/0"))
    seen = read(alone.test_client())
    with alone.app_context():
        db.engine.dispose()
    assert (seen["parts"]["redis"], seen["parts"]["database"]) == (False, True)
    assert seen["queues"] is seen["workers"] is seen["rates"][0]["requests"] is None
    assert seen["tables"]
    assert seen["rates"][0]["rows"] == [0] * 60


def test_without_a_database_it_tells_what_redis_knows(app: Flask, config: Config) -> None:
    alone = create_app(replace(config, database_url=NOWHERE))
    seen = read(alone.test_client())
    assert (seen["parts"]["redis"], seen["parts"]["database"]) == (True, False)
    assert seen["tables"] is seen["server"] is seen["rates"][0]["rows"] is None
    assert len(seen["queues"]) == len(QueueName)


def test_the_earliest_id_of_a_moment_is_below_those_made_from_then_on(
    connection: sa.Connection,
) -> None:
    before = earliest_id(datetime.now(UTC))
    made = UUID(str(connection.execute(sa.text("SELECT uuidv7()")).scalar_one()))
    after = earliest_id(datetime.fromtimestamp(time.time() + 1, UTC))
    assert before < made < after
