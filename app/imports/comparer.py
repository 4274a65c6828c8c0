"""Comparing an import's rows with the catalog for a preview, as soon as they are read.

As with `writer.py`, a row whose SKU may have come before is held back, and what was
counted of a row that a later one replaces is taken back at the end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from app.changes.planning import prefer_any, prefer_index
from app.imports import staging
from app.imports.preview import CHANGES, take_sample_changes
from app.imports.storage import Import
from app.imports.windows import NewestRows
from app.products.upsert import Field, Rule, Written, compare_rows


class CatalogComparer:
    """What an import would do: `compared` counts it so far, `samples` shows the first changes."""

    def __init__(self, connection: sa.Connection, job: Import) -> None:
        self._connection = connection
        self._job = job
        self._newest = NewestRows(connection)
        self.compared = Written()
        self.samples: list[Mapping[str, Any]] = []
        prefer_index(connection)

    def take(self, rows: int, last_line: int, fields: Sequence[Field]) -> None:
        """`rows` more are staged, the last from `last_line`; compare when they fill a window."""
        if self._newest.add(rows, last_line):
            self.compare_rest(fields)

    def compare_rest(self, fields: Sequence[Field]) -> None:
        """Compare what is staged and not compared yet."""
        self._compare(self._newest.select(fields), fields)
        self._newest.take()

    def compare_held(self, fields: Sequence[Field]) -> int:
        """Compare the rows held back instead of those they replace; how many are replaced."""
        prefer_any(self._connection)
        aside = staging.set_replaced_aside(self._connection, self._job.id)
        rule = Rule(fields, self._job.mode)
        if aside.staged:
            rows = staging.select_replaced_rows(fields)
            self.compared -= compare_rows(self._connection, rows, rule)
            lines = staging.find_replaced(self._connection, [s["line"] for s in self.samples])
            self.samples = [sample for sample in self.samples if sample["line"] not in lines]
        self._compare(staging.select_held(fields), fields)
        self.samples.sort(key=lambda sample: int(sample["line"]))
        return aside.staged + aside.held

    def _compare(self, rows: sa.Subquery, fields: Sequence[Field]) -> None:
        compared = compare_rows(self._connection, rows, Rule(fields, self._job.mode))
        self.compared += compared
        if len(self.samples) < CHANGES and compared.created + compared.updated:
            found = take_sample_changes(self._connection, rows, fields, self._job.mode)
            self.samples += found[: CHANGES - len(self.samples)]
