"""What is done about webhooks now and then, a little at a time."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from app.housekeeping import Chore, Piece
from app.webhooks.models import DeliveryStatus, deliveries, events
from app.webhooks.outbox import cancel_stranded

KEEP = timedelta(days=30)
CANCELLED_AT_ONCE = 2000
# Their deliveries and attempts go with them, which may be many times as many.
EVENTS_AT_ONCE = 500


def cancel_unsendable(connection: sa.Connection) -> Piece:
    """Cancel what nobody will send, its webhook being disabled or gone."""
    rows = cancel_stranded(connection, limit=CANCELLED_AT_ONCE)
    return Piece(rows, has_more=rows == CANCELLED_AT_ONCE)


def forget_old_events(connection: sa.Connection) -> Piece:
    """Delete events past their time with their deliveries and attempts.

    One that still has to be sent stays.
    """
    unsent = sa.exists().where(
        deliveries.c.event_id == events.c.id,
        deliveries.c.status == DeliveryStatus.PENDING.value,
    )
    old = (
        sa.select(events.c.id)
        .where(events.c.created_at < sa.func.now() - KEEP, ~unsent)
        .order_by(events.c.created_at)
        .limit(EVENTS_AT_ONCE)
    )
    rows = connection.execute(sa.delete(events).where(events.c.id.in_(old))).rowcount
    return Piece(rows, has_more=rows == EVENTS_AT_ONCE)


CHORES = (
    Chore("unsendable deliveries", cancel_unsendable, every=timedelta(minutes=1)),
    Chore("old events", forget_old_events),
)
