"""A receiver, webhooks that point at it, and a dispatcher whose time is set by the test."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.extensions import db
from app.webhooks.dispatcher import Dispatcher
from app.webhooks.egress import Guard
from app.webhooks.events import EventType, record_event
from app.webhooks.jobs import current_setup
from app.webhooks.outbox import read_clock
from tests.webhooks.receiver import Receiver

LOOPBACK = Guard([ipaddress.ip_network("127.0.0.0/8")])


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """An endpoint that answers 200."""
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def open_app(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application as it is with WEBHOOK_ALLOW_CIDRS=127.0.0.0/8."""
    monkeypatch.setattr(current_setup(), "guard", LOOPBACK)
    return app


@pytest.fixture
def client(open_app: Flask) -> FlaskClient:
    """An HTTP client that needs no server."""
    return open_app.test_client()


class Days:
    """Deliveries under a clock that only the test moves. Retries have no jitter."""

    def __init__(self) -> None:
        with db.engine.connect() as connection:
            self.now = read_clock(connection)

    def pass_by(self, **time: float) -> None:
        """Let time pass, and send what is due then."""
        self.now += timedelta(**time)
        self.deliver()

    def deliver(self) -> None:
        """Send what is due now."""
        self.now = max(self.now, datetime.now(UTC))
        with Dispatcher(
            db.engine, LOOPBACK, current_setup().vault, clock=lambda _: self.now, chance=lambda: 0.5
        ) as dispatcher:
            dispatcher.run_until_idle()


@pytest.fixture
def days(open_app: Flask) -> Days:
    """Time, and who delivers in it."""
    return Days()


def subscribe(client: FlaskClient, url: str, **fields: Any) -> Any:
    """A stored webhook with its secret, as the API shows it."""
    answer = client.post("/api/webhooks", json={"url": url, **fields})
    assert answer.status_code == 201, answer.get_json()
    return answer.get_json()


def happen(
    event_type: EventType = EventType.PRODUCT_CREATED, data: Any = None, **options: Any
) -> int:
    """An event, committed; how many deliveries it made."""
    with db.engine.begin() as connection:
        return record_event(connection, event_type, data or {"id": 1}, **options)


def list_deliveries(client: FlaskClient, webhook: Any) -> list[Any]:
    """Its deliveries as the API shows them, newest first."""
    answer = client.get(f"/api/webhooks/{webhook['id']}/deliveries")
    assert answer.status_code == 200, answer.get_json()
    items: list[Any] = answer.get_json()["items"]
    return items


def see(client: FlaskClient, webhook: Any) -> Any:
    """The webhook as the API shows it now."""
    return client.get(f"/api/webhooks/{webhook['id']}").get_json()
