"""Finding a page by walking in the order asked for, past whatever is not wanted."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from app.pagination import Page, Part, fetch_merged_page
from app.products.models import catalog_index, catalog_zones, products
from app.products.search import Search, select_inside
from app.products.zones import is_among

# The planner knows nothing of how often a text occurs.
WALK = {
    f"enable_{method}": "off"
    for method in ("seqscan", "bitmapscan", "sort", "hashjoin", "mergejoin", "material", "memoize")
} | {"max_parallel_workers_per_gather": "0", "jit": "off"}
# The products themselves have an index of their own for these.
OWN_ORDERS = ("id", "sku")


def walk_whole(search: Search) -> Page[int]:
    """A page of all products."""
    search.tell_planner(**WALK)
    if search.order_name in OWN_ORDERS:
        return _fetch(search, [_read(search)])
    return _fetch(search, [_walk_index(search), *search.recent_parts()])


def walk(search: Search, zones: int | None) -> Page[int]:
    """A page, without a total, found by walking through zones, or through all if that is None."""
    search.tell_planner(**WALK)
    return _fetch(search, _parts(search, zones))


def read_all(search: Search) -> Page[int]:
    """A page, without a total, of all that is wanted, sorted: however far away its hits lie."""
    if search.catalog.is_behind:
        return _fetch(search, [_read(search)])
    return _fetch(search, [_walk_index(search), *search.recent_parts()])


def _parts(search: Search, zones: int | None) -> list[Part]:
    if search.order_name in OWN_ORDERS and search.catalog.is_behind:
        return [_read(search)]
    indexed = _walk_index(search) if zones is None else _walk_zones(search, zones)
    return [indexed, *search.recent_parts()]


def _read(search: Search) -> Part:
    """The products themselves, in any way that the planner finds."""
    return Part(sa.select(products.c.id).where(*search.wanted.conditions()), search.sort.columns)


def _walk_index(search: Search) -> Part:
    return Part(search.narrow(sa.select(catalog_index.c.id)), search.index_columns())


def _walk_zones(search: Search, zones: int) -> Part:
    order = search.order
    inside = select_inside(order.is_in_zone(), catalog_zones, order.keys)
    joined = sa.select(inside.c.id).join_from(catalog_zones, inside, sa.true())
    low, high = search.wanted.bounds_of(order.name)
    within = [order.bounds("to")[0] >= low] if low is not None else []
    within += [order.bounds("from")[0] <= high] if high is not None else []
    narrowed = joined.where(catalog_zones.c.sort == order.name, is_among(zones), *within)
    return Part(
        search.narrow(narrowed, inside.c),
        search.index_columns(inside.c),
        coarse=(catalog_zones.c.zone, order.zone_at),
    )


def _fetch(search: Search, parts: Sequence[Part]) -> Page[int]:
    return fetch_merged_page(
        search.connection, parts, search.sort, search.request, make=lambda row: int(row[0])
    )
