"""Finding a page by walking in the order asked for, past whatever is not wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa
from psycopg2.errors import QueryCanceled

from app.pagination import Page, Part, fetch_merged_page
from app.products.models import catalog_index, catalog_zones, products
from app.products.search import Search
from app.products.zones import is_among

# Beyond, reading all is likely quicker.
WALK_MILLISECONDS = 500
# With so many products that are not indexed it is better to walk the products themselves, where
# they have an index of their own.
MANY_RECENT = 20_000
OWN_ORDERS = ("id", "sku")
# The planner knows nothing of how often a text occurs.
WALK = {
    f"enable_{method}": "off"
    for method in ("seqscan", "bitmapscan", "sort", "hashjoin", "mergejoin", "material", "memoize")
} | {"max_parallel_workers_per_gather": "0", "jit": "off"}


def walk_whole(search: Search) -> Page[int]:
    """A page of all products."""
    search.tell_planner(**WALK)
    is_own = search.order_name in OWN_ORDERS
    parts = [_read(search)] if is_own else [_walk_index(search), *search.recent()]
    catalog = search.catalog
    page = _fetch(search, parts)
    return replace(page, total=catalog.total, total_is_estimate=catalog.total_is_estimate)


def walk(search: Search, zones: int | None) -> Page[int]:
    """A page, without a total, found by walking through zones, or through all if that is None.

    If the hits lie far away in this order, by reading all.
    """
    try:
        with search.connection.begin_nested():
            search.tell_planner(**WALK, statement_timeout=f"{WALK_MILLISECONDS}ms")
            return _fetch(search, _parts(search, zones))
    except sa.exc.OperationalError as error:
        if not isinstance(error.orig, QueryCanceled):
            raise
    search.tell_planner(enable_seqscan="on")
    return _fetch(search, [_read(search)])


def _parts(search: Search, zones: int | None) -> list[Part]:
    if search.order_name in OWN_ORDERS and search.catalog.recent > MANY_RECENT:
        return [_read(search)]
    indexed = _walk_index(search) if zones is None else _walk_zones(search, zones)
    return [indexed, *search.recent()]


def _read(search: Search) -> Part:
    """The products themselves, in any way that the planner finds."""
    return Part(sa.select(products.c.id).where(*search.wanted.conditions()), search.sort.columns)


def _walk_index(search: Search) -> Part:
    return Part(search.indexed(sa.select(catalog_index.c.id)), search.index_columns())


def _walk_zones(search: Search, zones: int) -> Part:
    order = search.order
    # Fenced by an offset: a zone's rows are to be found by the keys, and by no other index.
    rows = sa.select(catalog_index).where(order.is_in_zone()).correlate(catalog_zones)
    inside = rows.offset(0).lateral("inside")
    joined = sa.select(inside.c.id).join_from(catalog_zones, inside, sa.true())
    low, high = search.wanted.bounds_of(order.name)
    within = [order.bounds("to")[0] >= low] if low is not None else []
    within += [order.bounds("from")[0] <= high] if high is not None else []
    narrowed = joined.where(catalog_zones.c.sort == order.name, is_among(zones), *within)
    return Part(
        search.indexed(narrowed, inside.c),
        search.index_columns(inside.c),
        coarse=(catalog_zones.c.zone, order.zone_at),
    )


def _fetch(search: Search, parts: Sequence[Part]) -> Page[int]:
    return fetch_merged_page(
        search.connection, parts, search.sort, search.request, make=lambda row: int(row[0])
    )
