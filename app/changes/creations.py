"""Products that a revision has created in bulk: ranges of ids, written and read.

They are changes of the action `created` and the version 1, like those that have a row in
`changes`; whoever reads changes reads both. Ids come out of a sequence, so that those of one
statement follow each other but for what others create at the same time.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.changes.models import BEFORE, changes, created_ranges
from app.changes.status import Action

BLOCK_BITS = 10
FIRST_VERSION = 1


def block_of(product_id: Any) -> Any:
    """The block that holds an id: of a number, or of a column."""
    if isinstance(product_id, int):
        return product_id >> BLOCK_BITS
    return product_id.op(">>", return_type=sa.BigInteger())(sa.literal_column(str(BLOCK_BITS)))


def insert_ranges(revision_id: int, ids: Any) -> sa.Insert:
    """Write down that the revision created the products with these ids, each named once."""
    number = sa.func.row_number().over(order_by=ids.c.product_id)
    # Ids that follow each other are as far from their number as one another.
    numbered = sa.select(ids.c.product_id, (ids.c.product_id - number).label("island")).subquery()
    block = block_of(numbered.c.product_id)
    ranges = sa.select(
        sa.literal(revision_id, sa.BigInteger),
        block,
        sa.func.min(numbered.c.product_id),
        sa.func.max(numbered.c.product_id),
    ).group_by(block, numbered.c.island)
    return sa.insert(created_ranges).from_select([c.name for c in created_ranges.c], ranges)


def forget_created(revision_id: int, ids: sa.CTE) -> sa.Insert:
    """Write down that the revision has not created these products after all."""
    blocks = sa.select(block_of(ids.c.product_id))
    removed = (
        sa.delete(created_ranges)
        .where(created_ranges.c.revision_id == revision_id, created_ranges.c.block.in_(blocks))
        .returning(created_ranges.c.first_id, created_ranges.c.last_id)
        .cte("removed")
    )
    made = expand(removed)
    left = (
        sa.select(made.c.id.label("product_id"))
        .select_from(removed.join(made, sa.true()))
        .where(made.c.id.not_in(sa.select(ids.c.product_id)))
        .cte("left_over")
    )
    return insert_ranges(revision_id, left)


def holds(product_id: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Whether the range holds the product."""
    return sa.and_(
        created_ranges.c.block == block_of(product_id),
        product_id.between(created_ranges.c.first_id, created_ranges.c.last_id),
    )


def expand(ranges: Any, after: Any = None, last: int | None = None) -> Any:
    """The ids of each of `ranges`, above `after` and up to `last`; to be joined to it."""
    first_id, last_id = ranges.c.first_id, ranges.c.last_id
    low = first_id if after is None else sa.func.greatest(first_id, after + 1)
    high = last_id if last is None else sa.func.least(last_id, last)
    series = sa.func.generate_series(low, high, type_=sa.BigInteger)
    return series.table_valued(sa.column("id", sa.BigInteger)).render_derived("made")


def select_created(after: Any = None, last: int | None = None) -> sa.Select[Any]:
    """Products created in bulk, as changes; those with ids above `after` and up to `last`."""
    made = expand(created_ranges, after, last)
    unknown = [sa.null().cast(changes.c[name].type).label(name) for name in BEFORE]
    found = sa.select(
        created_ranges.c.revision_id,
        made.c.id.label("product_id"),
        sa.literal_column(str(FIRST_VERSION), sa.Integer).label("version"),
        sa.literal_column(f"'{Action.CREATED}'", sa.Text).label("action"),
        *unknown,
        sa.null().cast(sa.Text).label("reason"),
    ).select_from(created_ranges.join(made, sa.true()))
    if after is not None:
        found = found.where(
            created_ranges.c.block >= block_of(after + 1), created_ranges.c.last_id > after
        )
    if last is not None:
        found = found.where(
            created_ranges.c.block <= block_of(last), created_ranges.c.first_id <= last
        )
    return found


def count_created(*conditions: sa.ColumnElement[bool]) -> sa.Select[int]:
    """How many products the ranges that meet the conditions hold."""
    sizes = sa.func.sum(created_ranges.c.last_id - created_ranges.c.first_id + 1)
    return sa.select(sa.func.coalesce(sizes, 0).cast(sa.BigInteger)).where(*conditions)
