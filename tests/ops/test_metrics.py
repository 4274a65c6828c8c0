"""/metrics: true, the same from every process, and as complete as it can be."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import requests
import sqlalchemy as sa
import yaml
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from app import create_app
from app.config import Config
from app.extensions import db
from app.local.processes import free_port
from app.queues import QueueName
from app.webhooks.jobs import current_setup, deliver_due
from app.webhooks.queries import create_webhook
from app.workers import create_worker
from tests.conftest import PROJECT, wait_until
from tests.imports.factories import upload
from tests.ops.running import running
from tests.waiting import PATIENCE
from tests.webhooks.conftest import LOOPBACK
from tests.webhooks.receiver import Receiver, Reply

NOWHERE_REDIS = "redis://127.0.0.1:1/0"
NOWHERE_DATABASE = "postgresql+psycopg2://127.0.0.1:1/none"
Samples = dict[tuple[str, ...], float]


def read_metrics(text: str) -> Samples:
    """Name and the labels' values, in the order of the labels' names → the value."""
    return {
        (sample.name.removeprefix("product_importer_"), *map(str, values(sample.labels))): (
            sample.value
        )
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def values(labels: dict[str, str]) -> list[str]:
    return [labels[name] for name in sorted(labels)]


def scrape(client: FlaskClient) -> Samples:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain; version=")
    return read_metrics(answer.text)


def test_it_tells_of_imports_queues_and_workers(
    app: Flask, client: FlaskClient, run_jobs: Callable[[], None]
) -> None:
    upload(client, "sku,name\nA,One\nA,Two\nB,\n")
    run_jobs()
    upload(client, "sku,name\nC,Three\n")
    worker = create_worker(QueueName.IMPORTS, app.extensions["redis"])
    worker.register_birth()  # type: ignore[no-untyped-call]

    seen = scrape(client)
    worker.register_death()  # type: ignore[no-untyped-call]

    assert seen["imports", "completed"] == seen["imports", "queued"] == 1
    assert seen["imports", "failed"] == 0
    rows = {"created": 1, "duplicates": 1, "rejected": 1, "updated": 0}
    assert {name: seen["import_rows_total", name] for name in rows} == rows
    assert seen[("import_duration_seconds_count",)] == 1
    assert seen["import_duration_seconds_bucket", "+Inf"] == 1
    assert 0 < seen[("import_oldest_unfinished_seconds",)] < PATIENCE
    assert seen["queue_jobs", "imports", "waiting"] == 1
    assert 0 < seen["queue_oldest_seconds", "imports"] < PATIENCE
    assert seen["workers", "imports", "idle"] == 1
    assert seen["workers", "webhooks", "idle"] == seen["workers", "webhooks", "busy"] == 0
    assert seen["up", "database"] == seen["up", "redis"] == 1
    assert seen[("schema_at_head",)] == 1
    assert seen["table_bytes", "data", "products"] > 0
    assert 0 < seen[("catalog_unindexed_seconds",)] < PATIENCE


def test_requests_are_counted_by_their_route_and_not_by_what_is_asked_for(
    client: FlaskClient,
) -> None:
    for number in (1, 2, 3):
        client.get(f"/api/products/{number}")
    client.get("/nowhere/else")

    seen = scrape(client)

    route = "/api/products/<int:product_id>"
    assert seen["http_requests_total", "GET", route, "404"] == 3
    assert seen["http_requests_total", "GET", "unmatched", "404"] == 1
    assert seen["http_request_duration_seconds_count", "GET", route] == 3
    assert seen["http_request_duration_seconds_bucket", "+Inf", "GET", route] == 3
    assert 0 < seen["http_request_duration_seconds_sum", "GET", route] < PATIENCE


def test_attempts_of_deliveries_are_counted_by_what_came_of_them(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Receiver() as good, Receiver(lambda _: Reply(500)) as bad:
        for receiver in (good, bad):
            insert_webhook(receiver.url)
        insert_webhook(f"http://127.0.0.1:{free_port()}/")
        client.post("/api/products", json={"sku": "A", "name": "Lamp"})
        monkeypatch.setattr(current_setup(), "guard", LOOPBACK)
        deliver_due()

    seen = scrape(client)

    outcomes = ("delivered", "refused", "unanswered")
    assert [seen["delivery_attempts_total", outcome] for outcome in outcomes] == [1, 1, 1]
    assert seen[("delivery_attempt_duration_seconds_count",)] == 3
    assert seen[("deliveries_pending",)] == 2
    assert seen[("deliveries_overdue_seconds",)] == 0
    assert seen["webhooks", "failing"] == 2
    assert seen["webhooks", "well"] == 1


def insert_webhook(url: str) -> None:
    """Past the check of addresses, which refuses this machine's own."""
    values = {"url": url, "description": "", "events": ["*"], "each_row": False, "enabled": True}
    with db.engine.begin() as connection:
        create_webhook(connection, current_setup().vault, values)


