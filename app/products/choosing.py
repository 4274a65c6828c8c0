"""Which way to a page is the quickest, told by a sample and by zones.

Costs are milliseconds as they were measured with five million products on two cores,
half of the index in no buffer. What is too rare for the sample is taken to be half a row of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from math import sqrt

from app.pagination import Page
from app.products.lookup import MOST_BLOCKS, look_up_blocks, look_up_ranges, look_up_zones
from app.products.orders import ORDERS
from app.products.search import Search
from app.products.totals import Sample, take_sample
from app.products.walking import walk
from app.products.zones import ZONE_ROWS, find_zones

# A row passed: in the order of ids they lie one after the other, in any other each on a page of
# its own.
ROW, ROW_ELSEWHERE = 0.00022, 0.0033
BLOCK, BLOCKS_AT_LEAST = 0.03, 5.0
TEXT_READ = 0.00012
RANGE_ROW, RANGES_AT_LEAST = 0.004, 20.0
# A walk only saves time that somebody would notice: what is looked up is counted as well.
WALK_AT_LEAST = 20.0
has_trigram = re.compile(r"[^\W_]{3}").search


@dataclass(frozen=True)
class Way:
    """What it costs, and what does it; that gives None if there was too much to do."""

    cost: float
    find: Callable[[], Page[int] | None]


def find_page(search: Search) -> Page[int]:
    """The ids of a page, and how many there are."""
    sample = take_sample(search.connection, search.wanted, search.catalog)
    zones = {}
    if search.wanted.needles and search.catalog.is_zoned:
        zones = find_zones(search.connection, search.wanted.needles)
    ways = [*_ways_to_look_up(search, sample, zones), _way_to_walk(search, sample, zones)]
    for way in sorted(ways, key=lambda way: way.cost):
        page = way.find()
        if page is not None:
            return page
    raise AssertionError("a walk always ends with a page")


def _row_cost(order_name: str) -> float:
    return ROW if order_name == "id" else ROW_ELSEWHERE


def _fewest(sample: Sample) -> float:
    """How many hits there may be in the sample's stead if there are few: to walk for hits that are
    not there takes longest of all. None seen: as if texts and ranges had nothing to do
    with each other.
    """
    unseen = min(0.5, sample.texts * sample.ranges / max(sample.products, 1))
    return max(sample.hits - sqrt(sample.hits), unseen, 0.01)


def _way_to_walk(search: Search, sample: Sample, zones: Mapping[str, int]) -> Way:
    name = search.order_name
    among = sample.products if search.wanted.bounds_of(name) == (None, None) else sample.ranges
    passed = (search.request.limit + 1) * among / _fewest(sample)
    if name in zones:
        passed = min(passed, zones[name].bit_count() * ZONE_ROWS)
    cost = max(WALK_AT_LEAST, passed * _row_cost(name))

    def find() -> Page[int]:
        total = sample.estimate(sample.hits)
        return replace(walk(search, zones.get(name)), total=total, total_is_estimate=True)

    return Way(cost, find)


def _ways_to_look_up(search: Search, sample: Sample, zones: Mapping[str, int]) -> Iterator[Way]:
    for name, found in zones.items():
        cost = found.bit_count() * ZONE_ROWS * _row_cost(name)
        yield Way(cost, partial(look_up_zones, search, ORDERS[name], found))
    needles = search.wanted.needles
    if any(map(has_trigram, needles)):
        blocks = sample.estimate(max(sample.texts, 0.5))
        if blocks <= MOST_BLOCKS:
            find = partial(look_up_blocks, search, by_trigrams=True)
            yield Way(BLOCKS_AT_LEAST + BLOCK * blocks, find)
    elif needles and not zones:
        cost = TEXT_READ * search.catalog.total
        yield Way(cost, partial(look_up_blocks, search, by_trigrams=False))
    if search.wanted.has_ranges:
        cost = RANGES_AT_LEAST + RANGE_ROW * sample.estimate(max(sample.ranges, 0.5))
        yield Way(cost, partial(look_up_ranges, search))
