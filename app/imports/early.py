"""Writing rows while the rest of the file is still being read.

Good for a file in which no SKU comes twice: which row of a SKU counts is
known only at the file's end. So the first repetition takes back what was
written early, and the file is read once more and written when all is known.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from app.imports import staging
from app.products.turns import try_turn
from app.products.upsert import Field, Mode, Written, prefer_index, write_rows

WINDOW_ROWS = 20_000


class EarlyWriter:
    """Holds the turn and a savepoint; the staging table is emptied after each window."""

    def __init__(self, connection: sa.Connection, mode: Mode) -> None:
        self._connection = connection
        self._mode = mode
        self._savepoint = connection.begin_nested()
        self._staged = 0
        self.written = Written()
        prefer_index(connection)

    def take(self, rows: int, fields: Sequence[Field]) -> None:
        """`rows` more are staged; write them all when they fill a window."""
        self._staged += rows
        if self._staged >= WINDOW_ROWS:
            self._write(fields)

    def write_rest(self, fields: Sequence[Field]) -> Written:
        """Write what is left, and keep it all; what became of the rows."""
        self._write(fields)
        self._savepoint.commit()
        return self.written

    def take_back(self) -> None:
        """Undo what was written and what was staged."""
        self._savepoint.rollback()

    def _write(self, fields: Sequence[Field]) -> None:
        rows = staging.select_rows(fields)
        self.written += write_rows(self._connection, rows, fields, self._mode)
        staging.empty_staging(self._connection)
        self._staged = 0


def begin_early(connection: sa.Connection, mode: Mode) -> EarlyWriter | None:
    """An early writer, unless somebody else is writing just now."""
    return EarlyWriter(connection, mode) if try_turn(connection) else None
