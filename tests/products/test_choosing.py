"""Which way to a page is taken, by what a sample and zones say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from flask import Flask

from app.extensions import db
from app.pagination import Page, PageRequest
from app.products import choosing
from app.products.choosing import find_page
from app.products.filters import ProductFilter
from app.products.orders import ORDERS, make_sort
from app.products.search import Search
from app.products.totals import Catalog, Sample

TOTAL, SAMPLED = 5_000_000, 5_000
ALL_ZONES = (1 << 9_766) - 1
FIRST: Page[int] = Page([1], "more", None, 0)


@pytest.fixture
def taken(app: Flask) -> Iterator[list[str]]:
    """The ways that were taken, the first one first; all but the walk give up."""
    names: list[str] = []

    def note(name: str, page: Page[int] | None) -> Any:
        def find(*arguments: Any, **options: Any) -> Page[int] | None:
            order = [a.name for a in arguments if hasattr(a, "kind")]
            names.append(" ".join([name, *order]))
            return page

        return find

    with (
        patch.object(choosing, "walk", note("walk", FIRST)),
        patch.object(choosing, "look_up_zones", note("zones", None)),
        patch.object(choosing, "look_up_blocks", note("blocks", None)),
        patch.object(choosing, "look_up_ranges", note("ranges", None)),
    ):
        yield names


def choose(
    wanted: ProductFilter,
    sort: str,
    *,
    hits: int,
    texts: int = SAMPLED,
    ranges: int = SAMPLED,
    zones: dict[str, int] | None = None,
    is_zoned: bool = True,
) -> Page[int]:
    """The page found for what a sample and zones say."""
    catalog = Catalog(100_000, total=TOTAL, is_zoned=is_zoned)
    sample = Sample(TOTAL, SAMPLED, hits, texts, ranges)
    found = dict.fromkeys(ORDERS, ALL_ZONES) | (zones or {})
    with (
        patch.object(choosing, "take_sample", lambda *_: sample),
        patch.object(choosing, "find_zones", lambda *_: found),
        db.engine.connect() as connection,
    ):
        return find_page(Search(connection, catalog, wanted, make_sort(sort), PageRequest()))


def test_what_is_common_is_walked_to(taken: list[str]) -> None:
    page = choose(ProductFilter(q="walnut"), "name", hits=700, texts=700)
    assert taken == ["walk"]
    assert (page.total, page.total_is_estimate) == (700_000, True)


def test_what_is_rare_is_looked_up_by_its_trigrams(taken: list[str]) -> None:
    choose(ProductFilter(q="zebra"), "name", hits=0, texts=0)
    assert taken[0] == "blocks"


def test_a_text_that_is_in_few_zones_is_looked_up_there_in_any_order(taken: list[str]) -> None:
    choose(ProductFilter(q="zq"), "name", hits=0, texts=0, zones={"sku": 0b101})
    assert taken[0] == "zones sku"
    taken.clear()
    choose(ProductFilter(q="zq"), "name", hits=0, texts=0, zones={"id": 1})
    assert taken[0] == "zones id"


def test_a_few_products_in_a_range_are_looked_up_whatever_text_they_have(taken: list[str]) -> None:
    wanted = ProductFilter(q="walnut", active=False)
    choose(wanted, "name", hits=0, texts=700, ranges=1)
    assert taken[0] == "ranges"


def test_in_the_order_of_ids_more_is_walked_past(taken: list[str]) -> None:
    for sort, first in (("id", "walk"), ("price", "blocks")):
        taken.clear()
        choose(ProductFilter(q="walnut"), sort, hits=6, texts=6)
        assert taken[0] == first


def test_where_every_other_way_has_given_up_one_walks(taken: list[str]) -> None:
    choose(ProductFilter(q="zebra", active=False), "name", hits=0, texts=0, ranges=1)
    assert taken[-1] == "walk"
    assert {"blocks", "ranges", "zones id", "zones name"} < set(taken)


def test_a_text_of_a_letter_is_read_for_where_there_are_no_zones(taken: list[str]) -> None:
    choose(ProductFilter(q="q"), "name", hits=0, texts=0, is_zoned=False)
    assert taken[0] == "blocks"
