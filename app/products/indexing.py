"""Keeping `catalog_index` and `product_blocks` behind the journal.

They are true of every change up to `catalog_index_state.position`; who reads them
looks at the products changed since as they are. So nothing is lost by being late,
and whatever is done twice comes out the same.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert

from app.changes.recent import last_position, recent_product_ids
from app.locks import try_number
from app.products.filters import TEXTS, price_key, stored_texts
from app.products.models import SEPARATOR, catalog_index, indexed, product_blocks, products
from app.products.zoning import add_to_zones
from app.texts import fold

BLOCK_BITS = 4
# Any number will do that no other advisory lock of this database has.
INDEXING = 7_220_519_005


def index_changes(connection: sa.Connection) -> bool:
    """Catch up with the journal; whether there was anything to do. One at a time.

    The transaction has to be REPEATABLE READ: position, products and their number are then of
    one moment. Raises a serialization failure if another has caught up meanwhile.
    """
    if not try_number(connection, INDEXING):
        return False
    position = indexed_position(connection)
    newest = last_position(connection)
    if newest == position:
        return False
    index_products(connection, recent_product_ids(position).distinct().order_by(sa.text("1")))
    _save_state(connection, newest)
    return True


def index_products(connection: sa.Connection, ids: sa.Select[tuple[int]]) -> int:
    """Index the products as they are, or drop them if they are gone; how many.

    Who calls it has the lock INDEXING.
    """
    changed = sa.table("index_changed", sa.column("id", sa.BigInteger))
    connection.execute(
        sa.text("CREATE TEMPORARY TABLE index_changed (id bigint PRIMARY KEY) ON COMMIT DROP")
    )
    rows = connection.execute(sa.insert(changed).from_select(["id"], ids)).rowcount
    if rows:
        connection.execute(sa.text("ANALYZE index_changed"))
        # Collected and put in place at once; the vacuum that follows does what is left.
        connection.execute(sa.text("SET LOCAL gin_pending_list_limit = '64MB'"))
        _index_rows(connection, changed)
        _index_blocks(connection, changed)
        add_to_zones(connection, changed, rows)
    return rows


def indexed_position(connection: sa.Connection) -> int:
    """Up to where the journal is indexed as this release does it.

    A release that folds no texts may have indexed on from there: all that is done again.
    """
    done = sa.func.least(indexed.c.position, indexed.c.folded)
    statement = sa.select(sa.func.coalesce(sa.func.max(done), 0))
    position: int = connection.execute(statement).scalar_one()
    return position


def block_of(product_id: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    """The block that holds the product."""
    return product_id.op(">>", return_type=sa.BigInteger())(sa.literal_column(str(BLOCK_BITS)))


def in_block(
    product_id: sa.ColumnElement[int], block: sa.ColumnElement[int]
) -> sa.ColumnElement[bool]:
    """Whether the block holds the product, in a form that an index on ids serves."""
    first = block.op("<<")(sa.literal_column(str(BLOCK_BITS)))
    return product_id.between(first, first + sa.literal_column(str((1 << BLOCK_BITS) - 1)))


def _index_rows(connection: sa.Connection, changed: sa.TableClause) -> None:
    is_gone = ~sa.exists().where(products.c.id == changed.c.id)
    gone = sa.select(changed.c.id).where(is_gone)
    connection.execute(sa.delete(catalog_index).where(catalog_index.c.id.in_(gone)))
    stored: dict[str, sa.ColumnElement[Any]] = {column.name: column for column in products.c}
    values = stored | stored_texts() | {"price": price_key(products.c.price)}
    rows = sa.select(*(values[column.name] for column in catalog_index.c)).join_from(
        changed, products, products.c.id == changed.c.id
    )
    # Neighbours lie side by side then, as who goes through them in this order reckons with.
    in_order = rows.order_by(changed.c.id)
    statement = insert(catalog_index).from_select(list(catalog_index.c), in_order)
    excluded = {column.name: statement.excluded[column.name] for column in catalog_index.c}
    del excluded["id"]
    connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=excluded))


def _index_blocks(connection: sa.Connection, changed: sa.TableClause) -> None:
    """Write the blocks anew whose texts have changed; drop those that are empty now.

    Each block is looked up by itself: a join by a range, which the planner takes for much larger
    than it is, may read the whole table for each.
    """
    block = block_of(changed.c.id).label("block")
    touched = sa.select(block).distinct().cte("touched").prefix_with("MATERIALIZED")
    any_product = sa.select(products.c.id).where(in_block(products.c.id, touched.c.block)).limit(1)
    is_empty = any_product.correlate(touched).scalar_subquery().is_(None)
    empty = sa.select(touched.c.block).where(is_empty)
    connection.execute(sa.delete(product_blocks).where(product_blocks.c.block.in_(empty)))
    texts = [
        fold(
            sa.func.string_agg(
                products.c[name], aggregate_order_by(sa.literal(SEPARATOR), products.c.id)
            )
        ).label(name)
        for name in TEXTS
    ]
    inside = sa.select(*texts).where(in_block(products.c.id, touched.c.block)).correlate(touched)
    texts_of = inside.having(sa.func.count() > 0).lateral("inside")
    rows = (
        sa.select(touched.c.block, *texts_of.c)
        .join_from(touched, texts_of, sa.true())
        .order_by(touched.c.block)
    )
    statement = insert(product_blocks).from_select(list(product_blocks.c), rows)
    stored = sa.tuple_(*(product_blocks.c[name] for name in TEXTS))
    given = {name: statement.excluded[name] for name in TEXTS}
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["block"],
            set_=given,
            where=stored.is_distinct_from(sa.tuple_(*given.values())),
        )
    )


def _save_state(connection: sa.Connection, position: int) -> None:
    total = sa.select(sa.func.count()).select_from(products).scalar_subquery()
    statement = insert(indexed).values(position=position, folded=position, total=total)
    values = {"position": position, "folded": position, "total": statement.excluded.total}
    connection.execute(statement.on_conflict_do_update(index_elements=["is_only"], set_=values))
