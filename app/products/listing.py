"""A page of the catalog, found fast whatever is asked for.

A small catalog is simply read. In a large one, what many products meet is found by
walking in the order asked for; what few do is looked up in the index first, all of it,
and then sorted. A sample tells which of the two.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from psycopg2.errors import QueryCanceled

from app.changes.recent import recent_product_ids
from app.pagination import Page, PageRequest, Part, Sort, fetch_merged_page
from app.products.filters import ProductFilter, price_key
from app.products.indexing import BLOCK_BITS, in_block
from app.products.models import product_blocks, product_index, products, sku_key
from app.products.queries import COLUMNS, Product, make_product
from app.products.totals import Catalog, measure_catalog, take_sample

Columns = tuple[sa.ColumnElement[Any], ...]
SORTS: dict[str, Columns] = {
    "id": (products.c.id,),
    "sku": (sku_key,),
    "name": (sa.func.lower(products.c.name), products.c.id),
    "price": (price_key(products.c.price), products.c.id),
    "created_at": (products.c.created_at, products.c.id),
    "updated_at": (products.c.updated_at, products.c.id),
}
# The others are the table's own indexes.
INDEXED = ("name", "price", "created_at", "updated_at")
MOST_IDS = 10_000
# Some three hundred thousand products are passed in it: beyond, reading all is likely quicker.
WALK_MILLISECONDS = 500
has_trigram = re.compile(r"[^\W_]{3}").search
WALK = {
    f"enable_{method}": "off"
    for method in ("seqscan", "bitmapscan", "sort", "hashjoin", "mergejoin", "material")
} | {"max_parallel_workers_per_gather": "0", "jit": "off"}


def make_sort(name: str) -> Sort:
    """The order of a `sort` parameter, such as `name` or `-name`."""
    return Sort(name, SORTS[name.removeprefix("-")], descending=name.startswith("-"))


def list_products(
    connection: sa.Connection, wanted: ProductFilter, sort: Sort, request: PageRequest
) -> Page[Product]:
    """A page of the products that pass the filter. Raises InvalidCursor.

    The transaction has to be REPEATABLE READ and the caller's last: what is indexed and what
    is not are parts of one whole, and the planner's settings are changed.
    """
    catalog = measure_catalog(connection)
    conditions = wanted.conditions()
    if catalog.is_small:
        total = _count(connection, conditions)
        return _fetch(connection, [_part(sort, conditions)], sort, request, total)
    if not conditions:
        page = _fetch(
            connection, _walk(connection, catalog, sort, wanted), sort, request, catalog.total
        )
        return replace(page, total_is_estimate=catalog.total_is_estimate)
    share = take_sample(connection, wanted, catalog)
    ids = None if share.is_common else find_ids(connection, wanted, catalog)
    if ids is not None:
        own = products.c.id == sa.any_(sa.literal(ids, sa.ARRAY(sa.BigInteger)))
        return _fetch(connection, [_part(sort, [own])], sort, request, len(ids))
    page = _fetch_among_many(connection, catalog, wanted, sort, request)
    return replace(page, total=share.estimate(catalog.total), total_is_estimate=True)


def _fetch_among_many(
    connection: sa.Connection,
    catalog: Catalog,
    wanted: ProductFilter,
    sort: Sort,
    request: PageRequest,
) -> Page[Product]:
    """A page found by walking, unless the hits lie far away in this order: then by reading all."""
    try:
        with connection.begin_nested():
            _set(connection, statement_timeout=f"{WALK_MILLISECONDS}ms")
            return _fetch(connection, _walk(connection, catalog, sort, wanted), sort, request, 0)
    except sa.exc.OperationalError as error:
        if not isinstance(error.orig, QueryCanceled):
            raise
    return _fetch(connection, [_part(sort, wanted.conditions())], sort, request, 0)


def _count(connection: sa.Connection, conditions: Sequence[sa.ColumnElement[bool]]) -> int:
    counted = sa.select(sa.func.count()).select_from(products).where(*conditions)
    return connection.execute(counted).scalar_one()


def _fetch(
    connection: sa.Connection, parts: Sequence[Part], sort: Sort, request: PageRequest, total: int
) -> Page[Product]:
    page = fetch_merged_page(connection, parts, sort, request, make=make_product)
    return replace(page, total=total)


def _part(sort: Sort, conditions: Sequence[sa.ColumnElement[bool]]) -> Part:
    return Part(sa.select(*COLUMNS).where(*conditions), sort.columns)


def _walk(
    connection: sa.Connection,
    catalog: Catalog,
    sort: Sort,
    wanted: ProductFilter,
) -> list[Part]:
    """All the products in the order of an index, which the planner is made to keep to: it
    knows nothing of how often a text occurs.
    """
    _set(connection, **WALK)
    conditions = wanted.conditions()
    part = _walk_index(sort, wanted) or _walk_blocks(sort, wanted)
    if part is None:
        return [_part(sort, conditions)]
    if not catalog.recent:
        return [part]
    recent = recent_product_ids(catalog.position)
    is_indexed = products.c.id.not_in(recent)
    return [
        replace(part, statement=part.statement.where(is_indexed)),
        _part(sort, [products.c.id.in_(recent), *conditions]),
    ]


def _walk_index(sort: Sort, wanted: ProductFilter) -> Part | None:
    """In an order that `product_index` has."""
    name = sort.name.removeprefix("-")
    if name not in INDEXED:
        return None
    joined = sa.select(*COLUMNS).join_from(
        product_index, products, products.c.id == product_index.c.id
    )
    conditions = [*wanted.about_index(product_index.c), *wanted.conditions()]
    return Part(joined.where(*conditions), (product_index.c[name], product_index.c.id))


def _walk_blocks(sort: Sort, wanted: ProductFilter) -> Part | None:
    """In the order of ids, for texts: blocks without them are passed over."""
    if sort.name.removeprefix("-") != "id" or not wanted.needles:
        return None
    block = product_blocks.c.block
    joined = sa.select(*COLUMNS).join_from(product_blocks, products, in_block(products.c.id, block))
    conditions = [*wanted.about_blocks(), *wanted.conditions()]
    return Part(joined.where(*conditions), sort.columns, (block, lambda key: key >> BLOCK_BITS))


def find_ids(
    connection: sa.Connection, wanted: ProductFilter, catalog: Catalog
) -> list[int] | None:
    """The ids of all products that pass the filter; None if there are too many to look up."""
    near = _find_near_texts(connection, wanted, catalog) if wanted.needles else None
    if near is None and wanted.has_ranges:
        near = _find_in_ranges(connection, wanted)
    if near is None:
        return None
    conditions = wanted.conditions()
    statement: Any = near.where(*conditions)
    if catalog.recent:
        recent = products.c.id.in_(recent_product_ids(catalog.position))
        statement = sa.union(statement, sa.select(products.c.id).where(recent, *conditions))
    limited = sa.select(statement.subquery().c.id).limit(MOST_IDS + 1)
    ids = list(connection.execute(limited).scalars())
    return ids if len(ids) <= MOST_IDS else None


def _find_near_texts(
    connection: sa.Connection, wanted: ProductFilter, catalog: Catalog
) -> sa.Select[tuple[int]] | None:
    """The products of the blocks that hold all the texts; None if there are many such blocks.

    To walk takes the longer the rarer a hit is, to look up the longer the more there are: they
    meet about where the hits are as many as the root of the products.
    """
    if any(map(has_trigram, wanted.needles)):
        _set(connection, enable_seqscan="off")
    else:  # all texts are to be looked through, by as many as may
        _set(connection, parallel_setup_cost="0", parallel_tuple_cost="0")
    most = max(500, 2 * math.isqrt(max(catalog.total, 0)))
    statement = sa.select(product_blocks.c.block).where(*wanted.about_blocks()).limit(most + 1)
    blocks = list(connection.execute(statement).scalars())
    if len(blocks) > most:
        return None
    block = _rows_of(blocks)
    inside = in_block(products.c.id, block.c.id)
    return sa.select(products.c.id).join_from(block, products, inside)


def _find_in_ranges(
    connection: sa.Connection, wanted: ProductFilter
) -> sa.Select[tuple[int]] | None:
    """The products in the ranges asked for, as far as they are indexed; None if too many."""
    statement = sa.select(product_index.c.id).where(*wanted.about_index(product_index.c))
    ids = list(connection.execute(statement.limit(MOST_IDS + 1)).scalars())
    if len(ids) > MOST_IDS:
        return None
    row = _rows_of(ids)
    return sa.select(products.c.id).join_from(row, products, products.c.id == row.c.id)


def _rows_of(ids: Sequence[int]) -> Any:
    array = sa.func.unnest(sa.literal(ids, sa.ARRAY(sa.BigInteger)))
    return array.table_valued(sa.column("id", sa.BigInteger)).render_derived("given")


def _set(connection: sa.Connection, **settings: str) -> None:
    """Tell the planner, for the rest of the transaction."""
    told = [sa.func.set_config(name, value, sa.true()) for name, value in settings.items()]
    connection.execute(sa.select(*told))
