"""What a list, an export or a bulk operation may be narrowed by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from app.changes.queries import changed_product_ids
from app.products.models import catalog_index, product_blocks, products
from app.texts import contains, fold

TEXTS = ("sku", "name", "description")
# Ranks below every price. One expression serves the order and the range of prices.
NO_PRICE = Decimal(-1)


@dataclass(frozen=True, kw_only=True)
class ProductFilter:
    """None, and an empty text, do not narrow. Texts: contains, in any case and Unicode form.

    `after` and `min` take their bound in, `before` does not and `max` does. A product without a
    price is in no range of prices.
    """

    q: str | None = None
    sku: str | None = None
    name: str | None = None
    description: str | None = None
    active: bool | None = None
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    updated_after: datetime | None = None
    updated_before: datetime | None = None
    change_set_id: str | None = None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """The filter as SQL about `products`: all of it, exact, wherever many are to be gone
        through; a page is found faster by `listing.py`.
        """
        return self.about(products.c)

    def about(self, columns: Any) -> list[sa.ColumnElement[bool]]:
        """The same about a sample of the products, or an alias of the table."""
        folded = {name: fold(columns[name]) for name in TEXTS}
        price = price_key(columns.price)
        return [*self._texts(folded), *self._priced(price), *self._plain(columns)]

    def about_index(self, index: Any = catalog_index.c) -> list[sa.ColumnElement[bool]]:
        """The same about `catalog_index`, whose texts are folded and whose prices never NULL."""
        texts = self._texts(indexed_texts(index))
        return [*texts, *self._priced(index.price), *self._plain(index)]

    def only_texts(self) -> ProductFilter:
        """The filter without its ranges."""
        return ProductFilter(q=self.q, sku=self.sku, name=self.name, description=self.description)

    def only_ranges(self) -> ProductFilter:
        """The filter without its texts."""
        return replace(self, q=None, sku=None, name=None, description=None)

    def about_blocks(self) -> list[sa.ColumnElement[bool]]:
        """What a block must hold to have a product that has all the texts; none of the rest."""
        return list(self._texts({name: product_blocks.c[name] for name in TEXTS}))

    def bounds_of(self, name: str) -> tuple[Any, Any]:
        """Below and above which values of a column nothing is wanted; None where there is no end.
        A value that is a bound may be wanted.
        """
        if name == "price" and (self.price_min is not None or self.price_max is not None):
            return (self.price_min or Decimal(0), self.price_max)
        if name in ("created_at", "updated_at"):
            word = name.removesuffix("_at")
            return (getattr(self, f"{word}_after"), getattr(self, f"{word}_before"))
        return (None, None)

    @property
    def is_open(self) -> bool:
        """Whether every product passes."""
        return not self.needles and not self.has_ranges

    @property
    def has_ranges(self) -> bool:
        """Whether anything else than texts is asked for."""
        return self.only_ranges() != ProductFilter()

    @property
    def needles(self) -> list[str]:
        """The texts looked for."""
        return [text for text in (self.q, self.sku, self.name, self.description) if text]

    def _texts(
        self, folded: Mapping[str, sa.ColumnElement[str]]
    ) -> Iterator[sa.ColumnElement[bool]]:
        if self.q:
            yield sa.or_(*(contains(folded[name], self.q) for name in TEXTS))
        for name in TEXTS:
            text = getattr(self, name)
            if text:
                yield contains(folded[name], text)

    def _priced(self, price: sa.ColumnElement[Any]) -> Iterator[sa.ColumnElement[bool]]:
        lowest, highest = self.bounds_of("price")
        if lowest is not None:
            yield price >= lowest
        if highest is not None:
            yield price <= highest

    def _plain(self, columns: Any) -> Iterator[sa.ColumnElement[bool]]:
        if self.active is not None:
            yield columns.active == self.active
        if self.created_after is not None:
            yield columns.created_at >= self.created_after
        if self.created_before is not None:
            yield columns.created_at < self.created_before
        if self.updated_after is not None:
            yield columns.updated_at >= self.updated_after
        if self.updated_before is not None:
            yield columns.updated_at < self.updated_before
        if self.change_set_id is not None:
            yield columns.id.in_(changed_product_ids(self.change_set_id))


def indexed_texts(index: Any) -> dict[str, sa.ColumnElement[str]]:
    """What a row of `catalog_index` is found by."""
    sku = sa.func.coalesce(index.sku_folded, index.sku, type_=sa.Text)
    return {"sku": sku, "name": index.name, "description": index.description}


def stored_texts() -> dict[str, sa.ColumnElement[Any]]:
    """What `catalog_index` has to hold of a product's texts."""
    lower_sku = sa.func.lower(products.c.sku)
    return {
        "sku": lower_sku,
        "sku_folded": sa.func.nullif(fold(products.c.sku), lower_sku),
        "name": fold(products.c.name),
        "description": fold(products.c.description),
    }


def price_key(price: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """What prices are sorted by: those there are, and before them the products without."""
    return sa.func.coalesce(price, sa.literal_column(str(NO_PRICE)), type_=sa.Numeric(12, 2))
