"""A file's checked rows in temporary tables of the import's own transaction.

The tables are gone with the transaction, however that ends. Rows go in by COPY,
those that may repeat a SKU apart from the others, and come out in windows of
physical pages (`ctid` ranges), which need no index. Rejected and replaced rows are
kept in lasting tables beside.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.imports.models import import_duplicates, import_rejects
from app.products.upsert import Field
from app.texts import UNICODE

PAGE_BYTES = 8192
WINDOW_PAGES = 256
COPY_BYTES = 256 * 1024

# COPY adds up to 64 pages ahead of the rows that will fill them (bufmgr.c,
# MAX_BUFFERS_TO_EXTEND_BY): rows of a window may lie so far below the end it began at.
PAGES_AHEAD = 128


def _make_table(name: str, *columns: sa.Column[Any]) -> sa.Table:
    return sa.Table(
        name,
        metadata,
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("sku", sa.Text(collation=UNICODE), nullable=False),
        *columns,
        prefixes=["TEMPORARY"],
        postgresql_on_commit="DROP",
    )


def _value_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("name", sa.Text(collation=UNICODE)),
        sa.Column("description", sa.Text(collation=UNICODE)),
        sa.Column("price", sa.Numeric(12, 2)),
        sa.Column("active", sa.Boolean),
    ]


metadata = sa.MetaData()
# No two rows of this one have the same SKU; one of the others may have it once more.
staging = _make_table("import_staging", *_value_columns())
repeats = _make_table("import_repeats", *_value_columns())
replaced = _make_table(
    "import_replaced",
    sa.Column("replaced_by_line", sa.Integer, nullable=False),
    sa.Column("was_staged", sa.Boolean, nullable=False),
)


def create_staging(connection: sa.Connection) -> None:
    """The empty tables, for the length of the transaction."""
    metadata.create_all(connection, checkfirst=False)


def copy_rows(
    connection: sa.Connection, table: sa.Table, fields: Sequence[Field], rows: bytes
) -> None:
    """Append good rows (see `copytext.format_rows`)."""
    names = ", ".join(["line", *(field.value for field in fields)])
    _copy(connection, f"{table.name} ({names})", rows)


def copy_rejects(connection: sa.Connection, rejects: bytes) -> None:
    """Keep rejected rows (see `copytext.format_rejects`)."""
    _copy(connection, "import_rejects", rejects)


def _copy(connection: sa.Connection, table: str, content: bytes) -> None:
    if content:
        cursor = connection.connection.cursor()
        cursor.copy_expert(f"COPY {table} FROM STDIN", io.BytesIO(content), COPY_BYTES)


def forget_findings(connection: sa.Connection, import_id: str) -> None:
    """Take back what an earlier look at the same file found, and empty the temporary tables."""
    connection.execute(sa.text("TRUNCATE import_staging, import_repeats, import_replaced"))
    for table in (import_rejects, import_duplicates):
        connection.execute(sa.delete(table).where(table.c.import_id == import_id))


@dataclass(frozen=True)
class Aside:
    """How many rows are replaced by later ones: staged rows, and such as were held back."""

    staged: int
    held: int


def set_replaced_aside(connection: sa.Connection, import_id: str) -> Aside:
    """Leave of the rows held back the last one of each SKU; note those that it replaces.

    Equality is that of `lower()` in the database, the function of the unique
    index: Python's own would disagree about a few letters.
    """
    key = sa.func.lower(repeats.c.sku)
    keyed = (
        sa.select(key.label("key"), sa.func.max(repeats.c.line).label("last"))
        .group_by(key)
        .cte("keyed")
    )
    found = sa.union_all(
        *(
            sa.select(table.c.line, table.c.sku, keyed.c.last, sa.literal(table is staging))
            .join_from(table, keyed, sa.func.lower(table.c.sku) == keyed.c.key)
            .where(table.c.line < keyed.c.last)
            for table in (staging, repeats)
        )
    )
    connection.execute(sa.insert(replaced).from_select(list(replaced.c), found))
    connection.execute(sa.delete(repeats).where(repeats.c.line == replaced.c.line))
    own_id = sa.literal(import_id, import_duplicates.c.import_id.type)
    noted = sa.select(own_id, replaced.c.line, replaced.c.sku, replaced.c.replaced_by_line)
    connection.execute(sa.insert(import_duplicates).from_select(list(import_duplicates.c), noted))
    counts = sa.select(
        sa.func.count().filter(replaced.c.was_staged),
        sa.func.count().filter(~replaced.c.was_staged),
    )
    return Aside(*connection.execute(counts).one())


def put_together(connection: sa.Connection) -> None:
    """Have the last row of each SKU in one table, and no other."""
    is_replaced = sa.and_(staging.c.line == replaced.c.line, replaced.c.was_staged)
    connection.execute(sa.delete(staging).where(is_replaced))
    connection.execute(sa.insert(staging).from_select(list(repeats.c), sa.select(*repeats.c)))


def select_replaced() -> sa.Subquery:
    """The staged rows that a later one replaces."""
    return sa.select(replaced.c.sku).where(replaced.c.was_staged).subquery("rows")


def select_replaced_rows(fields: Sequence[Field]) -> sa.Subquery:
    """The same, with their values."""
    is_replaced = sa.and_(staging.c.line == replaced.c.line, replaced.c.was_staged)
    return _select(staging, fields).join(replaced, is_replaced).subquery("rows")


def find_replaced(connection: sa.Connection, lines: Sequence[int]) -> frozenset[int]:
    """Those of `lines` that a later one replaces."""
    found = sa.select(replaced.c.line).where(replaced.c.line.in_(lines))
    return frozenset(connection.execute(found).scalars())


def select_held(fields: Sequence[Field]) -> sa.Subquery:
    """The rows held back."""
    return _select(repeats, fields).subquery("rows")


def count_pages(connection: sa.Connection, table: sa.Table) -> int:
    """The table's size."""
    size = sa.func.pg_relation_size(sa.literal(f"pg_temp.{table.name}"))
    return int(connection.execute(sa.select(size)).scalar_one()) // PAGE_BYTES


def select_newest(fields: Sequence[Field], after_line: int, pages_before: int) -> sa.Subquery:
    """The rows staged behind a line, when the table had so many pages."""
    start = _page_start(max(0, pages_before - PAGES_AHEAD))
    newest = _select(staging, fields).where(ctid >= start, staging.c.line > after_line)
    return newest.subquery("rows")


def select_windows(
    connection: sa.Connection, table: sa.Table, fields: Sequence[Field]
) -> Iterator[sa.Subquery]:
    """The rows of a table in pieces of about 20,000, each read without the others.

    Only when all are there: COPY adds pages ahead of the rows that fill them later.
    """
    for first in range(0, count_pages(connection, table), WINDOW_PAGES):
        start, end = _page_start(first), _page_start(first + WINDOW_PAGES)
        yield _select(table, fields).where(ctid >= start, ctid < end).subquery("rows")


def _select(table: sa.Table, fields: Sequence[Field]) -> sa.Select[Any]:
    return sa.select(table.c.line, *(table.c[field] for field in fields))


def _page_start(page: int) -> sa.ColumnElement[object]:
    return sa.literal_column(f"'({page},0)'::tid")


ctid: sa.ColumnElement[object] = sa.literal_column("ctid")
