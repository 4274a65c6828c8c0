"""The outbox: what happened, written in the transaction in which it happened.

For whoever changes something: call `record_event` (or `record_events`) with the
connection of the change, commit, then call `jobs.wake`. Bulk writers ask
`is_wanted` first and record nothing that nobody wants.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from app.api import format_utc
from app.webhooks.models import deliveries, events, webhooks


class EventType(StrEnum):
    """What can be told of."""

    PRODUCT_CREATED = "product.created"
    PRODUCT_UPDATED = "product.updated"
    PRODUCT_DELETED = "product.deleted"
    PRODUCTS_CHANGED = "products.changed"
    IMPORT_COMPLETED = "import.completed"
    IMPORT_FAILED = "import.failed"
    IMPORT_CANCELLED = "import.cancelled"
    WEBHOOK_TEST = "webhook.test"


EVERYTHING = "*"


def record_event(
    connection: sa.Connection,
    event_type: EventType,
    data: Mapping[str, Any],
    *,
    only_each_row: bool = False,
) -> int:
    """Write one event, and a delivery for every enabled webhook that subscribes to it.

    Answers how many deliveries that made. With `only_each_row` it is about one
    product of an import or a bulk operation, and goes to the webhooks with
    `each_row` that subscribe to it or to `products.changed`. `data` is JSON as it is sent.
    """
    return record_events(connection, event_type, [data], only_each_row=only_each_row)


def record_events(
    connection: sa.Connection,
    event_type: EventType,
    items: Sequence[Mapping[str, Any]],
    *,
    only_each_row: bool = False,
) -> int:
    """`record_event` for each of `items`, in one statement."""
    if not items:
        return 0
    at = datetime.now(UTC)
    bodies = sa.cast([write_body(event_type, at, data) for data in items], ARRAY(sa.Text))
    body = sa.func.unnest(bodies).column_valued("body")
    written = (
        sa.insert(events)
        .from_select(
            ["type", "body", "only_each_row", "created_at"],
            sa.select(
                sa.literal(event_type.value),
                body,
                sa.literal(only_each_row),
                sa.literal(at, events.c.created_at.type),
            ),
        )
        .returning(events.c.id)
        .cte("written")
    )
    subscribed = _subscribes([event_type], only_each_row=only_each_row)
    statement = sa.insert(deliveries).from_select(
        ["event_id", "webhook_id", "next_attempt_at"],
        sa.select(written.c.id, webhooks.c.id, sa.func.clock_timestamp())
        .select_from(written.join(webhooks, sa.true()))
        .where(webhooks.c.enabled, subscribed),
    )
    return connection.execute(statement).rowcount


def is_wanted(
    connection: sa.Connection, types: Iterable[EventType], *, only_each_row: bool = False
) -> bool:
    """Whether any webhook wants one of `types`.

    One that was disabled by its failures counts: it may be enabled again and
    recover what it missed. One that was disabled by hand does not.
    """
    recoverable = sa.or_(webhooks.c.enabled, webhooks.c.disabled_reason.is_not(None))
    wanted = sa.exists().where(recoverable, _subscribes(types, only_each_row=only_each_row))
    return bool(connection.execute(sa.select(wanted)).scalar())


def write_body(event_type: EventType, at: datetime, data: Mapping[str, Any]) -> str:
    """The text of a message, as it is stored, signed and sent."""
    message = {"type": event_type.value, "timestamp": format_utc(at), "data": data}
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _subscribes(types: Iterable[EventType], *, only_each_row: bool) -> sa.ColumnElement[bool]:
    """The webhooks that asked for one of `types`; as SQL over `webhooks`."""
    names = [*(wanted.value for wanted in types), EVERYTHING]
    if only_each_row:
        # Whoever is told of bulk changes and wants each row is told row by row as well.
        names.append(EventType.PRODUCTS_CHANGED.value)
    overlaps = webhooks.c.events.overlap(sa.cast(names, ARRAY(sa.Text)))
    return sa.and_(overlaps, webhooks.c.each_row) if only_each_row else overlaps
