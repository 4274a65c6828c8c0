"""Reading one product. A page of them is `listing.py`.

Every function takes the connection. Writing is `edits.py` (one product) and `upsert.py` (many).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from app.products.errors import ProductNotFound
from app.products.models import products


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


def get_product(connection: sa.Connection, product_id: int, *, lock: bool = False) -> Product:
    """The product, its row locked until the transaction's end if asked; raises ProductNotFound."""
    statement = sa.select(*COLUMNS).where(products.c.id == product_id)
    row = connection.execute(statement.with_for_update() if lock else statement).one_or_none()
    if row is None:
        raise ProductNotFound(product_id)
    return make_product(row)


def is_catalog_empty(connection: sa.Connection) -> bool:
    """Whether there is no product."""
    return not connection.execute(sa.select(sa.exists().select_from(products))).scalar_one()
