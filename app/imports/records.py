"""Lines of text → records of cells, each with the line it begins on.

Pure. A damaged record costs its own line and no other: whatever csv.reader
swallowed after a quotation mark that was never meant to open is read again.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _csv import Reader

CELL_MAX = csv.field_size_limit()
RECORD_MAX = 4 * 1024 * 1024
# So many lines that look like records are no longer taken for the text of one cell.
RECORDS_LIKELY = 3
RECORDS_LIKELY_OF_TWO = 20


@dataclass(frozen=True)
class Dialect:
    """How cells are told apart. `spaced`: a quote opens after a space, as in `a, "b"`."""

    delimiter: str = ","
    quote: str = '"'
    escape: str | None = None
    spaced: bool = False


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
    that has swallowed others is damaged.
    """
    starts: list[int] = []
    rows: list[list[str]] = []
    damages: list[Damage] = []
    begin = base = 0  # indices of the lines on which the record under way and the reader begin
    reader = open_reader(lines, dialect)
    while begin < len(lines):
        lines_read = 2
        try:
            for cells in reader:
                end = base + reader.line_num
                several = lines[begin:end] if width and end - begin > 1 else ()
                if several and _swallowed(several, cells, width or 0, dialect):
                    damages.append(_open_quote(first + begin, lines[begin]))
                    break
                starts.append(first + begin)
                rows.append(cells)
                begin = end
            else:
                break
        except csv.Error as error:
            if not at_end and _may_go_on(error, lines[begin:]):
                break
            lines_read = base + reader.line_num - begin
            damages.append(explain(error, first + begin, lines[begin], lines_read))
        begin += 1
        if lines_read > 1:  # what was swallowed is read again; else the reader just goes on
            base, reader = begin, open_reader(lines[begin:], dialect)
    if not all(map(any, rows)):
        full = [index for index, cells in enumerate(rows) if any(cells)]
        starts, rows = [starts[index] for index in full], [rows[index] for index in full]
    return Batch(starts, rows, damages), begin


def open_reader(lines: list[str], dialect: Dialect) -> Reader:
    """A csv.reader of the dialect, strict: it raises csv.Error for a damaged record."""
    return csv.reader(
        lines,
        delimiter=dialect.delimiter,
        quotechar=dialect.quote,
        escapechar=dialect.escape,
        skipinitialspace=dialect.spaced,
        strict=True,
    )


def read_first(lines: list[str], dialect: Dialect) -> tuple[list[str], int]:
    """The first record's cells and how many lines it takes; raises csv.Error, StopIteration."""
    reader = open_reader(lines, dialect)
    return next(reader), reader.line_num


def _swallowed(lines: Sequence[str], cells: list[str], width: int, dialect: Dialect) -> bool:
    """Whether a record over several lines is more likely several records and a stray quote.

    Its lines tell: those of a cell's text seldom have exactly the delimiters
    of a record. With too few or too many cells it is suspicious at once, and
    most of its lines are enough. Of two columns a single comma tells little.
    """
    counts = [line.count(dialect.delimiter) for line in lines if not line.isspace()]
    first, further = counts[0], counts[1:]
    like_records = further.count(width - 1)
    if len(cells) < width or any(cells[width:]):
        return first == width - 1 and 2 * like_records > len(further)
    enough = RECORDS_LIKELY if width > 2 else RECORDS_LIKELY_OF_TWO
    return width > 1 and len(further) >= enough and like_records >= 0.9 * len(further)


def _may_go_on(error: csv.Error, rest: list[str]) -> bool:
    return "unexpected end" in str(error) and sum(map(len, rest)) <= RECORD_MAX


def explain(error: csv.Error, line: int, text: str, lines_read: int) -> Damage:
    """The damage of the record that begins on `line`, after which `lines_read` were read of it."""
    message = str(error)
    if lines_read > 1 or "unexpected end" in message:
        return _open_quote(line, text)
    if "field larger" in message:
        detail = f"A cell has more than {CELL_MAX:,} characters."
        return Damage(line, "cell_too_long", detail, text.rstrip("\r\n"))
    detail = "A quotation mark stands inside a cell. Double it, or take it away."
    return Damage(line, "quote_stray", detail, text.rstrip("\r\n"))


def _open_quote(line: int, text: str) -> Damage:
    detail = "A quotation mark opens on this line and does not close where a cell could end."
    return Damage(line, "quote_open", detail, text.rstrip("\r\n"))
