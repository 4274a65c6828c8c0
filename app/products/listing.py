"""A page of the catalog, found fast whatever is asked for.

A small catalog is simply read. In a large one, what many products meet is found by walking in
the order asked for (`walking.py`); what few do is looked up first, all of it, and then sorted
(`lookup.py`). A sample tells which way is the quickest (`choosing.py`). All of them give
ids, out of the index and of what has changed since; the products are read for the page found.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import sqlalchemy as sa

from app import page_bytes
from app.page_bytes import bound_rows
from app.pagination import Page, PageRequest, Part, Sort, fetch_merged_page
from app.products.choosing import find_page, find_whole
from app.products.filters import ProductFilter
from app.products.models import products
from app.products.queries import COLUMNS, Product, make_product
from app.products.search import Search
from app.products.totals import count_products, measure_catalog

IDS = sa.bindparam("ids", type_=sa.ARRAY(sa.BigInteger))
MOST_BYTES = sa.bindparam("most_bytes", type_=sa.BigInteger)


def list_products(
    connection: sa.Connection, wanted: ProductFilter, sort: Sort, request: PageRequest
) -> Page[Product]:
    """A page of the products that pass the filter. Raises InvalidCursor, SearchOverloaded.

    The transaction has to be REPEATABLE READ: what is indexed and what is not are parts of one
    whole.
    """
    catalog = measure_catalog(connection)
    if catalog.is_small:
        return _read(connection, wanted, sort, request)
    search = Search(connection, catalog, wanted, sort, request)
    page = _find(search)
    found = _fetch_products(connection, page)
    if found.are_gone:
        # Deleted past the journal: the index does not know of it yet.
        if wanted.is_open:
            catalog = count_products(connection, catalog)
        page = _find(replace(search, must_exist=True, catalog=catalog))
        found = _fetch_products(connection, page)
    return page.shorten(len(found.products)).with_items(found.products)


def _find(search: Search) -> Page[int]:
    return find_whole(search) if search.wanted.is_open else find_page(search)


def _read(
    connection: sa.Connection, wanted: ProductFilter, sort: Sort, request: PageRequest
) -> Page[Product]:
    conditions = wanted.conditions()
    counted = sa.select(sa.func.count()).select_from(products).where(*conditions)
    total = connection.execute(counted).scalar_one()
    parts = [Part(sa.select(*COLUMNS).where(*conditions), sort.columns)]
    page = fetch_merged_page(connection, parts, sort, request, make=make_product)
    return replace(page, total=total)


@cache
def _select_listed(*, falling: bool) -> sa.Select[Any]:
    """The products with the ids IDS, and the place of each in them; put together once."""
    place = sa.func.array_position(IDS, products.c.id, type_=sa.Integer).label("place")
    rows = sa.select(*COLUMNS, place).where(products.c.id == sa.any_(IDS))
    return bound_rows(rows, ["place"], falling=falling, most_bytes=MOST_BYTES)


@dataclass(frozen=True)
class _Found:
    """The products of a page, up to as many bytes as a page may hold; whether some are gone."""

    products: list[Product]
    are_gone: bool


def _fetch_products(connection: sa.Connection, page: Page[int]) -> _Found:
    if not page.items:
        return _Found([], are_gone=False)
    is_backward = page.keys is not None and page.keys.backward
    given = {IDS.key: page.items, MOST_BYTES.key: page_bytes.PAGE_BYTES}
    found = connection.execute(_select_listed(falling=is_backward), given).all()
    in_order = sorted(found, key=lambda row: int(row.place))
    known = found[0].rows_found if found else 0
    return _Found([make_product(row) for row in in_order], are_gone=known < len(page.items))
