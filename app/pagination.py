"""Keyset pages: the cursor is the last row's sort key, never an OFFSET.

A page asked for by its cursor costs the same wherever it lies, and rows that
come or go meanwhile neither repeat nor vanish from the pages that follow.
A page ends before its limit where its rows hold too many bytes (page_bytes.py).
Columns sorted by must not be NULL and must end in a unique one; for a column
that may be NULL, sort by an expression that gives NULL a value of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

import marshmallow as ma
import sqlalchemy as sa

from app.cursors import (
    MAX_BIGINT,
    InvalidCursor,
    Position,
    Sort,
    decode_cursor,
    encode_cursor,
)
from app.page_bytes import bound_rows, may_be_large

__all__ = [
    "MAX_BIGINT",
    "InvalidCursor",
    "Keys",
    "Page",
    "PageArguments",
    "PageRequest",
    "Part",
    "Sort",
    "decode_cursor",
    "encode_cursor",
    "fetch_merged_page",
    "fetch_page",
    "page_schema",
]
Item = TypeVar("Item")
Other = TypeVar("Other")
MAX_LIMIT = 500
SHORT_PAGES = (
    "The most items of a page. A page has fewer where their texts exceed 4 MB together; "
    "`next_cursor` tells whether there are more, not the number of items."
)


@dataclass(frozen=True)
class Part:
    """Some rows of a list, and how the list's sort is written for them.

    `statement` brings its filters and no order; the columns stand for those of the `Sort`.
    `coarse` is a column that rises with the sort, and what finds its value for a cursor's keys:
    where an index on it is to be followed.
    """

    statement: sa.Select[Any]
    columns: tuple[sa.ColumnElement[Any], ...]
    coarse: tuple[sa.ColumnElement[Any], Callable[[Sequence[Any]], object]] | None = None


@dataclass(frozen=True)
class PageRequest:
    """What a client asks for: at most `limit` rows from `cursor` on."""

    limit: int = 50
    cursor: str | None = None


@dataclass(frozen=True)
class Keys:
    """The sort key of each of a page's items, and whether the page was read backwards."""

    sort: Sort
    values: Sequence[tuple[Any, ...]]
    backward: bool


@dataclass(frozen=True)
class Page(Generic[Item]):
    """A list's answer, in the shape every list of the API has."""

    items: Sequence[Item]
    next_cursor: str | None
    prev_cursor: str | None
    total: int
    total_is_estimate: bool = False
    keys: Keys | None = field(default=None, compare=False)

    def with_items(self, items: Sequence[Other]) -> Page[Other]:
        """The same page of a list of something else; each item stands for the one in its place."""
        return Page(
            items,
            self.next_cursor,
            self.prev_cursor,
            self.total,
            self.total_is_estimate,
            self.keys,
        )

    def shorten(self, count: int) -> Page[Item]:
        """The `count` items that come first in reading direction; the others are on the next page.

        For a list that finds out late how large its items are. `count` is 1 or more, and the
        page one of `fetch_page` or `fetch_merged_page`.
        """
        if self.keys is None or count >= len(self.items):
            return self
        sort, values, backward = self.keys.sort, self.keys.values, self.keys.backward
        kept = slice(-count, None) if backward else slice(count)
        short = replace(self, items=self.items[kept], keys=Keys(sort, values[kept], backward))
        if backward:
            return replace(short, prev_cursor=encode_cursor(sort, values[-count], backward=True))
        return replace(short, next_cursor=encode_cursor(sort, values[count - 1]))


def fetch_page(
    connection: sa.Connection,
    statement: sa.Select[Any],
    sort: Sort,
    request: PageRequest,
    *,
    total: int,
    total_is_estimate: bool = False,
    make: Callable[[sa.Row[Any]], Item],
) -> Page[Item]:
    """One page of `statement`, each row turned into an item by `make`.

    `statement` brings its filters and no order. Raises InvalidCursor.
    """
    parts = [Part(statement, sort.columns)]
    page = fetch_merged_page(connection, parts, sort, request, make=make)
    return replace(page, total=total, total_is_estimate=total_is_estimate)


