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
# So many lines are looked at at a time after a damage.
WARY_LINES = 200


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
    splitter = _Splitter(lines, first, dialect, width)
    while splitter.begin < len(lines):
        if not splitter.read_on(at_end=at_end):
            break
    return splitter.batch(), splitter.begin


class _Splitter:
    """The records of some lines as they are found."""

    def __init__(self, lines: list[str], first: int, dialect: Dialect, width: int | None) -> None:
        self.begin = 0  # index of the line on which the record under way begins
        self._lines = lines
        self._first = first
        self._dialect = dialect
        self._width = width
        self._starts: list[int] = []
        self._rows: list[list[str]] = []
        self._damages: list[Damage] = []
        self._is_wary = False

    def read_on(self, *, at_end: bool) -> bool:
        """Read up to the next damage, or the end; False if the rest is left for the next time.

        After a damage only some lines are looked at at a time: in a file full of
        stray quotes each would look through all the lines below it.
        """
        end = self.begin + WARY_LINES if self._is_wary else len(self._lines)
        base = self.begin
        reader = open_reader(self._lines[base:end], self._dialect)
        try:
            self._is_wary = self._take_records(reader, base)
        except csv.Error as error:
            is_cut = end >= len(self._lines) and not at_end
            if is_cut and _may_go_on(error, self._lines, self.begin):
                return False
            lines_read = base + reader.line_num - self.begin
            line = self._lines[self.begin]
            self._give_up(explain(error, self._first + self.begin, line, lines_read))
            self._is_wary = True
        return True

    def _take_records(self, reader: Reader, base: int) -> bool:
        """Take records as long as they are sound; whether one had swallowed others."""
        begin, starts, rows = self.begin, self._starts, self._rows
        try:
            for cells in reader:
                end = base + reader.line_num
                if self._width and end - begin > 1:
                    spanned = self._lines[begin:end]
                    if _swallowed(spanned, cells, self._width, self._dialect):
                        self.begin = begin
                        self._give_up(_open_quote(self._first + begin, spanned[0]))
                        begin = self.begin
                        return True
                starts.append(self._first + begin)
                rows.append(cells)
                begin = end
        finally:
            self.begin = begin
        return False

    def _give_up(self, damage: Damage) -> None:
        self._damages.append(damage)
        self.begin += 1

    def batch(self) -> Batch:
        """What was found, without the blank records."""
        starts, rows = self._starts, self._rows
        if not all(map(any, rows)):
            full = [index for index, cells in enumerate(rows) if any(cells)]
            starts, rows = [starts[index] for index in full], [rows[index] for index in full]
        return Batch(starts, rows, self._damages)


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


def _may_go_on(error: csv.Error, lines: list[str], begin: int) -> bool:
    return "unexpected end" in str(error) and sum(map(len, lines[begin:])) <= RECORD_MAX


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
