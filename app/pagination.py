"""Keyset pages: the cursor is the last row's sort key, never an OFFSET.

A page asked for by its cursor costs the same wherever it lies, and rows that
come or go meanwhile neither repeat nor vanish from the pages that follow.
Columns sorted by must not be NULL and must end in a unique one; for a column
that may be NULL, sort by an expression that gives NULL a value of its own.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Generic, TypeVar
from uuid import UUID

import marshmallow as ma
import sqlalchemy as sa

from app.errors import DomainError

Item = TypeVar("Item")
Other = TypeVar("Other")
MAX_LIMIT = 500
MAX_BIGINT = 2**63 - 1
is_decimal = re.compile(r"-?\d{1,20}(\.\d{1,10})?", re.ASCII).fullmatch


class InvalidCursor(DomainError):
    """The cursor was not made by this list."""

    def __init__(self) -> None:
        super().__init__(
            "This cursor does not belong to this list. Start again without one.",
            pointer="/cursor",
        )


@dataclass(frozen=True)
class Sort:
    """An order: the columns compared, all in one direction, the last one unique."""

    name: str
    columns: tuple[sa.ColumnElement[Any], ...]
    descending: bool = False


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
class Page(Generic[Item]):
    """A list's answer, in the shape every list of the API has."""

    items: Sequence[Item]
    next_cursor: str | None
    prev_cursor: str | None
    total: int
    total_is_estimate: bool = False

    def with_items(self, items: Sequence[Other]) -> Page[Other]:
        """The same page of a list of something else."""
        return Page(items, self.next_cursor, self.prev_cursor, self.total, self.total_is_estimate)


@dataclass(frozen=True)
class Position:
    """The sort keys that a cursor names, and which way it leads from them."""

    backward: bool
    values: tuple[Any, ...]


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
    rows = _fetch_rows(connection, parts, sort, position, request.limit + 1)
    if not rows and position is not None and position.backward:
        # What came before is gone: then the list begins here.
        position = None
        rows = _fetch_rows(connection, parts, sort, position, request.limit + 1)
    backward = position is not None and position.backward
    more = len(rows) > request.limit
    rows = rows[: request.limit]
    if backward:
        rows.reverse()
    keys = [tuple(row[-len(sort.columns) :]) for row in rows]
    has_next = bool(rows) and (more or backward)
    has_previous = bool(rows) and (more if backward else position is not None)
    return Page(
        items=[make(row) for row in rows],
        next_cursor=encode_cursor(sort, keys[-1]) if has_next else None,
        prev_cursor=encode_cursor(sort, keys[0], backward=True) if has_previous else None,
        total=0,
    )


def _fetch_rows(
    connection: sa.Connection,
    parts: Sequence[Part],
    sort: Sort,
    position: Position | None,
    limit: int,
) -> list[sa.Row[Any]]:
    """The rows after (or before) `position`, the sort key appended to each."""
    backward = position is not None and position.backward
    falling = sort.descending != backward
    found = [_limit_part(part, position, falling, limit) for part in parts]
    if len(found) == 1:
        return list(connection.execute(found[0]))
    merged = sa.union_all(*(statement.subquery().select() for statement in found)).subquery()
    keys = list(merged.c)[-len(sort.columns) :]
    return list(connection.execute(merged.select().order_by(*_order(keys, falling)).limit(limit)))


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


def encode_cursor(sort: Sort, values: tuple[Any, ...], *, backward: bool = False) -> str:
    """The cursor behind (or before) the row with these sort keys."""
    texts = [value if isinstance(value, int | str) else _as_text(value) for value in values]
    payload = json.dumps([sort.name, "p" if backward else "n", *texts], ensure_ascii=False)
    return base64.urlsafe_b64encode(payload.encode()).decode().rstrip("=")


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def decode_cursor(cursor: str, sort: Sort) -> Position:
    """The position a cursor names; raises InvalidCursor whatever else it is."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        payload = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        name, direction, *texts = payload
        if name != sort.name or direction not in ("n", "p"):
            raise InvalidCursor
        values = tuple(
            _parse_key(text, column) for text, column in zip(texts, sort.columns, strict=True)
        )
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise InvalidCursor from error
    return Position(backward=direction == "p", values=values)


def _parse_key(text: object, column: sa.ColumnElement[Any]) -> object:
    """A sort key of the column's own type; raises ValueError for any other."""
    kind = column.type.python_type
    if kind is int:
        if not isinstance(text, int) or isinstance(text, bool) or abs(text) > MAX_BIGINT:
            raise ValueError(text)
        return text
    if not isinstance(text, str) or "\x00" in text:
        raise ValueError(text)
    text.encode()  # lone surrogates cannot be sent to the database
    if isinstance(column.type, sa.Uuid):
        return str(UUID(text))
    if kind is datetime:
        return _parse_moment(text)
    if kind is Decimal:
        if not is_decimal(text):
            raise ValueError(text)
        return Decimal(text)
    return text


def _parse_moment(text: str) -> datetime:
    """In UTC, as cursors have it: PostgreSQL does not know every other offset."""
    moment = datetime.fromisoformat(text)
    if moment.utcoffset() != timedelta(0):
        raise ValueError(text)
    return moment


class PageArguments(ma.Schema):
    """The query parameters of every list."""

    limit = ma.fields.Integer(
        strict=False, load_default=50, validate=ma.validate.Range(min=1, max=MAX_LIMIT)
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
