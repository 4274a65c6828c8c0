"""Finding everything that is wanted first, where it is little, and a page of it then.

Where it may be is said by its texts' trigrams, by zones, or by its ranges.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from app.pagination import Page, Part, fetch_merged_page
from app.products.indexing import in_block
from app.products.models import catalog_index, catalog_zones, product_blocks
from app.products.orders import ORDERS, Order
from app.products.search import Search, select_inside
from app.products.zones import is_among

MOST_IDS = 50_000
MOST_BLOCKS = 20_000
# All of an index, even if it has all the columns, is not what is to be read.
LOOK_UP = {"enable_seqscan": "off", "enable_indexonlyscan": "off", "enable_sort": "off"}


def look_up_ranges(search: Search) -> Page[int] | None:
    """By everything but the texts; None if that is too much."""
    search.tell_planner(**LOOK_UP)
    return _fetch(search, sa.select(catalog_index.c.id), catalog_index.c)


def look_up_zones(search: Search, order: Order, zones: int) -> Page[int] | None:
    """By zones of any order; None if too much is in them."""
    search.tell_planner(**LOOK_UP)
    inside = select_inside(order.is_in_zone(), catalog_zones, order.keys)
    statement = sa.select(inside.c.id).join_from(catalog_zones, inside, sa.true())
    own = catalog_zones.c.sort == order.name
    return _fetch(search, statement.where(own, is_among(zones)), inside.c)


def look_up_blocks(search: Search, *, by_trigrams: bool) -> Page[int] | None:
    """By the texts of neighbours; None if they are in too many places.

    Without trigrams all texts are looked through, by as many processes as may.
    """
    search.tell_planner(parallel_setup_cost="0", parallel_tuple_cost="0")
    if by_trigrams:
        search.tell_planner(**LOOK_UP)
    found = sa.select(product_blocks.c.block).where(*search.wanted.about_blocks())
    blocks = list(search.connection.execute(found.limit(MOST_BLOCKS + 1)).scalars())
    if len(blocks) > MOST_BLOCKS:
        return None
    search.tell_planner(**LOOK_UP)
    given = sa.func.unnest(sa.literal(blocks, sa.ARRAY(sa.BigInteger)))
    block = given.table_valued(sa.column("id", sa.BigInteger)).render_derived("given")
    by_id = ORDERS["id"].keys
    inside = select_inside(in_block(catalog_index.c.id, block.c.id), block, by_id)
    statement = sa.select(inside.c.id).join_from(block, inside, sa.true())
    return _fetch(search, statement, inside.c)


def _fetch(search: Search, near: sa.Select[tuple[int]], index: Any) -> Page[int] | None:
    """The page, counted and sorted in one statement."""
    parts = [Part(search.narrow(near, index), search.index_columns(index)), *search.recent_parts()]
    labels = [f"key_{place}" for place in range(len(search.sort.columns))]
    statements: list[sa.Select[Any]] = [
        part.statement.add_columns(
            *(column.label(label) for column, label in zip(part.columns, labels, strict=True))
        )
        for part in parts
    ]
    everything = sa.union_all(*statements).limit(MOST_IDS + 1)
    found = everything.cte("found").prefix_with("MATERIALIZED")
    total = sa.select(sa.func.count()).select_from(found).scalar_subquery()
    counted = sa.select(found.c.id, total.label("total"))
    part = Part(counted, tuple(found.c[label] for label in labels))
    page = fetch_merged_page(
        search.connection, [part], search.sort, search.request, make=lambda row: (row.id, row.total)
    )
    if page.items:
        number = page.items[0][1]
    else:  # nothing, or nothing behind the cursor
        number = search.connection.execute(sa.select(total)).scalar_one()
    if number > MOST_IDS:
        return None
    return replace(page.with_items([row[0] for row in page.items]), total=number)
