"""How large the catalog is, and about how much of it a filter lets through.

Counting half a million rows takes longer than a page may. So all products are
counted by the journal, and a filter's share is seen in a sample of the table's pages.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import sqlalchemy as sa

from app.changes.recent import count_recent
from app.products.filters import ProductFilter
from app.products.models import indexed, products

PAGE_BYTES = 8192
# A table of so many pages, some ten thousand products, is read whole in a few milliseconds.
SMALL_PAGES = 384
SAMPLED_PAGES = 128
# Beyond so many changes that are not indexed yet, and have a row each, their sum is an estimate.
MOST_RECENT = 20_000


@dataclass(frozen=True)
class Catalog:
    """Its size in pages; the journal's position that is indexed; how many changes came since;
    how many products there are.
    """

    pages: int
    position: int
    recent: int
    total: int
    total_is_estimate: bool = False

    @property
    def is_small(self) -> bool:
        """Whether reading all of it is quicker than any cleverness."""
        return self.pages <= SMALL_PAGES


@dataclass(frozen=True)
class Share:
    """How many of the products in a sample a filter lets through."""

    hits: int
    sampled: int

    @property
    def is_common(self) -> bool:
        """Whether a page of hits is found soon in any order: one in a hundred."""
        return self.hits >= 8 and self.hits * 100 >= self.sampled

    def estimate(self, total: int) -> int:
        """How many of `total` that makes."""
        return round(total * self.hits / max(self.sampled, 1))


def measure_catalog(connection: sa.Connection) -> Catalog:
    """In a moment, however large it is."""
    size = sa.func.pg_relation_size(sa.literal(products.name))
    state = sa.select(
        size / PAGE_BYTES,
        sa.select(sa.func.max(indexed.c.position)).scalar_subquery(),
        sa.select(sa.func.max(indexed.c.total)).scalar_subquery(),
    )
    pages, position, total = connection.execute(state).one()
    if pages <= SMALL_PAGES:
        return Catalog(int(pages), 0, 0, 0)
    recent = count_recent(connection, position or 0, MOST_RECENT)
    catalog = Catalog(
        int(pages),
        position or 0,
        recent.changes,
        (total or 0) + recent.added,
        total_is_estimate=not recent.is_whole,
    )
    if recent.is_whole:
        return catalog
    nothing = ProductFilter()
    density = take_sample(connection, nothing, catalog).sampled / min(pages, SAMPLED_PAGES)
    return replace(catalog, total=round(density * int(pages)))


def take_sample(connection: sa.Connection, wanted: ProductFilter, catalog: Catalog) -> Share:
    """The same sample each time, so that the estimate stays as one leafs through the pages."""
    percent = min(100, 100 * SAMPLED_PAGES / max(catalog.pages, 1))
    sample = products.tablesample(sa.func.system(percent), seed=sa.literal(1))
    rows = sa.select(sa.func.count()).select_from(sample)
    hits = rows.where(*wanted.about(sample.c))
    return Share(
        *connection.execute(sa.select(hits.scalar_subquery(), rows.scalar_subquery())).one()
    )
