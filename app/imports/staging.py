"""A file's checked rows in a temporary table of the import's own transaction.

The table is gone with the transaction, however that ends. Rows go in by COPY
in batches. Once all are there they come out in windows of physical pages
(`ctid` ranges), which need no index; where they are written early (`early.py`)
the table holds one window at a time. Rejected and replaced rows are kept in lasting tables beside.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from app.imports.models import import_duplicates, import_rejects
from app.products.models import UNICODE
from app.products.upsert import Field

PAGE_BYTES = 8192
WINDOW_PAGES = 256
COPY_BYTES = 256 * 1024

staging = sa.Table(
    "import_staging",
    sa.MetaData(),
    sa.Column("line", sa.Integer, nullable=False),
    sa.Column("sku", sa.Text(collation=UNICODE), nullable=False),
    sa.Column("name", sa.Text(collation=UNICODE)),
    sa.Column("description", sa.Text(collation=UNICODE)),
    sa.Column("price", sa.Numeric(12, 2)),
    sa.Column("active", sa.Boolean),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
)


def create_staging(connection: sa.Connection) -> None:
    """The empty table, for the length of the transaction."""
    staging.create(connection, checkfirst=False)


def copy_rows(connection: sa.Connection, fields: Sequence[Field], rows: bytes) -> None:
    """Append good rows (see `copytext.format_rows`)."""
    names = ", ".join(["line", *(field.value for field in fields)])
    _copy(connection, f"import_staging ({names})", rows)


def copy_rejects(connection: sa.Connection, rejects: bytes) -> None:
    """Keep rejected rows (see `copytext.format_rejects`)."""
    _copy(connection, "import_rejects", rejects)


def _copy(connection: sa.Connection, table: str, content: bytes) -> None:
    if content:
        cursor = connection.connection.cursor()
        cursor.copy_expert(f"COPY {table} FROM STDIN", io.BytesIO(content), COPY_BYTES)


def empty_staging(connection: sa.Connection) -> None:
    """Forget the staged rows."""
    connection.execute(sa.text("TRUNCATE import_staging"))


def forget_findings(connection: sa.Connection, import_id: str) -> None:
    """Take back what an earlier look at the same file found, and empty the staging table."""
    empty_staging(connection)
    for table in (import_rejects, import_duplicates):
        connection.execute(sa.delete(table).where(table.c.import_id == import_id))


def set_duplicates_aside(connection: sa.Connection, import_id: str) -> int:
    """Leave the last row of each SKU; keep a note of the others. How many those were.

    Equality is that of `lower()` in the database, the function of the unique
    index: Python's own would disagree about a few letters.
    """
    key = sa.func.lower(staging.c.sku)
    repeated = (
        sa.select(key.label("key"), sa.func.max(staging.c.line).label("last"))
        .group_by(key)
        .having(sa.func.count() > 1)
        .cte("repeated")
    )
    removed = (
        sa.delete(staging)
        .where(key == repeated.c.key, staging.c.line != repeated.c.last)
        .returning(staging.c.line, staging.c.sku, repeated.c.last)
        .cte("removed")
    )
    kept = sa.insert(import_duplicates).from_select(
        ["import_id", "line", "sku", "replaced_by_line"],
        sa.select(sa.literal(import_id, import_duplicates.c.import_id.type), *removed.c),
    )
    return connection.execute(kept).rowcount


def select_rows(fields: Sequence[Field]) -> sa.Subquery:
    """All staged rows, in the columns of `fields` and their line."""
    return _select(fields).subquery("rows")


def select_windows(connection: sa.Connection, fields: Sequence[Field]) -> Iterator[sa.Subquery]:
    """The staged rows in pieces of about 20,000, each read without the others.

    Only when all are staged: COPY adds pages ahead of the rows that fill them later.
    """
    size: int = connection.execute(
        sa.select(sa.func.pg_relation_size(sa.literal("pg_temp.import_staging")))
    ).scalar_one()
    ctid: sa.ColumnElement[object] = sa.literal_column("ctid")
    for first in range(0, size // PAGE_BYTES, WINDOW_PAGES):
        end = first + WINDOW_PAGES
        yield (
            _select(fields)
            .where(ctid >= _page_start(first), ctid < _page_start(end))
            .subquery("rows")
        )


def _select(fields: Sequence[Field]) -> sa.Select[Any]:
    return sa.select(staging.c.line, *(staging.c[field] for field in fields))


def _page_start(page: int) -> sa.ColumnElement[object]:
    return sa.literal_column(f"'({page},0)'::tid")
