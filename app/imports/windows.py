"""Staged rows taken a window at a time, while more of them are still coming."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from app.imports import staging
from app.products.upsert import Field

WINDOW_ROWS = 20_000


class NewestRows:
    """The rows that were staged since the last ones were taken."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._staged = self._last = self._taken = self._pages = 0

    def add(self, rows: int, last_line: int) -> bool:
        """`rows` more are staged, the last from `last_line`; whether they fill a window now."""
        self._staged += rows
        self._last = last_line
        return self._staged >= WINDOW_ROWS

    def select(self, fields: Sequence[Field]) -> sa.Subquery:
        """They, to be read before more are added."""
        return staging.select_newest(fields, self._taken, self._pages)

    def take(self) -> None:
        """They are done with."""
        self._staged, self._taken = 0, self._last
        self._pages = staging.count_pages(self._connection, staging.staging)
