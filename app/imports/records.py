"""Lines of text → records of cells, each with the line it begins on.

Pure. A damaged record costs its own line and no other: whatever csv.reader
swallowed after a quotation mark that was never meant to open is read again.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass

CELL_MAX = 131_072
RECORD_MAX = 4 * 1024 * 1024


@dataclass(frozen=True)
class Dialect:
    """How cells are told apart."""

    delimiter: str = ","
    quote: str = '"'
    escape: str | None = None


@dataclass(frozen=True)
class Damage:
    """A line that cannot be split into cells."""

    line: int
    code: str
    detail: str
    text: str


@dataclass(frozen=True)
class Batch:
    """Some records in their order: the line each begins on, and its cells. Blank ones are left out.

    Beside them the damaged ones from between.
    """

    lines: Sequence[int]
    rows: Sequence[list[str]]
    damages: Sequence[Damage]


def split_records(
    lines: list[str], first: int, dialect: Dialect, *, at_end: bool, width: int | None = None
) -> tuple[Batch, int]:
    """Split lines, the first of which is line `first`, into records; how many lines were used.

    A record that goes on beyond `lines` is left for the next time, unless
    these are the last (`at_end`). With `width`, a record over several lines
    that has another number of cells, or has swallowed whole records, is damaged.
    """
    starts: list[int] = []
    rows: list[list[str]] = []
    damages: list[Damage] = []
    begin = 0  # index of the line on which the record under way begins
    while begin < len(lines):
        base = begin
        reader = csv.reader(
            lines[begin:] if begin else lines,
            delimiter=dialect.delimiter,
            quotechar=dialect.quote,
            escapechar=dialect.escape,
            strict=True,
        )
        try:
            for cells in reader:
                end = base + reader.line_num
                if (
                    width
                    and end - begin > 1
                    and _swallowed(lines[begin:end], cells, width, dialect)
                ):
                    damages.append(_open_quote(first + begin, lines[begin]))
                    begin += 1
                    break
                starts.append(first + begin)
                rows.append(cells)
                begin = end
        except csv.Error as error:
            if not at_end and _may_go_on(error, lines[begin:]):
                break
            lines_read = base + reader.line_num - begin
            damages.append(_explain(error, first + begin, lines[begin], lines_read))
            begin += 1
    if not all(map(any, rows)):
        full = [index for index, cells in enumerate(rows) if any(cells)]
        starts, rows = [starts[index] for index in full], [rows[index] for index in full]
    return Batch(starts, rows, damages), begin


def _swallowed(lines: list[str], cells: list[str], width: int, dialect: Dialect) -> bool:
    """Whether a record over several lines is more likely several records and a stray quote.

    It is when its cells are not as many as the header's, or when every line
    inside it, of three or more, has exactly the delimiters of a record.
    """
    if len(cells) < width or any(cells[width:]):
        return True
    inner = lines[1:-1]
    return (
        width > 2
        and len(inner) > 2
        and all(line.count(dialect.delimiter) == width - 1 for line in inner)
    )


def _may_go_on(error: csv.Error, rest: list[str]) -> bool:
    return "unexpected end" in str(error) and sum(map(len, rest)) <= RECORD_MAX


def _explain(error: csv.Error, line: int, text: str, lines_read: int) -> Damage:
    message = str(error)
    if lines_read > 1 or "unexpected end" in message or "field larger" in message:
        return _open_quote(line, text)
    detail = "A quotation mark stands inside a cell. Double it, or take it away."
    return Damage(line, "quote_stray", detail, text.rstrip("\r\n"))


def _open_quote(line: int, text: str) -> Damage:
    detail = "A quotation mark opens on this line and does not close where a cell could end."
    return Damage(line, "quote_open", detail, text.rstrip("\r\n"))
