"""Alive, and able to work: each part by name."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from app.queues import QueueName
from app.workers import create_worker


def test_alive_looks_at_nothing(client: FlaskClient) -> None:
    assert client.get("/healthz").get_json() == {"status": "ok"}


def test_without_a_worker_it_is_not_ready_and_says_why(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["parts"] == {
        "database": "ok",
        "redis": "ok",
        "schema": "ok",
        "worker": "failed",
    }


def test_a_worker_that_was_killed_does_not_count(app: Flask, client: FlaskClient) -> None:
    redis = app.extensions["redis"]
    worker = create_worker(QueueName.IMPORTS, redis)
    worker.register_birth()  # type: ignore[no-untyped-call]
    assert client.get("/readyz").status_code == 200
    redis.delete(worker.key)  # as when its heartbeats end
    assert client.get("/readyz").status_code == 503
