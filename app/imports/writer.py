"""Writing an import's rows: as soon as they are read, or when all of them are known.

A row is written with its window while the rest of the file is still being read, unless
its SKU may have come before: which row of a SKU counts is known at the file's end. What
was written of a SKU that came again is taken back then, and its last row written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import sqlalchemy as sa

from app.changes import change_sets
from app.changes.change_sets import NewChangeSet
from app.changes.closing import close_change_set
from app.changes.journal import begin_revision
from app.changes.planning import prefer_any, prefer_hash, prefer_index
from app.changes.status import Counts, Kind, Status
from app.changes.turns import try_turn
from app.imports import staging
from app.imports.order import is_next
from app.imports.storage import Import
from app.imports.windows import NewestRows
from app.products.queries import is_catalog_empty
from app.products.takeback import take_back_rows
from app.products.upsert import Field, Rule, Written, write_rows


class CatalogWriter:
    """Holds the turn, a savepoint and the import's change set; `written` is the sum so far."""

    def __init__(self, connection: sa.Connection, job: Import) -> None:
        self._connection = connection
        self._job = job
        self._savepoint = connection.begin_nested()
        new = NewChangeSet(
            kind=Kind.IMPORT, actor=job.actor, subject=job.filename, import_id=job.id
        )
        self.change_set_id = change_sets.create_change_set(connection, new, Status.RUNNING)
        self._revision = begin_revision(connection, job.actor, self.change_set_id)
        self._newest = NewestRows(connection)
        # Then every row is new, and looking each up would be a fifth of the work.
        self._was_empty = is_catalog_empty(connection)
        self.written = Written()
        prefer_index(connection)

    def take(self, rows: int, last_line: int, fields: Sequence[Field]) -> None:
        """`rows` more are staged, the last from `last_line`; write all when they fill a window."""
        if self._newest.add(rows, last_line):
            self.write_rest(fields)

    def write_rest(self, fields: Sequence[Field]) -> None:
        """Write what is staged and not written yet."""
        self._write(self._newest.select(fields), fields)
        self._newest.take()

    def write_table(
        self, table: sa.Table, fields: Sequence[Field], tell: Callable[[], None]
    ) -> None:
        """Write all rows of a table, telling after each window."""
        for rows in staging.select_windows(self._connection, table, fields):
            self._write(rows, fields)
            tell()

    def set_replaced_aside(self) -> int:
        """Take back what was written of rows that later ones replace; how many are replaced."""
        prefer_any(self._connection)
        aside = staging.set_replaced_aside(self._connection, self._job.id)
        if aside.staged:
            prefer_hash(self._connection)
            self.written -= take_back_rows(
                self._connection, self._revision, staging.select_replaced(), self._job.mode
            )
        prefer_index(self._connection)
        return aside.staged + aside.held

    def finish(self, undo_days: int) -> None:
        """Complete the change set; nothing may be waited for after it."""
        self._savepoint.commit()
        counts = Counts(created=self.written.created, updated=self.written.updated)
        close_change_set(
            self._connection, self.change_set_id, self._revision, counts, undo_days=undo_days
        )

    def take_back(self) -> None:
        """Undo all that was written, and staged, since the writer was made."""
        self._savepoint.rollback()

    def _write(self, rows: sa.Subquery, fields: Sequence[Field]) -> None:
        rule = Rule(fields, self._job.mode)
        self.written += write_rows(
            self._connection, self._revision, rows, rule, all_new=self._was_empty
        )


def try_writing(connection: sa.Connection, job: Import) -> CatalogWriter | None:
    """A writer, unless another import is to write first, or somebody writes many products now."""
    may_write = is_next(connection, job) and try_turn(connection)
    return CatalogWriter(connection, job) if may_write else None
