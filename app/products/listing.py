"""A page of the catalog, found fast whatever is asked for.

A small catalog is simply read. In a large one, what many products meet is found by walking in
the order asked for (`walking.py`); what few do is looked up first, all of it, and then sorted
(`lookup.py`). A sample tells which way is the quickest (`choosing.py`). All of them give
ids, out of the index and of what has changed since; the products are read for the page found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa

from app.pagination import Page, PageRequest, Part, Sort, fetch_merged_page
from app.products.choosing import find_page, find_whole
from app.products.filters import ProductFilter
from app.products.models import products
from app.products.queries import COLUMNS, Product, make_product
from app.products.search import Search
from app.products.totals import count_products, measure_catalog


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
    found = _fetch_products(connection, page.items)
    if len(found) < len(page.items):
        # Deleted past the journal: the index does not know of it yet.
        page = _find(replace(search, must_exist=True, catalog=count_products(connection, catalog)))
        found = _fetch_products(connection, page.items)
    return page.with_items(found)


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


def _fetch_products(connection: sa.Connection, ids: Sequence[int]) -> list[Product]:
    """The products, as they were asked for, without those that are gone."""
    if not ids:
        return []
    own = products.c.id == sa.any_(sa.literal(ids, sa.ARRAY(sa.BigInteger)))
    rows = connection.execute(sa.select(*COLUMNS).where(own))
    found = {row.id: make_product(row) for row in rows}
    return [found[product_id] for product_id in ids if product_id in found]
