"""Alive, and able to work: each part by name."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.config import Config
from app.ops import health
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


def test_every_queue_needs_a_worker_and_one_that_was_killed_does_not_count(
    app: Flask, client: FlaskClient
) -> None:
    redis = app.extensions["redis"]
    states = []
    for name in QueueName:
        states.append(client.get("/readyz").status_code)
        worker = create_worker(name, redis)
        worker.register_birth()  # type: ignore[no-untyped-call]
    states.append(client.get("/readyz").status_code)
    assert states == [503, 503, 200]
    redis.delete(worker.key)  # as when its heartbeats end
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()["parts"]["worker"]) == (503, "failed")


@pytest.fixture
def silent() -> Iterator[str]:
    """A place that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize("part", ["database", "redis"])
def test_a_part_that_hangs_counts_as_missing_and_is_not_waited_for(
    app: Flask, config: Config, silent: str, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Less than it takes either of them to give up by itself.
    monkeypatch.setattr(health, "PATIENCE_SECONDS", 3.0)
    nowhere: dict[str, Any] = {
        "database": {"database_url": f"postgresql+psycopg2://{silent}/none"},
        "redis": {"redis_url": f"redis://{silent}/0"},
    }
    hanging = create_app(replace(config, **nowhere[part]))
    answer = hanging.test_client().get("/readyz")
    assert answer.status_code == 503
    parts = answer.get_json()["parts"]
    whole = {"database", "redis"} - {part}
    assert (parts[part], {parts[name] for name in whole}) == ("failed", {"ok"})
