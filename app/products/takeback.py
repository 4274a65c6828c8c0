"""Taking back what a revision has written so far, for some SKUs, before it is committed.

An import writes a row as soon as it has read it. When a later row of the file
brings the same SKU, only that one counts, and the product is made again what it was.
"""

from __future__ import annotations

import sqlalchemy as sa

from app.changes.journal import Revision
from app.changes.models import changes
from app.changes.status import Action
from app.products.models import products, sku_key
from app.products.upsert import Mode, Written

RESTORED = ("name", "description", "price", "active", "updated_at")


def take_back_rows(
    connection: sa.Connection, revision: Revision, rows: sa.Subquery, mode: Mode
) -> Written:
    """Make the products of `rows` what they were before the revision.

    `rows` has the column `sku`; each of them was written by `write_rows` in
    `mode`, once. Answers what had been counted of them.
    """
    same_product = sku_key == sa.func.lower(rows.c.sku)
    found = (
        sa.select(rows.c.sku, products.c.id).join_from(rows, products, same_product).cte("found")
    )
    its_change = sa.and_(changes.c.revision_id == revision.id, changes.c.product_id == found.c.id)
    touched = sa.select(changes).join_from(found, changes, its_change).cte("touched")
    is_same = products.c.id == touched.c.product_id
    deleted = (
        sa.delete(products)
        .where(is_same, touched.c.action == Action.CREATED.value)
        .returning(products.c.id)
        .cte("deleted")
    )
    restored = (
        sa.update(products)
        .where(is_same, touched.c.action == Action.UPDATED.value)
        .values(**{name: touched.c[name] for name in RESTORED}, version=products.c.version - 1)
        .returning(products.c.id)
        .cte("restored")
    )
    forgotten = (
        sa.delete(changes)
        .where(changes.c.revision_id == revision.id, changes.c.product_id == touched.c.product_id)
        .returning(changes.c.product_id)
        .cte("forgotten")
    )
    counts = [
        sa.select(sa.func.count()).select_from(part).scalar_subquery()
        for part in (rows, found, deleted, restored)
    ]
    given, known, created, updated = connection.execute(sa.select(*counts).add_cte(forgotten)).one()
    match mode:
        case Mode.UPSERT:
            return Written(created, updated, unchanged=given - created - updated)
        case Mode.CREATE_ONLY:
            return Written(created, skipped=given - created)
        case Mode.UPDATE_ONLY:
            return Written(updated=updated, unchanged=known - updated, skipped=given - known)
