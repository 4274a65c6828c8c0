"""Reading the catalog: one product, a page of them.

Every function takes the connection. Writing is `edits.py` (one product) and `upsert.py` (many).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from app.pagination import Page, PageRequest, Sort, fetch_page
from app.products.errors import ProductNotFound
from app.products.models import UNICODE, products

NEWEST_FIRST = Sort("-id", (products.c.id,), descending=True)


@dataclass(frozen=True)
class Product:
    """A stored product."""

    id: int
    sku: str
    name: str
    description: str
    price: Decimal | None
    active: bool
    version: int
    created_at: datetime
    updated_at: datetime


COLUMNS = tuple(products.c)


def make_product(row: sa.Row[Any]) -> Product:
    """A product out of a row that begins with the table's columns."""
    return Product(*row[: len(COLUMNS)])


@dataclass(frozen=True, kw_only=True)
class ProductFilter:
    """What a list may be narrowed by; None means not narrowed. Texts: contains, any case."""

    q: str | None = None
    sku: str | None = None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """The filter as SQL."""
        found: list[sa.ColumnElement[bool]] = []
        if self.q:
            found.append(
                sa.or_(
                    *(
                        contains(column, self.q)
                        for column in (
                            products.c.sku,
                            products.c.name,
                            products.c.description,
                        )
                    )
                )
            )
        if self.sku:
            found.append(contains(products.c.sku, self.sku))
        return found


def contains(column: sa.ColumnElement[str], text: str) -> sa.ColumnElement[bool]:
    """`text` occurs in `column`, in any case; wildcards are taken literally.

    The text is lowered by the function that lowers the column: Python's
    `lower()` disagrees with it about letters such as İ.
    """
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    needle = sa.func.lower(sa.collate(sa.literal(f"%{escaped}%"), UNICODE))
    return sa.func.lower(column).like(needle)


def list_products(
    connection: sa.Connection, wanted: ProductFilter, request: PageRequest
) -> Page[Product]:
    """A page of the catalog, newest first. Raises InvalidCursor."""
    conditions = wanted.conditions()
    total = connection.execute(
        sa.select(sa.func.count()).select_from(products).where(*conditions)
    ).scalar_one()
    return fetch_page(
        connection,
        sa.select(*COLUMNS).where(*conditions),
        NEWEST_FIRST,
        request,
        total=total,
        make=make_product,
    )


def get_product(connection: sa.Connection, product_id: int, *, lock: bool = False) -> Product:
    """The product, its row locked until the transaction's end if asked; raises ProductNotFound."""
    statement = sa.select(*COLUMNS).where(products.c.id == product_id)
    row = connection.execute(statement.with_for_update() if lock else statement).one_or_none()
    if row is None:
        raise ProductNotFound(product_id)
    return make_product(row)
