"""The changes of a revision, whichever way they are written down.

All selects have the same columns: those of `changes`, and `reason`, which only products have
that an undo has kept.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.changes.creations import expand, select_created
from app.changes.models import changes, created_ranges


def select_stored() -> sa.Select[Any]:
    """The changes that have a row of their own."""
    return sa.select(*changes.c, sa.null().cast(sa.Text).label("reason"))


def select_product_ids(revision_ids: sa.Select[tuple[int]]) -> sa.Select[tuple[int]]:
    """The ids of the products that some revisions have changed; one for each change."""
    made = expand(created_ranges)
    created = sa.select(made.c.id).select_from(created_ranges.join(made, sa.true()))
    both = sa.union_all(
        sa.select(changes.c.product_id).where(changes.c.revision_id.in_(revision_ids)),
        created.where(created_ranges.c.revision_id.in_(revision_ids)),
    ).subquery("changed")
    return sa.select(both.c.product_id)


def select_window(revision_id: int, after: int, last: int) -> sa.CompoundSelect[Any]:
    """A revision's changes to the products with ids above `after` up to `last`."""
    product_id = changes.c.product_id
    stored = select_stored().where(
        changes.c.revision_id == revision_id, product_id > after, product_id <= last
    )
    created = select_created(after, last).where(created_ranges.c.revision_id == revision_id)
    return sa.union_all(stored, created)


def select_first(
    revision_id: Any, after: Any, limit: Any, correlate: sa.FromClause | None = None
) -> sa.Select[Any]:
    """The first `limit` changes of a revision behind a product, in the order of the products' ids.

    `revision_id` may be a column of `correlate`, of which this is a lateral join then.
    """
    stored = (
        select_stored()
        .where(changes.c.revision_id == revision_id, changes.c.product_id > after)
        .order_by(changes.c.product_id)
    )
    created = select_created(after).where(created_ranges.c.revision_id == revision_id)
    # In the order of the key; so no more blocks are expanded than it takes.
    created = created.order_by(created_ranges.c.block, created.selected_columns.product_id)
    parts = [stored.limit(limit), created.limit(limit)]
    if correlate is not None:
        parts = [part.correlate(correlate) for part in parts]
    both = sa.union_all(*(part.lateral().select() for part in parts)).lateral("both")
    return both.select().order_by(both.c.product_id).limit(limit)
