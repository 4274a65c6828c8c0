"""Finding everything that is wanted first, where it is little, and a page of it then."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from app.pagination import Page, Part, fetch_merged_page
from app.products.indexing import in_block
from app.products.models import catalog_index, catalog_zones, product_blocks
from app.products.orders import ORDERS
from app.products.search import Search
from app.products.totals import Sample
from app.products.zones import find_zones, is_among

MOST_IDS = 10_000
# A block costs some 30 microseconds to look through, a zone in the order of ids ten times that.
MOST_BLOCKS = 2_500
MOST_ZONES = 250
# All of an index, even if it has all the columns, is not what is to be read; and a bitmap of some
# hundred thousand rows should not forget which ones they were.
LOOK_UP = {"enable_seqscan": "off", "enable_indexonlyscan": "off", "work_mem": "32MB"}
has_trigram = re.compile(r"[^\W_]{3}").search
Statement = sa.Select[tuple[int]]


def look_up(search: Search, sample: Sample) -> Page[int] | None:
    """A page of all that is found, and its exact total; None if it is too much to look up.

    By its texts or by its ranges, whichever fewer products of the sample pass.
    """
    near = None
    by_texts = sample.estimate(sample.texts) <= MOST_IDS and bool(search.wanted.needles)
    by_ranges = sample.estimate(sample.ranges) <= MOST_IDS
    if by_ranges and not (by_texts and sample.texts <= sample.ranges):
        near = sa.select(catalog_index.c.id)
        search.tell_planner(**LOOK_UP)
    elif by_texts:
        near = _near_texts(search)
    return None if near is None else _fetch(search, near)


def _near_texts(search: Search) -> Statement | None:
    """The index where all the texts may be; None if that is in many places."""
    needles = search.wanted.needles
    if any(map(has_trigram, needles)):
        search.tell_planner(**LOOK_UP)
        return _in_blocks(search)
    if search.catalog.is_zoned:
        search.tell_planner(**LOOK_UP)
        return _in_zones(search, find_zones(search.connection, "id", needles))
    # All texts are to be looked through, by as many as may.
    search.tell_planner(parallel_setup_cost="0", parallel_tuple_cost="0")
    return _in_blocks(search)


def _in_blocks(search: Search) -> Statement | None:
    statement = sa.select(product_blocks.c.block).where(*search.wanted.about_blocks())
    blocks = list(search.connection.execute(statement.limit(MOST_BLOCKS + 1)).scalars())
    if len(blocks) > MOST_BLOCKS:
        return None
    given = sa.func.unnest(sa.literal(blocks, sa.ARRAY(sa.BigInteger)))
    block = given.table_valued(sa.column("id", sa.BigInteger)).render_derived("given")
    inside = in_block(catalog_index.c.id, block.c.id)
    return sa.select(catalog_index.c.id).join_from(block, catalog_index, inside)


def _in_zones(search: Search, zones: int) -> Statement | None:
    if zones.bit_count() > MOST_ZONES:
        return None
    inside = ORDERS["id"].is_in_zone()
    joined = sa.select(catalog_index.c.id).join_from(catalog_zones, catalog_index, inside)
    return joined.where(catalog_zones.c.sort == "id", is_among(zones))


def _fetch(search: Search, near: Statement) -> Page[int] | None:
    """The page, counted and sorted in one statement."""
    parts = [Part(search.indexed(near), search.index_columns()), *search.recent()]
    labels = [f"key_{place}" for place in range(len(search.sort.columns))]
    statements: list[sa.Select[Any]] = [
        part.statement.add_columns(
            *(column.label(label) for column, label in zip(part.columns, labels, strict=True))
        )
        for part in parts
    ]
    everything = sa.union_all(*statements).limit(MOST_IDS + 1)
    found = everything.cte("found").prefix_with("MATERIALIZED")
    total = sa.select(sa.func.count()).select_from(found).scalar_subquery()
    counted = sa.select(found.c.id, total.label("total"))
    part = Part(counted, tuple(found.c[label] for label in labels))
    page = fetch_merged_page(
        search.connection, [part], search.sort, search.request, make=lambda row: (row.id, row.total)
    )
    if page.items:
        number = page.items[0][1]
    else:  # nothing, or nothing behind the cursor
        number = search.connection.execute(sa.select(total)).scalar_one()
    if number > MOST_IDS:
        return None
    return replace(page.with_items([row[0] for row in page.items]), total=number)
