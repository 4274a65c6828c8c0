"""One product at a time: create, change, delete.

Every function takes the connection and never commits. Writing many at once is
`upsert.py`. A change that changes nothing leaves version and times alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from app.changes.announcing import announce_change
from app.changes.journal import Change, begin_revision, close_revision, record_change
from app.changes.status import Action
from app.changes.turns import await_turn
from app.products.errors import DuplicateSku, VersionMismatch
from app.products.models import products, sku_key
from app.products.queries import COLUMNS, Product, get_product, make_product
from app.texts import UNICODE

ADDED = {Action.CREATED: 1, Action.UPDATED: 0, Action.DELETED: -1}


def create_product(connection: sa.Connection, values: Mapping[str, Any], actor: str) -> Product:
    """Insert one product; raises DuplicateSku."""
    statement = (
        insert(products)
        .values(**values)
        .on_conflict_do_nothing(index_elements=[sku_key])
        .returning(*COLUMNS)
    )
    while (row := connection.execute(statement).one_or_none()) is None:
        owner = _find_owner(connection, values["sku"])
        if owner is not None:  # else it has just been deleted
            raise DuplicateSku(values["sku"], owner)
    product = make_product(row)
    _record(connection, actor, Action.CREATED, product, product)
    return product


def update_product(
    connection: sa.Connection,
    product_id: int,
    values: Mapping[str, Any],
    actor: str,
    allowed_versions: frozenset[int] | None = None,
) -> Product:
    """Write `values` into one product, if they differ from what is stored.

    Raises ProductNotFound, VersionMismatch, DuplicateSku.
    """
    if values.get("sku", "") not in ("", get_product(connection, product_id).sku):
        # Whoever holds a row and waits for a SKU, and whoever holds the SKU and waits for
        # the row, would wait for ever: SKUs move one at a time.
        await_turn(connection)
    current = _lock(connection, product_id, allowed_versions)
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
            product = make_product(connection.execute(statement).one())
    except IntegrityError as error:
        sku = changed.get("sku", current.sku)
        raise DuplicateSku(sku, _find_owner(connection, sku)) from error
    _record(connection, actor, Action.UPDATED, current, product)
    return product


def delete_product(
    connection: sa.Connection,
    product_id: int,
    actor: str,
    allowed_versions: frozenset[int] | None = None,
) -> None:
    """Delete one product; raises ProductNotFound, VersionMismatch."""
    current = _lock(connection, product_id, allowed_versions)
    connection.execute(sa.delete(products).where(products.c.id == product_id))
    last = replace(current, version=current.version + 1)
    _record(connection, actor, Action.DELETED, current, last)


def _record(
    connection: sa.Connection, actor: str, action: Action, before: Product, after: Product
) -> None:
    """Write the transaction's one change down, and its event; nothing may be waited for later."""
    revision = begin_revision(connection, actor)
    change = Change(action, before.id, after.version, vars(before))
    record_change(connection, revision, change)
    announce_change(connection, action, vars(after))
    close_revision(connection, revision, added=ADDED[action])


def _lock(
    connection: sa.Connection, product_id: int, allowed_versions: frozenset[int] | None
) -> Product:
    current = get_product(connection, product_id, lock=True)
    if allowed_versions is not None and current.version not in allowed_versions:
        raise VersionMismatch(current.version)
    return current


def _find_owner(connection: sa.Connection, sku: str) -> int | None:
    """The id of the product that holds `sku` in any case."""
    key = sa.func.lower(sa.collate(sa.literal(sku), UNICODE))
    return connection.execute(sa.select(products.c.id).where(sku_key == key)).scalar()
