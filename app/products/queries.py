"""One product at a time: find, list, create, change, delete.

Every function takes the connection and never commits. Writing many at once is
`upsert.py`. Functions that write answer the stored row and whether anything
was written: a change that changes nothing leaves version and times alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from app.pagination import Page, PageRequest, Sort, fetch_page
from app.products.errors import DuplicateSku, ProductNotFound, VersionMismatch
from app.products.models import UNICODE, products, sku_key
from app.products.turns import await_turn

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


def get_product(connection: sa.Connection, product_id: int) -> Product:
    """The product; raises ProductNotFound."""
    return _get(connection, product_id, sa.select(*COLUMNS))


def create_product(connection: sa.Connection, values: Mapping[str, Any]) -> Product:
    """Insert one product; raises DuplicateSku."""
    statement = (
        insert(products)
        .values(**values)
        .on_conflict_do_nothing(index_elements=[sku_key])
        .returning(*COLUMNS)
    )
    row = connection.execute(statement).one_or_none()
    if row is None:
        raise DuplicateSku(values["sku"], _find_owner(connection, values["sku"]))
    return make_product(row)


def update_product(
    connection: sa.Connection,
    product_id: int,
    values: Mapping[str, Any],
    expected_version: int | None = None,
) -> Product:
    """Write `values` into one product, if they differ from what is stored.

    Raises ProductNotFound, VersionMismatch, DuplicateSku.
    """
    if values.get("sku", "") not in ("", get_product(connection, product_id).sku):
        # Whoever holds a row and waits for a SKU, and whoever holds the SKU and waits for
        # the row, would wait for ever: SKUs move one at a time.
        await_turn(connection)
    current = _lock(connection, product_id, expected_version)
    changed = {name: value for name, value in values.items() if getattr(current, name) != value}
    if not changed:
        return current
    statement = (
        sa.update(products)
        .where(products.c.id == product_id)
        .values(**changed, version=products.c.version + 1, updated_at=sa.func.clock_timestamp())
        .returning(*COLUMNS)
    )
    try:
        with connection.begin_nested():
            return make_product(connection.execute(statement).one())
    except IntegrityError as error:
        sku = changed.get("sku", current.sku)
        raise DuplicateSku(sku, _find_owner(connection, sku)) from error


def delete_product(
    connection: sa.Connection, product_id: int, expected_version: int | None = None
) -> None:
    """Delete one product; raises ProductNotFound, VersionMismatch."""
    _lock(connection, product_id, expected_version)
    connection.execute(sa.delete(products).where(products.c.id == product_id))


def _lock(connection: sa.Connection, product_id: int, expected_version: int | None) -> Product:
    current = _get(connection, product_id, sa.select(*COLUMNS).with_for_update())
    if expected_version is not None and current.version != expected_version:
        raise VersionMismatch(current.version)
    return current


def _get(connection: sa.Connection, product_id: int, statement: sa.Select[Any]) -> Product:
    row = connection.execute(statement.where(products.c.id == product_id)).one_or_none()
    if row is None:
        raise ProductNotFound(product_id)
    return make_product(row)


def _find_owner(connection: sa.Connection, sku: str) -> int:
    """The id of the product that holds `sku` in any case."""
    key = sa.func.lower(sa.collate(sa.literal(sku), UNICODE))
    owner: int = connection.execute(sa.select(products.c.id).where(sku_key == key)).scalar_one()
    return owner
