"""Comparing the catalog's index with the catalog, and putting right what differs.

The index follows the journal. What is written past the journal, by hand or by a release that
had none while this one took over, would be found late or never; so all products are compared
now and then, some at a time. Deliberately absent: the description, which does not change
without `updated_at` unless somebody takes pains to.
"""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from app.changes.recent import added_since, count_recent
from app.housekeeping import Chore, Piece, Postponed
from app.locks import try_number
from app.products.filters import price_key, stored_texts
from app.products.indexing import INDEXING, index_products, indexed_position
from app.products.models import catalog_index, indexed, products

COMPARED_AT_ONCE = 50_000
# An index so far behind differs from the catalog anyway, and is caught up with in a moment.
MANY_RECENT = 1_000
LAST_ID = 2**63 - 1
COMPARED = ("sku", "sku_folded", "name")


def compare_index(connection: sa.Connection) -> Piece:
    """Compare the next products with what is indexed of them, and index those that differ.

    Raises Postponed while the index is at work, or behind.
    """
    after = connection.execute(sa.select(indexed.c.compared_to)).scalar_one_or_none()
    if after is None:  # nothing was ever indexed
        return Piece(0, has_more=False)
    recent = count_recent(connection, indexed_position(connection), MANY_RECENT)
    if recent >= MANY_RECENT or not try_number(connection, INDEXING):
        raise Postponed
    last = _find_last(connection, after)
    rows = index_products(connection, _select_different(after, LAST_ID if last is None else last))
    connection.execute(sa.update(indexed).values(compared_to=last or 0))
    if last is None:
        _count(connection)
    return Piece(rows, has_more=last is not None)


def _count(connection: sa.Connection) -> None:
    """Put right how many products there are: some may have come or gone past the journal."""
    position = connection.execute(sa.select(indexed.c.position)).scalar_one()
    counted = sa.select(sa.func.count()).select_from(products).scalar_subquery()
    connection.execute(sa.update(indexed).values(total=counted - added_since(position)))


def _find_last(connection: sa.Connection, after: int) -> int | None:
    """The last of the next products to be compared; None if these are all that are left."""
    ahead = sa.select(products.c.id).where(products.c.id > after).order_by(products.c.id)
    return connection.execute(ahead.offset(COMPARED_AT_ONCE - 1).limit(1)).scalar()


def _select_different(after: int, last: int) -> sa.Select[tuple[int]]:
    """The ids from behind `after` to `last` that are indexed otherwise than they are stored."""
    stored, found = _window(products, after, last), _window(catalog_index, after, last)
    s, f = stored.c, found.c
    is_different = sa.tuple_(*s).is_distinct_from(sa.tuple_(*f))
    return (
        sa.select(sa.func.coalesce(s.id, f.id))
        .select_from(stored.join(found, s.id == f.id, full=True))
        .where(is_different)
    )


def _window(table: sa.Table, after: int, last: int) -> sa.Subquery:
    c = table.c
    is_stored = table is products
    texts = stored_texts() if is_stored else {name: c[name] for name in COMPARED}
    price = price_key(c.price) if is_stored else c.price
    return (
        sa.select(
            c.id,
            *(texts[name].label(name) for name in COMPARED),
            price.label("price"),
            c.active,
            c.created_at,
            c.updated_at,
        )
        .where(c.id > after, c.id <= last)
        .subquery()
    )


COMPARING = Chore("catalog index", compare_index, every=timedelta(hours=6))