def test_a_delivery_that_nobody_sends_is_overdue(app: Flask, client: FlaskClient) -> None:
    insert_webhook("http://127.0.0.1:1/")
    client.post("/api/products", json={"sku": "A", "name": "Lamp"})
    with db.engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE deliveries SET next_attempt_at = now() - interval '5 minutes'")
        )
    assert 299 < scrape(client)[("deliveries_overdue_seconds",)] < 400


def test_without_redis_the_rest_is_told_and_that_it_is_missing(app: Flask, config: Config) -> None:
    alone = create_app(replace(config, redis_url=NOWHERE_REDIS))
    seen = scrape(alone.test_client())
    with alone.app_context():
        db.engine.dispose()
    assert (seen["up", "redis"], seen["up", "database"]) == (0, 1)
    assert seen["imports", "completed"] == 0
    assert not any(name.startswith(("queue_", "http_")) for name, *_ in seen)


def test_without_a_database_the_rest_is_told_and_that_it_is_missing(
    app: Flask, config: Config
) -> None:
    alone = create_app(replace(config, database_url=NOWHERE_DATABASE))
    seen = scrape(alone.test_client())
    assert (seen["up", "redis"], seen["up", "database"]) == (1, 0)
    assert seen["queue_jobs", "imports", "waiting"] == 0
    assert not any(name.startswith("table_") for name, *_ in seen)


def test_both_web_processes_tell_the_same_total(app: Flask, config: Config, tmp_path: Path) -> None:
    asked = 60
    with running(config, tmp_path, with_worker=False) as processes:

        def count_asked() -> float:
            # A connection of its own each time, so that either process may answer.
            text = requests.get(f"{processes.url}/metrics", timeout=PATIENCE).text
            return read_metrics(text).get(("http_requests_total", "GET", "/", "200"), 0)

        for _ in range(asked):
            requests.get(f"{processes.url}/", timeout=PATIENCE)
        wait_until(lambda: count_asked() == asked)
        assert {count_asked() for _ in range(12)} == {asked}


def test_every_metric_of_the_alert_rules_exists(client: FlaskClient, app: Flask) -> None:
    counters = app.extensions["counters"]
    counters.count_attempt("delivered", 0.1, is_delivered=True)
    client.get("/api/products")
    known = {name for name, *_ in scrape(client)} | {"webhooks"}
    rules = yaml.safe_load((PROJECT / "docs/alerts.yml").read_text())["groups"][0]["rules"]
    named = {name for rule in rules for name in re.findall(r"product_importer_(\w+)", rule["expr"])}
    assert named
    assert named <= known


def test_every_alarm_is_explained_and_every_metric_of_the_explanation_exists(
    client: FlaskClient, app: Flask
) -> None:
    app.extensions["counters"].count_attempt("delivered", 0.1, is_delivered=True)
    client.get("/api/products")
    known = {name for name, *_ in scrape(client)} | {"webhooks"}
    text = (PROJECT / "docs/operations.md").read_text()
    rules = yaml.safe_load((PROJECT / "docs/alerts.yml").read_text())["groups"][0]["rules"]
    explained = re.findall(r"^\| `(ProductImporter\w+)` \|", text, re.MULTILINE)
    assert explained == [rule["alert"] for rule in rules]
    assert set(re.findall(r"product_importer_(\w+)", text)) <= known
