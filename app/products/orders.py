"""The orders that a list can be in: of the products, of their index, and of its zones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.pagination import Sort
from app.products.filters import price_key
from app.products.models import catalog_index, catalog_zones, products, sku_key
from app.texts import fold

Columns = tuple[sa.ColumnElement[Any], ...]
SORTS: dict[str, Columns] = {
    "id": (products.c.id,),
    "sku": (sku_key,),
    "name": (fold(products.c.name), products.c.id),
    "price": (price_key(products.c.price), products.c.id),
    "created_at": (products.c.created_at, products.c.id),
    "updated_at": (products.c.updated_at, products.c.id),
}


def make_sort(name: str) -> Sort:
    """The order of a `sort` parameter, such as `name` or `-name`."""
    return Sort(name, SORTS[name.removeprefix("-")], descending=name.startswith("-"))


@dataclass(frozen=True)
class Order:
    """An order of `catalog_index`, and which columns of `catalog_zones` hold its keys."""

    name: str
    kind: str | None = None

    @property
    def keys(self) -> tuple[sa.Column[Any], ...]:
        """What is sorted by; the last one is unique."""
        by_id = (catalog_index.c.id,)
        return by_id if self.kind is None else (catalog_index.c[self.name], *by_id)

    def bounds(self, end: str) -> tuple[sa.Column[Any], ...]:
        """Where a zone begins (`from`) or the next one does (`to`): columns like `keys`."""
        kinds = ("id",) if self.kind is None else (self.kind, "id")
        return tuple(catalog_zones.c[f"{end}_{kind}"] for kind in kinds)

    def is_in_zone(self) -> sa.ColumnElement[bool]:
        """Whether a row of the index lies in a zone, in a form that an index on the keys serves."""
        keys = sa.tuple_(*self.keys)
        return sa.and_(
            keys >= sa.tuple_(*self.bounds("from")), keys < sa.tuple_(*self.bounds("to"))
        )

    def zone_at(self, values: Sequence[object]) -> sa.ScalarSelect[int]:
        """The zone where a row with these keys, or the first ones of them, lies or would lie."""
        bounds = self.bounds("from")[: len(values)]
        key = [sa.literal(v, column.type) for v, column in zip(values, bounds, strict=True)]
        is_before = sa.tuple_(*bounds) <= sa.tuple_(*key)
        zone = sa.select(sa.func.max(catalog_zones.c.zone))
        return zone.where(catalog_zones.c.sort == self.name, is_before).scalar_subquery()


ORDERS = {
    order.name: order
    for order in (
        Order("id"),
        Order("sku", "text"),
        Order("name", "text"),
        Order("price", "number"),
        Order("created_at", "moment"),
        Order("updated_at", "moment"),
    )
}
