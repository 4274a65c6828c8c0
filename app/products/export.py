"""The catalog as CSV, as large as it is, in constant memory.

PostgreSQL writes the CSV itself, in one statement and so of one moment; a pipe of a
fixed size lies between it and the client. A client that goes away closes the pipe,
which ends the statement.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from typing import IO

import sqlalchemy as sa
from psycopg2 import DatabaseError

from app.products.filters import ProductFilter
from app.products.models import products
from app.products.stand_ins import KEY_PATTERN, MISSING_WORDS, NULL_WORDS, PATTERN

HEADER = b"sku,name,description,price,active\r\n"
CHUNK_BYTES = 64 * 1024
# Also in their full-width forms, which a spreadsheet may read as the plain ones; and what the
# importer takes for no value.
MARKED = rf"^'*([=+\-@＝＋－＠]|{PATTERN}$)"
MARKED_NAME = rf"^'*([=+\-@＝＋－＠]|{KEY_PATTERN}$)"
# An apostrophe before digits, which the importer takes off a SKU.
MARKED_SKU = rf"{MARKED_NAME}|^'+[0-9]+$"
WORDS = sorted(word for word in NULL_WORDS | MISSING_WORDS if word >= "A")


def guard(column: sa.ColumnElement[str], pattern: str = MARKED) -> sa.ColumnElement[str]:
    """The text, with an apostrophe before it where a spreadsheet would run it as a formula, or
    where the importer would take it for something else (`imports/texts.py`).

    Right: `=1` → `'=1`, `'=1` → `''=1`. Values are trimmed, so that none begins with a tab.
    """
    # All that a formula begins with, and the apostrophe, rank before the letters, the full-width
    # forms before theirs: most texts need no look at a pattern.
    may_begin = sa.or_(column < "A", column.between("＋", "Ａ"), column.in_(WORDS))
    is_formula = sa.and_(may_begin, column.regexp_match(pattern))
    return sa.case((is_formula, sa.literal("'").concat(column)), else_=column)


def export_statement(wanted: ProductFilter) -> sa.Select[tuple[str, str, str, str, str]]:
    """The export's rows, in the order in which the table holds them."""
    return sa.select(
        guard(products.c.sku, MARKED_SKU).label("sku"),
        guard(products.c.name, MARKED_NAME).label("name"),
        guard(products.c.description).label("description"),
        products.c.price.label("price"),
        sa.case((products.c.active, "true"), else_="false").label("active"),
    ).where(*wanted.conditions())


def stream_csv(engine: sa.Engine, wanted: ProductFilter) -> Iterator[bytes]:
    """The export, piece by piece. A failure half-way raises: the answer then breaks off, and
    cannot pass for a whole one.
    """
    yield HEADER
    reading, writing = os.pipe()
    copy = _Copy(engine, wanted, writing)
    copy.start()
    try:
        while block := os.read(reading, CHUNK_BYTES):
            yield block
    finally:
        os.close(reading)
        copy.join()
    if copy.failure is not None:
        raise copy.failure


class _Copy(threading.Thread):
    """Has PostgreSQL write into a pipe; `failure` tells why it ended early."""

    def __init__(self, engine: sa.Engine, wanted: ProductFilter, writing: int) -> None:
        super().__init__(name="export", daemon=True)
        self.failure: Exception | None = None
        self._engine = engine
        self._writing = writing
        self._statement = export_statement(wanted)

    def run(self) -> None:
        # Closed before the connection is, so that the reader need not wait for that.
        with self._engine.connect() as connection:
            try:
                with open(self._writing, "wb", buffering=CHUNK_BYTES) as pipe:  # noqa: PTH123
                    self._copy(connection, pipe)
            except (OSError, DatabaseError) as error:
                self.failure = error
                # It is in the middle of a COPY, which only its end ends.
                connection.invalidate()

    def _copy(self, connection: sa.Connection, pipe: IO[bytes]) -> None:
        compiled = self._statement.compile(
            dialect=connection.dialect, compile_kwargs={"render_postcompile": True}
        )
        cursor = connection.connection.cursor()
        cursor.execute("SET LOCAL synchronize_seqscans = off")
        statement = cursor.mogrify(str(compiled), compiled.params).decode()
        cursor.copy_expert(f"COPY ({statement}) TO STDOUT (FORMAT csv)", pipe, CHUNK_BYTES)
