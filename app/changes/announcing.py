"""Telling of changes: one by one where somebody made them, in batches where many were made.

What an import or a bulk operation did is told after its commit, out of the
journal, a piece at a time; nothing is written for it that nobody wants.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from app.changes.journal import Revision
from app.changes.models import announcements
from app.changes.queries import RecordedChange, describe_changes, make_change
from app.changes.recorded import select_first
from app.changes.status import Action
from app.webhooks.events import EventType, is_wanted, record_event, record_events

TYPES = {
    Action.CREATED: EventType.PRODUCT_CREATED,
    Action.UPDATED: EventType.PRODUCT_UPDATED,
    Action.DELETED: EventType.PRODUCT_DELETED,
}
BATCH_ITEMS = 100
CHANGES_AT_ONCE = 5_000


def announce_change(connection: sa.Connection, action: Action, product: Mapping[str, Any]) -> None:
    """Write the event of one edit; `product` has id, version and values, or the last it had."""
    told = describe_product(product["id"], product["version"], product, None)
    record_event(connection, TYPES[action], told)


def request_announcement(connection: sa.Connection, revision: Revision) -> None:
    """Have `announce_changes` tell what the revision did, if anybody wants to know."""
    batches = is_wanted(connection, [EventType.PRODUCTS_CHANGED])
    if batches or is_wanted(connection, TYPES.values(), only_each_row=True):
        connection.execute(sa.insert(announcements).values(revision_id=revision.id))


def announce_changes(engine: sa.Engine) -> bool:
    """Write events of the next changes to be told of; whether there may be more.

    Safe to be run by several at once: each takes a revision of its own.
    """
    with engine.begin() as connection:
        first = sa.select(announcements).order_by(announcements.c.revision_id).limit(1)
        asked = connection.execute(first.with_for_update(skip_locked=True)).one_or_none()
        if asked is None:
            return False
        told = _read_changes(connection, asked.revision_id, asked.after_product_id)
        _tell(connection, told)
        own = announcements.c.revision_id == asked.revision_id
        if len(told) < CHANGES_AT_ONCE:
            connection.execute(sa.delete(announcements).where(own))
        else:
            last = told[-1].product_id
            connection.execute(sa.update(announcements).where(own).values(after_product_id=last))
    return True


def _read_changes(connection: sa.Connection, revision_id: int, after: int) -> list[RecordedChange]:
    ahead = select_first(revision_id, after, CHANGES_AT_ONCE).subquery("recorded")
    rows = connection.execute(describe_changes(ahead).order_by(ahead.c.product_id))
    return [make_change(row) for row in rows]


def _tell(connection: sa.Connection, told: Sequence[RecordedChange]) -> None:
    if is_wanted(connection, [EventType.PRODUCTS_CHANGED]):
        batches = [told[at : at + BATCH_ITEMS] for at in range(0, len(told), BATCH_ITEMS)]
        record_events(
            connection, EventType.PRODUCTS_CHANGED, [describe_batch(batch) for batch in batches]
        )
    if is_wanted(connection, TYPES.values(), only_each_row=True):
        for action, event_type in TYPES.items():
            items = [_describe_row(change) for change in told if change.action is action]
            record_events(connection, event_type, items, only_each_row=True)


def describe_batch(batch: Sequence[RecordedChange]) -> dict[str, Any]:
    """What `products.changed` tells: thin items of one change set."""
    return {
        "change_set_id": batch[0].change_set_id,
        "items": [
            {
                "action": change.action.value,
                "id": change.product_id,
                "sku": change.sku,
                "version": change.version,
            }
            for change in batch
        ],
    }


def _describe_row(change: RecordedChange) -> dict[str, Any]:
    values = change.after or change.before or {}
    return describe_product(change.product_id, change.version, values, change.change_set_id)


def describe_product(
    product_id: int, version: int | None, values: Mapping[str, Any], change_set_id: str | None
) -> dict[str, Any]:
    """What `product.*` tells: the product's values as they are now, or were last."""
    price = values["price"]
    return {
        "id": product_id,
        "sku": values["sku"],
        "name": values["name"],
        "description": values["description"],
        "price": None if price is None else f"{price:.2f}",
        "active": values["active"],
        "version": version,
        "change_set_id": change_set_id,
    }
