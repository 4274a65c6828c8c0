"""Pages bounded by bytes: whatever the sizes, every row comes once, forwards and backwards."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from app import page_bytes
from app.pagination import Page, PageRequest, Part, Sort, fetch_merged_page, fetch_page

ROWS = 20
numbers = sa.func.generate_series(1, ROWS).table_valued("n").render_derived()
number = sa.type_coerce(numbers.c.n, sa.Integer)
# Every fifth row is as large as a page may be, and the others a tenth of that.
size = sa.case((number % 5 == 0, 1000), else_=100)
TEXT = sa.func.repeat("é", size // 2, type_=sa.Text)
LISTS = {
    "text": TEXT,
    "JSON": sa.func.to_jsonb(TEXT, type_=JSONB),
    "bytes that come later": sa.type_coerce(size, page_bytes.Bytes),
}


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_bytes, "PAGE_BYTES", 1000)


def read(connection: sa.Connection, large: Any, request: PageRequest) -> Page[int]:
    statement = sa.select(number.label("number"), large.label("large")).select_from(numbers)
    sort = Sort("n", (number,))
    return fetch_page(connection, statement, sort, request, total=ROWS, make=lambda row: row[0])


@pytest.mark.parametrize("large", LISTS)
@pytest.mark.parametrize("limit", [1, 7, 500])
def test_pages_that_are_cut_short_show_every_row_once_both_ways(
    connection: sa.Connection, large: str, limit: int
) -> None:
    pages: list[Page[int]] = []
    cursor = None
    while not pages or cursor:
        pages.append(read(connection, LISTS[large], PageRequest(limit, cursor)))
        cursor = pages[-1].next_cursor
    assert [n for page in pages for n in page.items] == list(range(1, ROWS + 1))
    assert all(page.items for page in pages)
    back = [pages[-1]]
    while back[-1].prev_cursor:
        back.append(read(connection, LISTS[large], PageRequest(limit, back[-1].prev_cursor)))
    assert [n for page in reversed(back) for n in page.items] == list(range(1, ROWS + 1))


def test_a_page_ends_with_the_row_that_exceeds_its_bytes(connection: sa.Connection) -> None:
    request = PageRequest(500)
    first = read(connection, TEXT, request)
    # Four rows of 100 bytes, one of 1000; the next would be the seventh to begin beyond 1000.
    assert list(first.items) == [1, 2, 3, 4, 5]
    assert first.total == ROWS


def test_one_row_that_is_larger_than_a_page_comes_alone(connection: sa.Connection) -> None:
    huge = sa.func.repeat("x", 5000, type_=sa.Text)
    first = read(connection, huge, PageRequest(500))
    second = read(connection, huge, PageRequest(500, first.next_cursor))
    assert (list(first.items), list(second.items)) == ([1], [2])


def test_rows_of_several_places_are_bounded_together(connection: sa.Connection) -> None:
    both: Any = sa.select(number.label("number"), TEXT.label("large")).select_from(numbers)
    parts = [Part(both.where(number % 2 == rest), (number,)) for rest in (0, 1)]
    seen: list[int] = []
    cursor = None
    while not seen or cursor:
        page = fetch_merged_page(
            connection, parts, Sort("n", (number,)), PageRequest(9, cursor), make=lambda r: r[0]
        )
        seen += page.items
        cursor = page.next_cursor
    assert seen == list(range(1, ROWS + 1))


def test_a_shortened_page_leads_on_to_what_it_leaves_out(connection: sa.Connection) -> None:
    small = sa.literal(0)
    whole = read(connection, small, PageRequest(8))
    short = whole.shorten(3)
    after = read(connection, small, PageRequest(8, short.next_cursor))
    assert (list(short.items), after.items[0]) == ([1, 2, 3], 4)
    back = read(connection, small, PageRequest(4, after.prev_cursor)).shorten(2)
    before = read(connection, small, PageRequest(4, back.prev_cursor))
    # Read backwards from 4: the nearest two are kept.
    assert (list(back.items), list(before.items)) == ([2, 3], [1])
    assert all(one < other for one, other in pairwise(after.items))
