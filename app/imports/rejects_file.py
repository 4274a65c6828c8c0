"""The rejected rows as a CSV file that can be corrected and imported again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from app.imports.findings import stream_rejects
from app.imports.storage import Import

NOT_THE_HEADERS = "Correct the cells of this row, then empty this one."


def write_rejects(engine: sa.Engine, job: Import) -> Iterator[bytes]:
    """The header of the file and its rejected rows, `_line` and `_error` at their end.

    A row that has too few or too many cells, or could not be split, carries a
    cell more than the header, so that it is rejected again as long as nobody
    has corrected it, and not taken for a row with empty cells.
    """
    header = [column.get("original", column["header"]) for column in job.columns]
    yield _csv_line([*header, "_line", "_error"])
    with engine.connect() as connection:
        for reject in stream_rejects(connection, job.id):
            cells, width = reject.cells, len(header)
            fitted = [*cells[:width], *[""] * (width - len(cells)), reject.line, reject.detail]
            mark = [] if len(cells) == width else [*cells[width:], NOT_THE_HEADERS]
            yield _csv_line([*fitted, *mark])


def _csv_line(cells: list[Any]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().encode("utf-8", "surrogateescape")
