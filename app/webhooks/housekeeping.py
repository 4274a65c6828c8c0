"""What is done about webhooks now and then, a little at a time."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from app.webhooks.models import DeliveryStatus, deliveries, events
from app.webhooks.outbox import cancel_stranded

KEEP = timedelta(days=30)
AT_ONCE = 2000
# Any number will do that no other advisory lock of this database has.
SWEEPING = 7_220_519_006


def tidy(connection: sa.Connection) -> bool:
    """Cancel what nobody will send, forget what is old; True when there may be more of it.

    One at a time over all workers: whoever comes while another is at it does nothing.
    """
    lock = sa.select(sa.func.pg_try_advisory_xact_lock(SWEEPING))
    if not connection.execute(lock).scalar():
        return False
    cancelled = cancel_stranded(connection, limit=AT_ONCE)
    return max(cancelled, forget_old_events(connection)) >= AT_ONCE


def forget_old_events(connection: sa.Connection) -> int:
    """Delete events past their time with their deliveries and attempts; how many.

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
        .limit(AT_ONCE)
    )
    return connection.execute(sa.delete(events).where(events.c.id.in_(old))).rowcount
