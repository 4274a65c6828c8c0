"""How large the catalog is, and about how much of it a filter lets through.

Counting half a million rows takes longer than a page may. So all products are
counted by the journal, and a filter's share is seen in a sample. Its rows are few of many
pages: products that were imported one after the other are alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import sqlalchemy as sa

from app.changes.recent import count_added, count_recent
from app.products.filters import ProductFilter
from app.products.models import catalog_index, indexed, products

PAGE_BYTES = 8192
# A table of so many pages, some ten thousand products, is read whole in a few milliseconds.
SMALL_PAGES = 384
SAMPLED_PAGES = 1024
MOST_STEP = 8
# So many changes that are not indexed yet are counted, of those that have a row each.
MOST_RECENT = 20_000


@dataclass(frozen=True)
class Catalog:
    """Its size in pages; the journal's position that is indexed; how many changes came since;
    how many products there are; how many pages their index has, and whether that has zones.
    """

    pages: int
    position: int = 0
    recent: int = 0
    total: int = 0
    index_pages: int = 0
    is_zoned: bool = False

    @property
    def is_small(self) -> bool:
        """Whether reading all of it is quicker than any cleverness."""
        return self.pages <= SMALL_PAGES

    @property
    def is_indexed(self) -> bool:
        """Whether a sample of the index tells of it: not half is known to have changed since."""
        return self.recent <= self.total // 2

    @property
    def is_behind(self) -> bool:
        """Whether so much has changed since it was indexed that not even all of it was counted."""
        return self.recent >= MOST_RECENT


@dataclass(frozen=True)
class Sample:
    """How many `products` were looked at, of `total`; how many of them pass a filter (`hits`), its
    texts alone, and its ranges alone.
    """

    total: int
    products: int
    hits: int
    texts: int
    ranges: int

    def estimate(self, found: float) -> int:
        """How many that makes of all products."""
        return round(self.total * found / max(self.products, 1))


def measure_catalog(connection: sa.Connection) -> Catalog:
    """In a moment, however large it is."""
    state = connection.execute(_select_state()).one()
    pages, index_pages, counted, folded, total, zoned = state
    position = min(counted, folded)
    catalog = Catalog(pages, index_pages=index_pages, position=position, is_zoned=bool(zoned))
    if catalog.is_small:
        return catalog
    return replace(
        catalog,
        recent=count_recent(connection, position, MOST_RECENT),
        total=total + count_added(connection, counted),
    )


@cache
def _select_state() -> sa.Select[Any, *tuple[Any, ...]]:
    """How large the catalog and its index are, and what is indexed."""
    return sa.select(
        _pages_of(products),
        _pages_of(catalog_index),
        *(
            sa.func.coalesce(sa.select(sa.func.max(column)).scalar_subquery(), 0)
            for column in (indexed.c.position, indexed.c.folded, indexed.c.total, indexed.c.zoned)
        ),
    )


def count_products(connection: sa.Connection, catalog: Catalog) -> Catalog:
    """The catalog with its products counted one by one; for where the journal was gone past."""
    counted = sa.select(sa.func.count()).select_from(products)
    return replace(catalog, total=connection.execute(counted).scalar_one())


def take_sample(connection: sa.Connection, wanted: ProductFilter, catalog: Catalog) -> Sample:
    """The same sample each time, so that the estimate stays as one leafs through the pages."""
    is_mixed = bool(wanted.needles) and wanted.has_ranges
    filters = [wanted, wanted.only_texts(), wanted.only_ranges()] if is_mixed else [wanted]
    if catalog.is_indexed:
        statement = _select_sample(
            catalog_index, catalog.index_pages, filters, ProductFilter.about_index
        )
    else:
        statement = _select_sample(products, catalog.pages, filters, ProductFilter.about)
    rows, hits, *others = connection.execute(statement).one()
    texts, ranges = others or ((hits, rows) if wanted.needles else (rows, hits))
    return Sample(catalog.total, rows, hits, texts, ranges)


def _pages_of(table: sa.Table) -> sa.ColumnElement[int]:
    size = sa.func.pg_relation_size(sa.literal(table.name), type_=sa.BigInteger)
    return size // PAGE_BYTES


def _step(pages: int) -> int:
    """Of how many rows of a sampled page one is looked at."""
    return max(1, min(MOST_STEP, pages * MOST_STEP // SAMPLED_PAGES))


def _select_sample(
    table: sa.Table,
    pages: int,
    filters: Sequence[ProductFilter],
    about: Callable[[ProductFilter, Any], list[sa.ColumnElement[bool]]] = ProductFilter.about,
) -> sa.Select[Any]:
    """How many rows a table's sample has, and how many of them pass each filter."""
    percent = min(100, 100 * SAMPLED_PAGES / max(pages, 1))
    sample = table.tablesample(sa.func.system(percent), seed=sa.literal(1))
    passing = [
        sa.func.count().filter(sa.and_(sa.true(), *about(wanted, sample.c))) for wanted in filters
    ]
    is_taken = sa.func.mod(sa.func.hashint8(sample.c.id), _step(pages)) == 0
    counts: sa.Select[Any] = sa.select(sa.func.count()).add_columns(*passing)
    return counts.select_from(sample).where(is_taken)
