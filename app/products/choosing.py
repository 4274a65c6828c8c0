"""Which way to a page is the quickest, told by a sample and by zones.

Costs are milliseconds as they were measured with five million products on two cores,
half of the index in no buffer. What is too rare for the sample is taken to be half a row of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import sqrt
from unicodedata import normalize

from app.pagination import Page
from app.products.errors import SearchOverloaded
from app.products.lookup import MOST_BLOCKS, look_up_blocks, look_up_ranges, look_up_zones
from app.products.orders import ORDERS
from app.products.search import Search
from app.products.totals import Sample, take_sample
from app.products.walking import read_all, walk, walk_whole
from app.products.zones import ZONE_ROWS, find_zones

# A row passed: in the order of ids they lie one after the other, in any other each on a page of
# its own.
ROW, ROW_ELSEWHERE = 0.00022, 0.0033
BLOCK, BLOCKS_AT_LEAST = 0.03, 5.0
TEXT_READ = 0.00012
RANGE_ROW, RANGES_AT_LEAST = 0.004, 20.0
# A walk only saves time that somebody would notice: what is looked up is counted as well.
WALK_AT_LEAST = 20.0
# Beyond, another way is likely quicker, and in the end to read and sort all of it.
ATTEMPT_MILLISECONDS = 500
MOST_LATE = 2
LAST_MILLISECONDS = 5_000
has_trigram = re.compile(r"[^\W_]{3}").search


@dataclass(frozen=True)
class Way:
    """What it costs, and what does it; that gives None if there was too much to do."""

    cost: float
    find: Callable[[], Page[int] | None]


def find_whole(search: Search) -> Page[int]:
    """The ids of a page of all products, and how many there are. Raises SearchOverloaded."""
    page = _take([Way(0, partial(walk_whole, search))], search) or _read_all(search)
    return replace(page, total=search.catalog.total)


def find_page(search: Search) -> Page[int]:
    """The ids of a page of what is wanted, and how many there are. Raises SearchOverloaded."""
    sample = take_sample(search.connection, search.wanted, search.catalog)
    zones = {}
    if search.wanted.needles and search.catalog.is_zoned:
        zones = find_zones(search.connection, search.wanted.needles)
    ways = [*_ways_to_look_up(search, sample, zones), _way_to_walk(search, sample, zones)]
    page = _take(sorted(ways, key=lambda way: way.cost), search)
    return page or _estimated(search, _read_all(search), sample)


def _take(ways: Sequence[Way], search: Search) -> Page[int] | None:
    """What the first way finds that does not take too long; None if several did."""
    late = 0
    for way in ways:
        page = None
        with search.attempt(ATTEMPT_MILLISECONDS) as attempt:
            page = way.find()
        if page is not None:
            return page
        late += attempt.is_broken_off
        if late == MOST_LATE:
            break
    return None


def _read_all(search: Search) -> Page[int]:
    """The last way. Where it takes too long as well, the server is overloaded: it is not for
    every search to make that worse.
    """
    with search.attempt(LAST_MILLISECONDS):
        return read_all(search)
    raise SearchOverloaded


def _estimated(search: Search, page: Page[int], sample: Sample) -> Page[int]:
    """The page with the total that the sample tells; there are at least those that are seen, and
    no others if nothing comes before or after.
    """
    beyond = sum(cursor is not None for cursor in (page.next_cursor, page.prev_cursor))
    seen = len(page.items) + beyond
    if not beyond and search.request.cursor is None:
        return replace(page, total=seen)
    return replace(page, total=max(seen, sample.estimate(sample.hits)), total_is_estimate=True)


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
    return Way(cost, lambda: _estimated(search, walk(search, zones.get(name)), sample))


def _ways_to_look_up(search: Search, sample: Sample, zones: Mapping[str, int]) -> Iterator[Way]:
    for name, found in zones.items():
        cost = found.bit_count() * ZONE_ROWS * _row_cost(name)
        yield Way(cost, partial(look_up_zones, search, ORDERS[name], found))
    needles = search.wanted.needles
    if any(has_trigram(normalize("NFKC", needle)) for needle in needles):
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