def fetch_merged_page(
    connection: sa.Connection,
    parts: Sequence[Part],
    sort: Sort,
    request: PageRequest,
    *,
    make: Callable[[sa.Row[Any]], Item],
) -> Page[Item]:
    """One page, without its total, of a list whose rows come from several places.

    No row may be in two of the parts. Raises InvalidCursor.
    """
    position = decode_cursor(request.cursor, sort) if request.cursor else None
    rows, more = _fetch_rows(connection, parts, sort, position, request.limit)
    if not rows and position is not None and position.backward:
        # What came before is gone: then the list begins here.
        position = None
        rows, more = _fetch_rows(connection, parts, sort, position, request.limit)
    backward = position is not None and position.backward
    if backward:
        rows.reverse()
    # Last in each row, but for the number of rows.
    keys = [tuple(row[-1 - len(sort.columns) : -1]) for row in rows]
    has_next = bool(rows) and (more or backward)
    has_previous = bool(rows) and (more if backward else position is not None)
    return Page(
        items=[make(row) for row in rows],
        next_cursor=encode_cursor(sort, keys[-1]) if has_next else None,
        prev_cursor=encode_cursor(sort, keys[0], backward=True) if has_previous else None,
        total=0,
        keys=Keys(sort, keys, backward),
    )


def _fetch_rows(
    connection: sa.Connection,
    parts: Sequence[Part],
    sort: Sort,
    position: Position | None,
    limit: int,
) -> tuple[list[sa.Row[Any]], bool]:
    """The rows after (or before) `position`, and whether there are more.

    The sort key is appended to each row, and after it one column that says nothing of the row.
    """
    falling = sort.descending != (position is not None and position.backward)
    # One more, to see whether there is one.
    found = [_limit_part(part, position, falling, limit + 1) for part in parts]
    labels = [f"sort_{index}" for index in range(len(sort.columns))]
    statement = found[0]
    if len(found) > 1:
        merged = sa.union_all(*(part.subquery().select() for part in found)).subquery()
        keys = [merged.c[label] for label in labels]
        statement = merged.select().order_by(*_order(keys, falling)).limit(limit + 1)
    if not may_be_large(statement.selected_columns.values()):
        rows = list(connection.execute(statement.add_columns(sa.null().label("rows_found"))))
        return rows[:limit], len(rows) > limit
    rows = list(connection.execute(bound_rows(statement, labels, falling=falling)))
    kept = rows[:limit]
    return kept, bool(rows) and rows[0].rows_found > len(kept)


def _limit_part(part: Part, position: Position | None, falling: bool, limit: int) -> sa.Select[Any]:
    statement = part.statement
    if position is not None:
        key = sa.tuple_(*part.columns)
        bound = sa.tuple_(
            *(
                sa.literal(value, column.type)
                for value, column in zip(position.values, part.columns, strict=True)
            )
        )
        statement = statement.where(key < bound if falling else key > bound)
    order = list(part.columns)
    if part.coarse is not None:
        column, find = part.coarse
        order.insert(0, column)
        if position is not None:
            begin = find(position.values)
            statement = statement.where(column <= begin if falling else column >= begin)
    keys = [column.label(f"sort_{index}") for index, column in enumerate(part.columns)]
    return statement.add_columns(*keys).order_by(*_order(order, falling)).limit(limit)


def _order(
    columns: Sequence[sa.ColumnElement[Any]], falling: bool
) -> list[sa.UnaryExpression[Any]]:
    return [column.desc() if falling else column.asc() for column in columns]


class PageArguments(ma.Schema):
    """The query parameters of every list."""

    limit = ma.fields.Integer(
        strict=False,
        load_default=50,
        validate=ma.validate.Range(min=1, max=MAX_LIMIT),
        metadata={"description": SHORT_PAGES},
    )
    cursor = ma.fields.String(load_default=None, validate=ma.validate.Length(max=4096))


def page_schema(item: type[ma.Schema]) -> type[ma.Schema]:
    """The schema of a page of `item`, named after it in the OpenAPI document."""
    return ma.Schema.from_dict(
        {
            "items": ma.fields.List(ma.fields.Nested(item), required=True),
            "next_cursor": ma.fields.String(allow_none=True, required=True),
            "prev_cursor": ma.fields.String(allow_none=True, required=True),
            "total": ma.fields.Integer(required=True),
            "total_is_estimate": ma.fields.Boolean(required=True),
        },
        name=f"{item.__name__.removesuffix('Schema')}Page",
    )
