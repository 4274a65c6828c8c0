"""Webhook events for changes of products.

An edit of one product records its event in its own transaction. For an import or a bulk operation,
which changes many, the webhooks worker reads the journal after the commit and records the events
piece by piece, each piece in one transaction. Events that no webhook wants are not recorded.
`announcements.py` says which revision is next.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.changes import announcements
from app.changes.announcements import Asked
from app.changes.journal import Revision
from app.changes.queries import RecordedChange, describe_changes, make_change
from app.changes.recorded import select_first
from app.changes.status import Action
from app.page_bytes import bound_rows
from app.webhooks.events import EventType, is_wanted, record_event, record_events

TYPES = {
    Action.CREATED: EventType.PRODUCT_CREATED,
    Action.UPDATED: EventType.PRODUCT_UPDATED,
    Action.DELETED: EventType.PRODUCT_DELETED,
}
BATCH_ITEMS = 100
# Changes in one piece where no texts are read.
CHANGES_AT_ONCE = 5_000
# Changes in one piece where their texts are read; the texts' bytes bound a piece further.
ROWS_AT_ONCE = 1_000
Count = Callable[[int], None]
log = logging.getLogger(__name__)


def announce_change(connection: sa.Connection, action: Action, product: Mapping[str, Any]) -> None:
    """Record the event of one edit.

    `product` has the id, the version and the values after the edit; for a deletion, the last ones.
    """
    described = describe_product(product["id"], product["version"], product, None)
    record_event(connection, TYPES[action], described)


def request_announcement(connection: sa.Connection, revision: Revision) -> None:
    """Have `announce_changes` record the revision's events later, if any webhook wants them."""
    if any(_find_wanted(connection)):
        announcements.add(connection, revision.id)


def _find_wanted(connection: sa.Connection) -> tuple[bool, bool]:
    """Whether any webhook wants batches, and whether any wants an event for each row."""
    batches = is_wanted(connection, [EventType.PRODUCTS_CHANGED])
    return batches, is_wanted(connection, TYPES.values(), only_each_row=True)


def announce_changes(engine: sa.Engine, count_untold: Count = lambda _: None) -> bool:
    """Record the events of the next piece; whether there may be another piece.

    Safe to run in several processes at once: each claims a revision of its own. A revision that
    fails is logged, and tried again after a pause. `count_untold` is called with the number of
    changes whose values are no longer known; they get no event. Raises the database's errors while
    it cannot be reached.
    """
    revision_id = announcements.claim_next(engine)
    if revision_id is None:
        return False
    try:
        with engine.begin() as connection:
            asked = announcements.lock(connection, revision_id)
            unknown = _record_piece(connection, asked) if asked else 0
    except Exception as error:
        is_away = isinstance(error, sa.exc.OperationalError)
        level = logging.WARNING if is_away else logging.ERROR
        extra = {"revision_id": revision_id}
        log.log(level, "changes not announced yet", extra=extra, exc_info=error)
        return True
    if unknown:
        count_untold(unknown)
    return True


def _record_piece(connection: sa.Connection, asked: Asked) -> int:
    """Record the events of the revision's next changes; the number of changes without an event."""
    batches, each_row = _find_wanted(connection)
    if not batches and not each_row:
        announcements.end(connection, asked.revision_id)
        return 0
    piece = (_read_rows if each_row else _read_items)(connection, asked)
    known_items = [item for item in piece.items if item.sku is not None]
    known_rows = [change for change in piece.rows if _values_of(change)]
    if batches:
        _record_batches(connection, asked, known_items)
    if each_row:
        _record_rows(connection, known_rows)
    if piece.items and piece.has_more:
        announcements.move_on(connection, asked.revision_id, piece.items[-1].product_id)
    else:
        announcements.end(connection, asked.revision_id)
    unknown_rows = len(piece.rows) - len(known_rows)
    unknown = unknown_rows if each_row else len(piece.items) - len(known_items)
    if unknown:
        # The product was deleted without a journal entry, so its values are in no table.
        log.warning("changes without an event", extra={"revision_id": asked.revision_id})
    return unknown


@dataclass(frozen=True)
class Item:
    """A change as a batch lists it; `sku` is None where neither journal nor catalog has it."""

    action: Action
    product_id: int
    sku: str | None
    version: int | None

    def as_dict(self) -> dict[str, Any]:
        """The JSON object in the event."""
        return {
            "action": self.action.value,
            "id": self.product_id,
            "sku": self.sku,
            "version": self.version,
        }


@dataclass(frozen=True)
class Piece:
    """Some changes of a revision, by product id; `rows` holds the same changes with their texts."""

    items: Sequence[Item]
    rows: Sequence[RecordedChange]
    has_more: bool


def _read_items(connection: sa.Connection, asked: Asked) -> Piece:
    """The next changes without their texts, up to CHANGES_AT_ONCE."""
    ahead = select_first(asked.revision_id, asked.after, CHANGES_AT_ONCE).subquery("recorded")
    its = describe_changes(ahead).subquery("its")
    is_gone = its.c.action == Action.DELETED.value
    sku = sa.case((is_gone, its.c.sku), else_=sa.func.coalesce(its.c.after_sku, its.c.sku))
    # The subquery's other columns are never read: none of them is asked for.
    columns = (its.c.action, its.c.product_id, sku, its.c.version)
    rows = connection.execute(sa.select(*columns).order_by(its.c.product_id)).all()
    items = [Item(Action(action), *rest) for action, *rest in rows]
    return Piece(items, (), has_more=len(items) == CHANGES_AT_ONCE)


def _read_rows(connection: sa.Connection, asked: Asked) -> Piece:
    """The next changes with their texts: up to ROWS_AT_ONCE, and up to the bytes of a page."""
    ahead = select_first(asked.revision_id, asked.after, ROWS_AT_ONCE).subquery("recorded")
    bounded = bound_rows(describe_changes(ahead), ["product_id"])
    found = connection.execute(bounded).all()
    rows = [make_change(row) for row in found]
    items = [Item(row.action, row.product_id, row.sku, row.version) for row in rows]
    is_cut = bool(found) and found[0].rows_found > len(found)
    return Piece(items, rows, has_more=is_cut or len(rows) == ROWS_AT_ONCE)


def _record_batches(connection: sa.Connection, asked: Asked, items: Sequence[Item]) -> None:
    batches = [items[at : at + BATCH_ITEMS] for at in range(0, len(items), BATCH_ITEMS)]
    bodies = [
        {"change_set_id": asked.change_set_id, "items": [item.as_dict() for item in batch]}
        for batch in batches
    ]
    record_events(connection, EventType.PRODUCTS_CHANGED, bodies)


def _record_rows(connection: sa.Connection, found: Sequence[RecordedChange]) -> None:
    for action, event_type in TYPES.items():
        rows = [
            describe_product(
                change.product_id, change.version, _values_of(change), change.change_set_id
            )
            for change in found
            if change.action is action
        ]
        record_events(connection, event_type, rows, only_each_row=True)


def _values_of(change: RecordedChange) -> Mapping[str, Any]:
    """The values after the change, or before a deletion; empty where no table has them."""
    return (change.before if change.action is Action.DELETED else change.after) or {}


def describe_product(
    product_id: int, version: int | None, values: Mapping[str, Any], change_set_id: str | None
) -> dict[str, Any]:
    """The body of a `product.*` event: the product's values after the change, or its last ones."""
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
