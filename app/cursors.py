"""Cursors: where a page ends, written down as the sort key of its last row."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.errors import DomainError

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
class Position:
    """The sort keys that a cursor names, and which way it leads from them."""

    backward: bool
    values: tuple[Any, ...]


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
