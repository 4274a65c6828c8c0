"""Sending a webhook what it has not got: events that failed, were cancelled or never tried."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.webhooks.events import EVERYTHING, EventType, write_body
from app.webhooks.history import Delivery, get_delivery
from app.webhooks.models import DeliveryStatus, deliveries, events
from app.webhooks.outbox import read_clock
from app.webhooks.queries import lock_webhook

UNSENT = (DeliveryStatus.FAILED.value, DeliveryStatus.CANCELLED.value)


def recover(connection: sa.Connection, webhook_id: str, since: datetime) -> int:
    """Send what happened from `since` on and has not arrived; how many deliveries that makes.

    What happened while the webhook was disabled is among it, what happened before
    it was made is not. Safe to repeat. Raises WebhookNotFound, WebhookDisabled.
    """
    webhook = lock_webhook(connection, webhook_id, must_be_enabled=True)
    d, e = deliveries.c, events.c
    again = (
        sa.update(deliveries)
        .where(
            d.webhook_id == webhook_id,
            d.status.in_(UNSENT),
            d.event_id == e.id,
            e.created_at >= since,
            e.type != EventType.WEBHOOK_TEST.value,
        )
        .values(
            status=DeliveryStatus.PENDING.value,
            tries=0,
            next_attempt_at=sa.func.clock_timestamp(),
        )
    )
    known = sa.exists().where(d.event_id == e.id, d.webhook_id == webhook_id)
    missed = sa.select(e.id, sa.literal(webhook_id, d.webhook_id.type), sa.func.clock_timestamp())
    never_tried = sa.insert(deliveries).from_select(
        ["event_id", "webhook_id", "next_attempt_at"],
        missed.where(
            e.created_at >= max(since, webhook.created_at), _was_meant_for(webhook), ~known
        ),
    )
    return connection.execute(again).rowcount + connection.execute(never_tried).rowcount


def _was_meant_for(webhook: sa.Row[Any]) -> sa.ColumnElement[bool]:
    """The events that `webhook` subscribes to, by the rules of `events.record_event`."""
    e = events.c
    wanted = set(webhook.events)
    if EVERYTHING in wanted:
        named = sa.and_(e.type != EventType.WEBHOOK_TEST.value)
    else:
        named = e.type.in_(wanted)
    if not webhook.each_row:
        return sa.and_(named, ~e.only_each_row)
    row_by_row = EventType.PRODUCTS_CHANGED.value in wanted
    return sa.or_(named, e.only_each_row) if row_by_row else named


def send_test(connection: sa.Connection, webhook_id: str) -> Delivery:
    """A `webhook.test` event for this webhook alone. Raises WebhookNotFound, WebhookDisabled."""
    lock_webhook(connection, webhook_id, must_be_enabled=True)
    at = read_clock(connection)
    data: Mapping[str, Any] = {"webhook_id": webhook_id}
    event = (
        sa.insert(events)
        .values(
            type=EventType.WEBHOOK_TEST.value,
            body=write_body(EventType.WEBHOOK_TEST, at, data),
            only_each_row=False,
            created_at=at,
        )
        .returning(events.c.id)
    )
    event_id = connection.execute(event).scalar_one()
    delivery = (
        sa.insert(deliveries)
        .values(event_id=event_id, webhook_id=webhook_id, next_attempt_at=at)
        .returning(deliveries.c.id)
    )
    return get_delivery(connection, connection.execute(delivery).scalar_one())
