"""The tables of the webhooks.

An event keeps the body that is sent as text, not as jsonb: the signature is over
its bytes, and every attempt has to send the same. A delivery outlives its
webhook, so that it can be seen what became of it.
"""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from app.columns import moment
from app.extensions import db


class DeliveryStatus(StrEnum):
    """Where a delivery is: pending until it is delivered, given up or no longer wanted."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"


def _id() -> sa.Column[str]:
    return sa.Column("id", UUID(as_uuid=False), primary_key=True, server_default=sa.func.uuidv7())


webhooks = sa.Table(
    "webhooks",
    db.metadata,
    _id(),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("events", ARRAY(sa.Text), nullable=False),
    sa.Column("each_row", sa.Boolean, nullable=False),
    sa.Column("enabled", sa.Boolean, nullable=False),
    # Written and read by vault.py alone. The previous one signs as well until its time is over.
    sa.Column("secret", sa.Text, nullable=False),
    sa.Column("previous_secret", sa.Text),
    moment("previous_secret_until"),
    moment("failing_since"),
    # Only of a webhook that was disabled by its failures, not by hand.
    sa.Column("disabled_reason", sa.Text),
    moment("created_at", now=True),
    moment("updated_at", now=True),
)

events = sa.Table(
    "events",
    db.metadata,
    _id(),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    # Only for webhooks that want every row of an import or a bulk operation.
    sa.Column("only_each_row", sa.Boolean, nullable=False),
    moment("created_at", now=True),
)
sa.Index("events_created_at_ix", events.c.created_at)
sa.Index("events_type_id_ix", events.c.type, events.c.id)

deliveries = sa.Table(
    "deliveries",
    db.metadata,
    _id(),
    sa.Column(
        "event_id",
        UUID(as_uuid=False),
        sa.ForeignKey("events.id", ondelete="CASCADE"),
        nullable=False,
    ),
    sa.Column("webhook_id", UUID(as_uuid=False), nullable=False),
    sa.Column(
        "status",
        sa.Text,
        nullable=False,
        server_default=sa.text(f"'{DeliveryStatus.PENDING}'"),
    ),
    # Failures since it was begun or asked for again.
    sa.Column("tries", sa.Integer, nullable=False, server_default=sa.text("0")),
    # Grows with every claim; the number of the attempt that the claim is for.
    sa.Column("claims", sa.Integer, nullable=False, server_default=sa.text("0")),
    moment("next_attempt_at"),
    moment("leased_until"),
    moment("created_at", now=True),
    sa.CheckConstraint(
        "status IN (" + ", ".join(f"'{status}'" for status in DeliveryStatus) + ")", name="status"
    ),
)
sa.Index("deliveries_event_id_ix", deliveries.c.event_id)
sa.Index("deliveries_webhook_id_id_ix", deliveries.c.webhook_id, deliveries.c.id)
sa.Index(
    "deliveries_pending_ix",
    deliveries.c.webhook_id,
    deliveries.c.next_attempt_at,
    postgresql_where=deliveries.c.status == DeliveryStatus.PENDING.value,
)

delivery_attempts = sa.Table(
    "delivery_attempts",
    db.metadata,
    sa.Column(
        "delivery_id",
        UUID(as_uuid=False),
        sa.ForeignKey("deliveries.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("webhook_id", UUID(as_uuid=False), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("status_code", sa.Integer),
    sa.Column("latency_ms", sa.Integer, nullable=False),
    sa.Column("error", sa.Text),
    sa.Column("response_excerpt", sa.Text, nullable=False),
    sa.Column("request_headers", JSONB, nullable=False),
)
sa.Index(
    "delivery_attempts_webhook_id_at_ix", delivery_attempts.c.webhook_id, delivery_attempts.c.at
)
