"""How many bytes the rows of a page hold, measured in the database before any of them is sent.

A limit on rows alone bounds nothing: 500 products may hold 500 × 50,000 characters, and a
process that answers 32 readers at once would hold all of it 32 times. PostgreSQL knows the
length of a stored text without reading the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

# Bytes of text, as PostgreSQL stores it; a page ends with the row that exceeds them. In Python,
# and as JSON, a page takes several times that.
PAGE_BYTES = 4_000_000


class Bytes(sa.BigInteger):
    """The type of a column that says how many bytes its row will hold beside what is selected."""


def bound_rows(
    statement: sa.Select[Any],
    order: Sequence[str],
    *,
    falling: bool = False,
    most_bytes: int | sa.BindParameter[int] | None = None,
) -> sa.Select[Any]:
    """The first rows of `statement` up to the one that exceeds `most_bytes` (PAGE_BYTES if None).

    `order` names columns that the statement selects. The first row always comes. Appends the
    column `rows_found`: how many rows there are without the bound, in each row.
    """
    found = statement.subquery("found")
    sizes = [size for column in found.c if (size := _measure(column)) is not None]
    size = sum(sizes[1:], sizes[0]) if sizes else sa.literal(0)
    before = sa.func.sum(size).over(order_by=_order(found, order, falling), rows=(None, -1))
    measured = sa.select(
        *found.c,
        sa.func.coalesce(before, 0).label("bytes_before"),
        sa.func.count().over().label("rows_found"),
    ).subquery("measured")
    *columns, bytes_before, rows_found = measured.c
    most = PAGE_BYTES if most_bytes is None else most_bytes
    return (
        sa.select(*columns, rows_found)
        .where(bytes_before <= most)
        .order_by(*_order(measured, order, falling))
    )


def may_be_large(columns: Sequence[sa.ColumnElement[Any]]) -> bool:
    """Whether rows of these columns are worth measuring."""
    return any(_measure(column) is not None for column in columns)


def _measure(column: sa.ColumnElement[Any]) -> sa.ColumnElement[int] | None:
    """The column's size in bytes; None for one of a small type."""
    match column.type:
        case Bytes():
            return sa.func.coalesce(column, 0)
        case sa.String():
            return sa.func.coalesce(sa.func.octet_length(column), 0)
        case JSONB() | ARRAY():
            return sa.func.coalesce(sa.func.octet_length(column.cast(sa.Text)), 0)
        case _:
            return None


def _order(rows: sa.Subquery, names: Sequence[str], falling: bool) -> list[Any]:
    return [rows.c[name].desc() if falling else rows.c[name].asc() for name in names]
