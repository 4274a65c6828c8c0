"""What a search goes by: whom it asks, how large the catalog is, what is wanted in which order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from psycopg2.errors import QueryCanceled
from sqlalchemy.sql.selectable import LateralFromClause

from app.changes.recent import recent_product_ids
from app.pagination import PageRequest, Part, Sort
from app.products.filters import ProductFilter
from app.products.models import catalog_index, products
from app.products.orders import ORDERS, Order
from app.products.totals import Catalog

# For the ids of what is not indexed yet, which are otherwise gone through for each row of the
# index, and for bitmaps, which otherwise forget which rows of a page they mean.
MEMORY = {"work_mem": "64MB"}


def select_inside(
    condition: sa.ColumnElement[bool],
    outer: sa.FromClause,
    keys: Sequence[sa.ColumnElement[Any]],
) -> LateralFromClause:
    """The rows of the index near a row of `outer`, found by the index on the keys.

    By no other: the planner knows nothing of how often a text occurs, and skips through whatever
    index ends in an id. An offset is a fence to it, and the order, if it may not sort, a sign.
    """
    rows = sa.select(catalog_index).where(condition).correlate(outer).order_by(*keys)
    return rows.offset(0).lateral("inside")


@dataclass
class Attempt:
    """How an attempt went."""

    is_broken_off: bool = False


@dataclass(frozen=True)
class Search:
    """One question about a large catalog.

    `must_exist`: each product is looked for, rather than taken to be there because it is indexed.
    """

    connection: sa.Connection
    catalog: Catalog
    wanted: ProductFilter
    sort: Sort
    request: PageRequest
    must_exist: bool = False

    @property
    def order_name(self) -> str:
        """The sort without its direction."""
        return self.sort.name.removeprefix("-")

    @property
    def order(self) -> Order:
        """The sort's order of the index."""
        return ORDERS[self.order_name]

    def index_columns(self, index: Any = catalog_index.c) -> tuple[sa.ColumnElement[Any], ...]:
        """What the index is sorted by; columns like those of `sort`."""
        return tuple(index[key.name] for key in self.order.keys[: len(self.sort.columns)])

    def narrow(self, statement: sa.Select[Any], index: Any = catalog_index.c) -> sa.Select[Any]:
        """A select from the index, narrowed to what is wanted and is as it is indexed."""
        found = statement.where(*self.wanted.about_index(index))
        if self.must_exist:
            # As a value, for no join must change the order in which the index is gone through.
            is_there = (
                sa.select(sa.true()).where(products.c.id == index.id).correlate_except(products)
            )
            found = found.where(is_there.scalar_subquery())
        if self.catalog.recent:
            found = found.where(index.id.not_in(self._recent_ids()))
        return found

    def recent_parts(self) -> list[Part]:
        """What has changed since it was indexed: a part of every list, if there is any."""
        if not self.catalog.recent:
            return []
        statement = sa.select(products.c.id).where(
            products.c.id.in_(self._recent_ids()), *self.wanted.conditions()
        )
        return [Part(statement, self.sort.columns)]

    def _recent_ids(self) -> sa.Select[tuple[int]]:
        return recent_product_ids(self.catalog.position)

    @contextmanager
    def attempt(self, milliseconds: int) -> Iterator[Attempt]:
        """Try something that only reads; whatever takes longer is broken off, and the block left.

        The savepoint is rolled back in any case: with it go the settings.
        """
        savepoint, attempt = self.connection.begin_nested(), Attempt()
        try:
            self.tell_planner(statement_timeout=f"{milliseconds}ms", **MEMORY)
            yield attempt
        except sa.exc.OperationalError as error:
            if not isinstance(error.orig, QueryCanceled):
                raise
            attempt.is_broken_off = True
        finally:
            savepoint.rollback()

    def tell_planner(self, **settings: str) -> None:
        """Settings until the attempt's end."""
        told = [sa.func.set_config(name, value, sa.true()) for name, value in settings.items()]
        self.connection.execute(sa.select(*told))
