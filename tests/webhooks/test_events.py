"""Events: written with the change or not at all, and for those who asked."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.extensions import db
from app.webhooks.events import EventType, is_wanted, record_event, record_events
from app.webhooks.models import deliveries, events
from tests.webhooks.conftest import happen, list_deliveries, subscribe

URL = "http://127.0.0.1:9999/hooks"
CREATED, UPDATED = EventType.PRODUCT_CREATED, EventType.PRODUCT_UPDATED
CHANGED = EventType.PRODUCTS_CHANGED


def count(table: sa.Table) -> int:
    with db.engine.connect() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def types(client: FlaskClient, webhook: Any) -> list[str]:
    return [delivery["event_type"] for delivery in reversed(list_deliveries(client, webhook))]


def test_an_event_is_taken_back_with_its_change(client: FlaskClient) -> None:
    subscribe(client, URL)
    with db.engine.connect() as connection:
        assert record_event(connection, CREATED, {"id": 1}) == 1
        connection.rollback()
    assert (count(events), count(deliveries)) == (0, 0)


def test_an_event_nobody_asked_for_makes_no_delivery(client: FlaskClient) -> None:
    subscribe(client, URL, events=["import.completed"])
    subscribe(client, URL, enabled=False)
    assert happen(CREATED) == 0
    assert (count(events), count(deliveries)) == (1, 0)


def test_every_webhook_gets_what_it_asked_for(client: FlaskClient) -> None:
    everything = subscribe(client, URL)
    named = subscribe(client, URL, events=["product.updated", "import.failed"])
    for event_type in EventType:
        happen(event_type)
    assert types(client, everything) == [event_type.value for event_type in EventType]
    assert types(client, named) == ["product.updated", "import.failed"]


def test_a_row_of_a_bulk_change_goes_to_those_who_want_each_row(client: FlaskClient) -> None:
    batches = subscribe(client, URL)
    rows = subscribe(client, URL, each_row=True)
    rows_of_changes = subscribe(client, URL, events=["products.changed"], each_row=True)
    updates = subscribe(client, URL, events=["product.updated"], each_row=True)
    happen(CHANGED)
    happen(CREATED, only_each_row=True)
    happen(UPDATED, only_each_row=True)
    assert types(client, batches) == ["products.changed"]
    both = ["products.changed", "product.created", "product.updated"]
    assert types(client, rows) == both
    assert types(client, rows_of_changes) == both
    assert types(client, updates) == ["product.updated"]


def test_many_events_are_written_at_once_each_with_its_own_id(client: FlaskClient) -> None:
    subscribe(client, URL)
    with db.engine.begin() as connection:
        items = [{"id": number} for number in range(1000)]
        assert record_events(connection, CREATED, items) == 1000
        assert record_events(connection, CREATED, []) == 0
    assert (count(events), count(deliveries)) == (1000, 1000)
    listed = client.get("/api/events?limit=500").get_json()
    assert listed["total"] == 1000
    assert [event["data"]["id"] for event in listed["items"]] == list(range(999, 499, -1))


@pytest.mark.parametrize(
    "data", [{"name": "é椅\U0001f600"}, {"text": 'quote " \\ \x00 \n {}'}, {"list": [1, None, 1.5]}]
)
def test_what_is_told_comes_back_as_it_was(client: FlaskClient, data: Any) -> None:
    webhook = subscribe(client, URL)
    happen(data=data)
    [delivery] = list_deliveries(client, webhook)
    assert delivery["payload"]["data"] == data
    assert list(delivery["payload"]) == ["type", "timestamp", "data"]
    [event] = client.get("/api/events").get_json()["items"]
    assert event == {"id": delivery["event_id"], **delivery["payload"]}


def wanted(*event_types: EventType, each_row: bool = False) -> bool:
    with db.engine.connect() as connection:
        return is_wanted(connection, event_types, only_each_row=each_row)


def test_nothing_is_wanted_where_there_is_no_webhook(app: Flask) -> None:
    assert not wanted(*EventType)


def test_what_is_wanted_is_what_somebody_asked_for(client: FlaskClient) -> None:
    webhook = subscribe(client, URL, events=["products.changed"])
    assert wanted(CHANGED)
    assert wanted(CREATED, CHANGED)
    assert not wanted(CREATED)
    assert not wanted(CREATED, each_row=True)
    client.patch(f"/api/webhooks/{webhook['id']}", json={"each_row": True})
    assert wanted(CREATED, each_row=True)


def test_what_was_disabled_by_hand_wants_nothing_and_what_failed_still_does(
    client: FlaskClient,
) -> None:
    webhook = subscribe(client, URL)
    client.patch(f"/api/webhooks/{webhook['id']}", json={"enabled": False})
    assert not wanted(CREATED)
    with db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE webhooks SET disabled_reason = 'It failed.'"))
    assert wanted(CREATED)
