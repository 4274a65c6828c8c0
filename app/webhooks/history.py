"""What has been sent and what has happened: reading it, and sending it again.

Sending again keeps the event and its id, so that a receiver that has seen it knows.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.page_bytes import Bytes
from app.pagination import Page, PageRequest, Sort, fetch_page
from app.webhooks.errors import DeliveryNotFound, WebhookDisabled, WebhookNotFound
from app.webhooks.models import DeliveryStatus, deliveries, delivery_attempts, events
from app.webhooks.queries import get_webhook, lock_webhook

_d, _e, _a = deliveries.c, events.c, delivery_attempts.c
DELIVERIES_NEWEST_FIRST = Sort("-id", (_d.id,), descending=True)
EVENTS_NEWEST_FIRST = Sort("-id", (_e.id,), descending=True)


@dataclass(frozen=True)
class Attempt:
    """One request and what came of it."""

    at: datetime
    status_code: int | None
    latency_ms: int
    error: str | None
    response_excerpt: str
    request_headers: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """An event on its way to a webhook; `payload` is the message as it is sent."""

    id: str
    webhook_id: str
    event_id: str
    event_type: str
    status: str
    next_attempt_at: datetime | None
    created_at: datetime
    payload: Mapping[str, Any]
    attempts: Sequence[Attempt] = ()


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened."""

    id: str
    type: str
    timestamp: datetime
    data: Mapping[str, Any]


# Read when the page is known; they count among its bytes.
_attempts_bytes = (
    sa.select(sa.func.sum(sa.func.octet_length(_a.response_excerpt), type_=Bytes))
    .where(_a.delivery_id == _d.id)
    .scalar_subquery()
)
_DELIVERIES: sa.Select[Any] = sa.select(
    _d.id, _d.webhook_id, _d.event_id, _e.type, _d.status, _d.next_attempt_at, _d.created_at,
    _e.body, _attempts_bytes.label("attempts_bytes"),
).select_from(deliveries.join(events))  # fmt: skip


def _make_delivery(row: sa.Row[Any]) -> Delivery:
    return Delivery(
        id=row.id,
        webhook_id=row.webhook_id,
        event_id=row.event_id,
        event_type=row.type,
        status=row.status,
        next_attempt_at=row.next_attempt_at,
        created_at=row.created_at,
        payload=json.loads(row.body),
    )


def list_deliveries(
    connection: sa.Connection,
    webhook_id: str,
    request: PageRequest,
    status: DeliveryStatus | None = None,
) -> Page[Delivery]:
    """A webhook's deliveries, newest first. Raises WebhookNotFound, InvalidCursor."""
    get_webhook(connection, webhook_id)
    conditions = [_d.webhook_id == webhook_id]
    if status:
        conditions.append(_d.status == status.value)
    count = sa.select(sa.func.count()).select_from(deliveries).where(*conditions)
    page = fetch_page(
        connection,
        _DELIVERIES.where(*conditions),
        DELIVERIES_NEWEST_FIRST,
        request,
        total=connection.execute(count).scalar_one(),
        make=_make_delivery,
    )
    return replace(page, items=_with_attempts(connection, page.items))


def get_delivery(connection: sa.Connection, delivery_id: str) -> Delivery:
    """One delivery; raises DeliveryNotFound."""
    row = connection.execute(_DELIVERIES.where(_d.id == delivery_id)).one_or_none()
    if row is None:
        raise DeliveryNotFound
    return _with_attempts(connection, [_make_delivery(row)])[0]


def _with_attempts(connection: sa.Connection, found: Sequence[Delivery]) -> list[Delivery]:
    attempts: dict[str, list[Attempt]] = defaultdict(list)
    statement = (
        sa.select(
            _a.delivery_id, _a.at, _a.status_code, _a.latency_ms, _a.error, _a.response_excerpt,
            _a.request_headers,
        )
        .where(_a.delivery_id.in_([delivery.id for delivery in found]))
        .order_by(_a.delivery_id, _a.number)
    )  # fmt: skip
    for row in connection.execute(statement):
        attempts[row.delivery_id].append(Attempt(*row[1:]))
    return [replace(delivery, attempts=attempts[delivery.id]) for delivery in found]


def list_events(
    connection: sa.Connection, request: PageRequest, event_type: str | None = None
) -> Page[Event]:
    """The events that are kept, newest first. Raises InvalidCursor."""
    conditions = [_e.type == event_type] if event_type else []
    count = sa.select(sa.func.count()).select_from(events).where(*conditions)
    return fetch_page(
        connection,
        sa.select(_e.id, _e.type, _e.created_at, _e.body).where(*conditions),
        EVENTS_NEWEST_FIRST,
        request,
        total=connection.execute(count).scalar_one(),
        make=lambda row: Event(
            id=row.id,
            type=row.type,
            timestamp=row.created_at,
            data=json.loads(row.body)["data"],
        ),
    )


def redeliver(connection: sa.Connection, delivery_id: str) -> Delivery:
    """Send it once more, with all its retries, whatever has become of it.

    Raises DeliveryNotFound, WebhookDisabled.
    """
    delivery = get_delivery(connection, delivery_id)
    try:
        lock_webhook(connection, delivery.webhook_id, must_be_enabled=True)
    except WebhookNotFound as error:
        raise WebhookDisabled from error
    _send_again(connection, _d.id == delivery_id)
    return get_delivery(connection, delivery_id)


def _send_again(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> int:
    """Make deliveries pending and due; how many. One that is under way just now stays leased."""
    statement = (
        sa.update(deliveries)
        .where(*conditions)
        .values(
            status=DeliveryStatus.PENDING.value,
            tries=0,
            next_attempt_at=sa.func.clock_timestamp(),
        )
    )
    return connection.execute(statement).rowcount
