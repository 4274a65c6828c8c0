"""Taking back what a revision has written so far, for some SKUs, before it is committed.

An import writes a row as soon as it has read it. When a later row of the file
brings the same SKU, only that one counts, and the product is made again what it was.
"""

from __future__ import annotations

import sqlalchemy as sa

from app.changes.creations import forget_created, holds
from app.changes.journal import Revision
from app.changes.models import changes, created_ranges
from app.products.models import products, sku_key
from app.products.upsert import Mode, Written

RESTORED = ("name", "description", "price", "active", "updated_at")


def take_back_rows(
    connection: sa.Connection, revision: Revision, rows: sa.Subquery, mode: Mode
) -> Written:
    """Make the products of `rows` what they were before the revision.

    `rows` has the column `sku`; each of them was written by `write_rows` in
    `mode`, once. Answers what had been counted of them. To be run with `prefer_hash`.
    """
    found = _find(rows)
    created = _delete_created(connection, revision, found)
    is_its = sa.and_(
        changes.c.revision_id == revision.id, is_among(changes.c.product_id, found.c.id)
    )
    touched = sa.select(changes).where(is_its).cte("touched")
    restored = (
        sa.update(products)
        .where(is_among(products.c.id, found.c.id), products.c.id == touched.c.product_id)
        .values(**{name: touched.c[name] for name in RESTORED}, version=products.c.version - 1)
        .returning(products.c.id)
        .cte("restored")
    )
    forgotten = sa.delete(changes).where(is_its).returning(changes.c.product_id).cte("forgotten")
    counts = [
        sa.select(sa.func.count()).select_from(part).scalar_subquery()
        for part in (rows, found, restored)
    ]
    given, known, updated = connection.execute(sa.select(*counts).add_cte(forgotten)).one()
    known += created
    match mode:
        case Mode.UPSERT:
            return Written(created, updated, unchanged=given - created - updated)
        case Mode.CREATE_ONLY:
            return Written(created, skipped=given - created)
        case Mode.UPDATE_ONLY:
            return Written(updated=updated, unchanged=known - updated, skipped=given - known)


def _find(rows: sa.Subquery) -> sa.CTE:
    # Each row by itself. By a join, a catalog that is thought to be nearly empty, and that this
    # transaction has filled, would be read once for all rows, and these for each product.
    same_product = sku_key == sa.func.lower(rows.c.sku)
    product = sa.select(products.c.id).where(same_product).limit(1).lateral("product")
    joined = sa.select(product.c.id).join_from(rows, product, sa.true())
    return joined.cte("found").prefix_with("MATERIALIZED")


def _delete_created(connection: sa.Connection, revision: Revision, found: sa.CTE) -> int:
    """Delete those of the products that the revision has created; how many."""
    is_its = sa.and_(created_ranges.c.revision_id == revision.id, holds(found.c.id))
    new = (
        sa.select(found.c.id.label("product_id"))
        .join_from(found, created_ranges, is_its)
        .cte("new")
        .prefix_with("MATERIALIZED")
    )
    deleted = (
        sa.delete(products)
        .where(is_among(products.c.id, new.c.product_id))
        .returning(products.c.id)
        .cte("deleted")
    )
    ranges = forget_created(revision.id, new).cte("ranges")
    counted = sa.select(sa.func.count()).select_from(deleted).add_cte(ranges)
    return connection.execute(counted).scalar_one()


def is_among(column: sa.ColumnElement[int], ids: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Whether the column's value is one of `ids`, which are looked up in the column's index."""
    return column == sa.any_(sa.func.array(sa.select(ids).scalar_subquery()))
