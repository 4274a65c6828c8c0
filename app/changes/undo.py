"""Taking a change set back: what it did to each product, the other way round.

A product is restored if it is still as the change set left it: of the same
version, or with the same values, as when a later change was itself undone. Any
other has been edited since, and is kept and noted with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from app.changes.catalog import VALUES, products
from app.changes.journal import Revision, record_written, returned_columns
from app.changes.models import changes, created_ranges, kept_products
from app.changes.planning import prefer_hash
from app.changes.recorded import select_window
from app.changes.status import Action, Counts

WINDOW_ROWS = 20_000
# Of products created in bulk; a range holds a thousand and twenty-four of them at most.
WINDOW_RANGES = 20
EDITED, DELETED, TAKEN = "edited since", "deleted since", "its SKU belongs to another product now"
EXISTS = "exists again"
Tell = Callable[[int], None]
later = changes.alias("later")


def undo_changes(connection: sa.Connection, undone: int, revision: Revision, tell: Tell) -> Counts:
    """Take back the revision with the id `undone`, and write that down in `revision`.

    Tells after each window how many products it has been through.
    """
    counts, done = Counts(), 0
    prefer_hash(connection)
    for window in find_windows(connection, undone):
        counts += Counts(
            created=_recreate(connection, window, revision),
            updated=_restore(connection, window, revision),
            deleted=_remove(connection, window, revision),
            kept=_note_kept(connection, window, revision),
        )
        done += WINDOW_ROWS
        tell(done)
    return counts


@dataclass(frozen=True)
class Window:
    """The changes of a revision to the products with ids above `after` up to `last`."""

    revision_id: int
    after: int
    last: int

    def holds(self, product_id: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
        """Whether the id is in the window.

        Said of every table that is joined: then no plan, however wrong the statistics,
        reads more of it than the window.
        """
        return sa.and_(product_id > self.after, product_id <= self.last)

    def changes(self, action: Action | None = None) -> sa.CTE:
        """They, or those with one action."""
        its = select_window(self.revision_id, self.after, self.last).subquery("its")
        found = its.select()
        if action is not None:
            found = found.where(its.c.action == action.value)
        return found.cte("undone")


def find_windows(connection: sa.Connection, revision_id: int) -> Iterator[Window]:
    """A revision's changes in pieces of WINDOW_ROWS, in the order of the products' ids."""
    found = _find_last(connection, revision_id, -1)
    after = -1
    while found is not None:
        yield Window(revision_id, after, found)
        after = found
        found = _find_last(connection, revision_id, after)


def _find_last(connection: sa.Connection, revision_id: int, after: int) -> Any:
    """The last product of the window that begins behind `after`; None if nothing is left."""
    own, product_id = changes.c.revision_id == revision_id, changes.c.product_id
    stored = sa.select(product_id).where(own, product_id > after).order_by(product_id)
    its, last_id = created_ranges.c.revision_id == revision_id, created_ranges.c.last_id
    created = sa.select(last_id).where(its, last_id > after).order_by(last_id)
    of_all = [
        sa.select(sa.func.max(product_id)).where(own, product_id > after),
        sa.select(sa.func.max(last_id)).where(its, last_id > after),
    ]
    first = connection.execute(stored.offset(WINDOW_ROWS - 1).limit(1)).scalar()
    second = connection.execute(created.offset(WINDOW_RANGES - 1).limit(1)).scalar()
    if first is not None or second is not None:
        return min(last for last in (first, second) if last is not None)
    ends = [connection.execute(statement).scalar() for statement in of_all]
    return max((end for end in ends if end is not None), default=None)


def is_untouched(undone: sa.CTE) -> sa.ColumnElement[bool]:
    """Whether a product is as the change left it."""
    values_after = sa.tuple_(*(later.c[name] for name in VALUES))
    has_values = (
        sa.select(1)
        .where(
            later.c.product_id == undone.c.product_id,
            later.c.version == undone.c.version + 1,
            ~values_after.is_distinct_from(sa.tuple_(*(products.c[name] for name in VALUES))),
        )
        .exists()
    )
    return sa.and_(
        products.c.id == undone.c.product_id,
        sa.or_(products.c.version == undone.c.version, has_values),
    )


def _remove(connection: sa.Connection, window: Window, revision: Revision) -> int:
    """Delete what was created."""
    undone = window.changes(Action.CREATED)
    statement = sa.delete(products).where(window.holds(products.c.id), is_untouched(undone))
    written = statement.returning(*returned_columns(deleting=True)).cte("written")
    return record_written(connection, revision, written)[1]


def _restore(connection: sa.Connection, window: Window, revision: Revision) -> int:
    """Give the values before back to what was updated."""
    undone = window.changes(Action.UPDATED)
    statement = (
        sa.update(products)
        .where(window.holds(products.c.id), is_untouched(undone))
        .values(
            **{name: undone.c[name] for name in VALUES},
            version=products.c.version + 1,
            updated_at=sa.func.clock_timestamp(),
        )
    )
    written = statement.returning(*returned_columns()).cte("written")
    return record_written(connection, revision, written)[1]


def _recreate(connection: sa.Connection, window: Window, revision: Revision) -> int:
    """Bring back what was deleted, with its id; not where the id or the SKU is in use."""
    undone = window.changes(Action.DELETED)
    names = ["id", *VALUES, "version", "created_at", "updated_at"]
    values = sa.select(
        undone.c.product_id,
        *(undone.c[name] for name in VALUES),
        undone.c.version + 1,
        undone.c.created_at,
        sa.func.clock_timestamp(),
    )
    statement = insert(products).from_select(names, values).on_conflict_do_nothing()
    written = statement.returning(*returned_columns()).cte("written")
    return record_written(connection, revision, written)[1]


def _note_kept(connection: sa.Connection, window: Window, revision: Revision) -> int:
    """Note what was left alone. A created product that is gone by now is as it should be."""
    undone = window.changes()
    was_deleted = undone.c.action == Action.DELETED.value
    is_there = products.c.id.is_not(None)
    reason = sa.case(
        (sa.and_(was_deleted, is_there), EXISTS),
        (was_deleted, TAKEN),
        (is_there, EDITED),
        else_=DELETED,
    )
    handled = sa.select(1).where(
        later.c.revision_id == revision.id,
        later.c.product_id == undone.c.product_id,
        window.holds(later.c.product_id),
    )
    same_product = sa.and_(products.c.id == undone.c.product_id, window.holds(products.c.id))
    sku = sa.func.coalesce(undone.c.sku, products.c.sku)
    kept = (
        sa.select(sa.literal(revision.id, sa.BigInteger), undone.c.product_id, sku, reason)
        .select_from(undone.outerjoin(products, same_product))
        .where(~handled.exists(), sa.or_(undone.c.action != Action.CREATED.value, is_there))
    )
    names = [column.name for column in kept_products.c]
    statement = sa.insert(kept_products).from_select(names, kept)
    return connection.execute(statement).rowcount


def foresee(connection: sa.Connection, undone: int) -> Counts:
    """What `undo_changes` would do now, without doing it."""
    prefer_hash(connection)
    windows = find_windows(connection, undone)
    return sum((_foresee(connection, window) for window in windows), Counts())


def _foresee(connection: sa.Connection, window: Window) -> Counts:
    its = window.changes()
    owner = products.alias("owner")
    same_product = sa.and_(products.c.id == its.c.product_id, window.holds(products.c.id))
    same_sku = sa.func.lower(owner.c.sku) == sa.func.lower(its.c.sku)
    is_created = its.c.action == Action.CREATED.value
    is_updated = its.c.action == Action.UPDATED.value
    is_deleted = its.c.action == Action.DELETED.value
    is_free = sa.and_(products.c.id.is_(None), ~sa.select(1).where(same_sku).exists())
    untouched = is_untouched(its)
    is_there = products.c.id.is_not(None)
    count = sa.func.count
    row = connection.execute(
        sa.select(
            count().filter(is_deleted, is_free),
            count().filter(is_updated, untouched),
            count().filter(is_created, untouched),
            count().filter(sa.not_(sa.and_(is_created, sa.not_(is_there)))),
        ).select_from(its.outerjoin(products, same_product))
    ).one()
    return Counts(row[0], row[1], row[2], kept=row[3] - row[0] - row[1] - row[2])
