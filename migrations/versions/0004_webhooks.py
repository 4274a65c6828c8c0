"""Webhooks: subscriptions, events, deliveries, attempts.

Why: an event is written in the transaction of the change it tells of, and is
sent afterwards from what is stored, so that none is lost and each can be seen
and sent again. The partial index holds what is still to be sent, by webhook
and time, and stays small.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

STATUSES = ("pending", "delivered", "failed", "cancelled")


def identifier() -> sa.Column:
    return sa.Column("id", UUID(as_uuid=False), nullable=False, server_default=sa.func.uuidv7())


def moment(name: str, *, now: bool = False) -> sa.Column:
    return sa.Column(
        name,
        sa.DateTime(timezone=True),
        nullable=not now,
        server_default=sa.func.clock_timestamp() if now else None,
    )


def create_webhooks() -> None:
    op.create_table(
        "webhooks",
        identifier(),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("events", ARRAY(sa.Text), nullable=False),
        sa.Column("each_row", sa.Boolean, nullable=False),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("previous_secret", sa.Text),
        moment("previous_secret_until"),
        moment("failing_since"),
        sa.Column("disabled_reason", sa.Text),
        moment("created_at", now=True),
        moment("updated_at", now=True),
        sa.PrimaryKeyConstraint("id", name="webhooks_pk"),
    )


def create_events() -> None:
    op.create_table(
        "events",
        identifier(),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("only_each_row", sa.Boolean, nullable=False),
        moment("created_at", now=True),
        sa.PrimaryKeyConstraint("id", name="events_pk"),
    )
    op.create_index("events_created_at_ix", "events", ["created_at"])
    op.create_index("events_type_id_ix", "events", ["type", "id"])


def create_deliveries() -> None:
    op.create_table(
        "deliveries",
        identifier(),
        sa.Column(
            "event_id",
            UUID(as_uuid=False),
            sa.ForeignKey("events.id", name="deliveries_event_id_fk", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("webhook_id", UUID(as_uuid=False), nullable=False),
        sa.Column("status", sa.Text, nullable=False, server_default=sa.text("'pending'")),
        sa.Column("tries", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("claims", sa.Integer, nullable=False, server_default=sa.text("0")),
        moment("next_attempt_at"),
        moment("leased_until"),
        moment("created_at", now=True),
        sa.PrimaryKeyConstraint("id", name="deliveries_pk"),
        sa.CheckConstraint(
            "status IN (" + ", ".join(f"'{status}'" for status in STATUSES) + ")",
            name="deliveries_status_ck",
        ),
    )
    op.create_index("deliveries_event_id_ix", "deliveries", ["event_id"])
    op.create_index("deliveries_webhook_id_id_ix", "deliveries", ["webhook_id", "id"])
    op.create_index(
        "deliveries_pending_ix",
        "deliveries",
        ["webhook_id", "next_attempt_at"],
        postgresql_where=sa.text("status = 'pending'"),
    )


def upgrade() -> None:
    create_webhooks()
    create_events()
    create_deliveries()
    op.create_table(
        "delivery_attempts",
        sa.Column(
            "delivery_id",
            UUID(as_uuid=False),
            sa.ForeignKey(
                "deliveries.id", name="delivery_attempts_delivery_id_fk", ondelete="CASCADE"
            ),
            nullable=False,
        ),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("webhook_id", UUID(as_uuid=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status_code", sa.Integer),
        sa.Column("latency_ms", sa.Integer, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("response_excerpt", sa.Text, nullable=False),
        sa.Column("request_headers", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("delivery_id", "number", name="delivery_attempts_pk"),
    )
    op.create_index(
        "delivery_attempts_webhook_id_at_ix", "delivery_attempts", ["webhook_id", "at"]
    )


def downgrade() -> None:
    for table in ("delivery_attempts", "deliveries", "events", "webhooks"):
        op.drop_table(table)
