"""Connections: how many, for how long, and what one that does not answer costs."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest
import redis
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app import create_app, extensions
from app.changes.turns import try_turn
from app.config import Config
from app.extensions import BRISK_SECONDS, MOST_CONNECTIONS, db
from tests.conftest import PROJECT, wait_until


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("docs/scaling.md", r"A web process holds up to (\d+),"),
        ("docs/operations.md", r"each web process takes up to (\d+),"),
    ],
)
def test_the_documents_say_how_many_connections_a_process_may_have(page: str, said: str) -> None:
    assert re.findall(said, (PROJECT / page).read_text()) == [str(MOST_CONNECTIONS)]


def test_a_request_beyond_the_connections_of_a_process_is_told_to_come_again(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db.engine.pool, "_timeout", 0.01)
    with ExitStack() as stack:
        for _ in range(MOST_CONNECTIONS):
            stack.enter_context(db.engine.connect())
        answer = client.get("/api/products")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert client.get("/api/products").status_code == 200


def test_who_is_frozen_in_a_transaction_does_not_keep_the_turn(
    app: Flask, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extensions, "IDLE_MILLISECONDS", 200)
    other = create_app(config)
    with other.app_context(), db.engine.connect() as frozen:
        assert try_turn(frozen)

        def has_the_turn() -> bool:
            with app.app_context(), db.engine.begin() as connection:
                return try_turn(connection)

        wait_until(has_the_turn)
        with pytest.raises(sa.exc.DBAPIError):
            frozen.execute(sa.select(1))
        frozen.invalidate()
        db.engine.dispose()


@pytest.fixture
def silent() -> Iterator[str]:
    """A place that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def test_what_can_be_done_without_a_redis_that_hangs_asks_it_once_and_not_for_long(
    config: Config, silent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client: redis.Redis = create_app(replace(config, redis_url=silent)).extensions["brisk_redis"]
    options = client.connection_pool.connection_kwargs
    assert options["socket_timeout"] == options["socket_connect_timeout"] == BRISK_SECONDS <= 0.5
    with pytest.raises(redis.TimeoutError):
        client.ping()
    with pytest.raises(redis.ConnectionError, match="did not answer a moment ago"):
        client.ping()
    monkeypatch.setattr(client, "_paused_until", 0.0)
    with pytest.raises(redis.TimeoutError):
        client.ping()


def test_an_edit_waits_for_no_other_redis(app: Flask, config: Config, silent: str) -> None:
    hanging = create_app(replace(config, redis_url=silent))
    del hanging.extensions["redis"]
    client = hanging.test_client()
    made = client.post("/api/products", json={"sku": "A", "name": "Chair"})
    assert made.status_code == 201
    changed = client.patch(f"/api/products/{made.get_json()['id']}", json={"price": "1.00"})
    assert changed.status_code == 200
    with hanging.app_context():
        db.engine.dispose()
