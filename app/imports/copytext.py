"""Checked rows and rejects in the text format of PostgreSQL's COPY.

Pure; written by columns, because a call for each value would cost more than
all the checks. The format: PostgreSQL manual, COPY, "Text Format".
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from app.imports.checked import CheckedBatch
from app.imports.errors import Reject

NULL = "\\N"
SEPARATOR = "\x00"


def format_rows(batch: CheckedBatch) -> bytes:
    """A batch's good rows: the line each begins on, then its columns in the mapping's order."""
    if not batch.lines:
        return b""
    columns = [map(str, batch.lines), *(escape_column(column) for column in batch.columns.values())]
    return "\n".join(map("\t".join, zip(*columns, strict=True))).encode()


def find_last_line(rows: bytes) -> int:
    """The line that the last of some good rows begins on."""
    return int(rows.rstrip(b"\n").rpartition(b"\n")[2].partition(b"\t")[0])


def format_rejects(import_id: str, rejects: Sequence[Reject]) -> bytes:
    """Rejected rows as `import_rejects` keeps them, with their cells as they stood in the file."""
    return "\n".join(
        "\t".join(
            (
                import_id,
                str(reject.line),
                NULL if reject.column is None else escape(reject.column),
                escape(reject.value),
                reject.code,
                escape(reject.detail),
                escape(json.dumps(reject.cells)),
            )
        )
        for reject in rejects
    ).encode()


def escape_column(column: Sequence[str | None]) -> list[str]:
    """A column's values, escaped all at once, joined by NUL, which no checked value holds."""
    if None not in column:
        return escape(SEPARATOR.join(column)).split(SEPARATOR)  # type: ignore[arg-type]
    texts = escape(SEPARATOR.join([value or "" for value in column])).split(SEPARATOR)
    return [NULL if value is None else text for value, text in zip(column, texts, strict=True)]


def escape(text: str) -> str:
    """What COPY would take for its own, escaped: a line feed becomes a backslash and an n."""
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
