"""What was found in a file besides its good rows: the rejected and the replaced ones, listed.

Functions take the connection and never commit. They are written by `staging.py`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.imports.errors import Reject
from app.imports.models import import_duplicates, import_rejects
from app.imports.storage import get_import
from app.pagination import Page, PageRequest, Sort, fetch_page

# A row may hold a megabyte of cells.
ROWS_AT_ONCE = 50


def _make_reject(row: Any) -> Reject:
    _, line, column, value, code, detail, cells, *_ = row
    return Reject(line, column, value, code, detail, json.loads(cells))


def list_rejects(connection: sa.Connection, import_id: str, request: PageRequest) -> Page[Reject]:
    """The rejected rows by line. Raises ImportNotFound, InvalidCursor."""
    rejected = get_import(connection, import_id).counts.rejected
    return fetch_page(
        connection,
        sa.select(import_rejects).where(import_rejects.c.import_id == import_id),
        Sort("line", (import_rejects.c.line,)),
        request,
        total=rejected,
        make=_make_reject,
    )


def stream_rejects(connection: sa.Connection, import_id: str) -> Iterator[Reject]:
    """All rejected rows by line, of one moment, some at a time however many there are."""
    statement = (
        sa.select(import_rejects)
        .where(import_rejects.c.import_id == import_id)
        .order_by(import_rejects.c.line)
    )
    # It holds nothing that others wait for, and its reader may be slow.
    connection.execute(sa.text("SET LOCAL idle_in_transaction_session_timeout = 0"))
    options = {"stream_results": True, "yield_per": ROWS_AT_ONCE}
    for row in connection.execute(statement, execution_options=options):
        yield _make_reject(row)


@dataclass(frozen=True)
class RejectKind:
    """How many rows were rejected for one reason, and the first of them."""

    code: str
    count: int
    first_line: int


def count_reject_kinds(connection: sa.Connection, import_id: str) -> list[RejectKind]:
    """The rejected rows by reason, the most frequent first. Raises ImportNotFound."""
    get_import(connection, import_id)
    count = sa.func.count().label("count")
    statement = (
        sa.select(import_rejects.c.code, count, sa.func.min(import_rejects.c.line))
        .where(import_rejects.c.import_id == import_id)
        .group_by(import_rejects.c.code)
        .order_by(count.desc(), import_rejects.c.code)
    )
    return [RejectKind(*row) for row in connection.execute(statement)]


@dataclass(frozen=True)
class Duplicate:
    """A row whose SKU comes again further down; the last one counts."""

    line: int
    sku: str
    replaced_by_line: int


def list_duplicates(
    connection: sa.Connection, import_id: str, request: PageRequest
) -> Page[Duplicate]:
    """The replaced rows by line. Raises ImportNotFound, InvalidCursor."""
    duplicates = get_import(connection, import_id).counts.duplicates
    return fetch_page(
        connection,
        sa.select(import_duplicates).where(import_duplicates.c.import_id == import_id),
        Sort("line", (import_duplicates.c.line,)),
        request,
        total=duplicates,
        make=lambda row: Duplicate(row.line, row.sku, row.replaced_by_line),
    )
