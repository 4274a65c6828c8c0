"""Lines of text → records of cells, each with the line it begins on.

Pure. A damaged record costs its own line and no other: whatever csv.reader
swallowed after a quotation mark that was never meant to open is read again.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _csv import Reader

CELL_MAX = csv.field_size_limit()
RECORD_MAX = 4 * 1024 * 1024
# So many lines that look like records are no longer taken for the text of one cell.
RECORDS_LIKELY = 3
RECORDS_LIKELY_OF_TWO = 20
# So many columns are not met by chance on each line of a text.
MANY_COLUMNS = 5
# So many lines are looked at at a time after a damage; at most, for a record that goes on; and
# where one after the other came to no end.
WARY_LINES = 200
PATIENT_LINES = 3200
IMPATIENT_LINES = 25


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


def split_damaged(
    lines: list[str], first: int, dialect: Dialect, *, at_end: bool, width: int
) -> tuple[Batch, int]:
    """The same, from a damage on and only until nothing is left of it.

    What then comes may as well be read by somebody else: `split_records` would
    not know any more either that there was a damage.
    """
    splitter = _Splitter(lines, first, dialect, width)
    while splitter.begin < len(lines):
        if not splitter.read_on(at_end=at_end) or splitter.is_calm:
            break
    return splitter.batch(), splitter.begin


class _Splitter:
    """The records of some lines as they are found."""

    def __init__(self, lines: list[str], first: int, dialect: Dialect, width: int | None) -> None:
        self.begin = 0  # index of the line on which the record under way begins
        self.is_calm = False  # no damage was met in the last window
        self._lines = lines
        self._first = first
        self._dialect = dialect
        self._width = width
        self._starts: list[int] = []
        self._rows: list[list[str]] = []
        self._damages: list[Damage] = []
        self._window = len(lines)  # how many lines are looked at at a time
        self._patience = PATIENT_LINES

    def read_on(self, *, at_end: bool) -> bool:
        """Read up to the next damage, or the end; False if the rest is left for the next time.

        After a damage only some lines are looked at, and more where a record goes on,
        but fewer after each that came to no end: in a file full of stray quotes each
        would look through all the lines below.
        """
        end = self.begin + self._window
        base = self.begin
        reader = open_reader(self._lines[base:end], self._dialect)
        try:
            has_swallowed = self._take_records(reader, base)
            self._window = WARY_LINES if has_swallowed else len(self._lines)
            self.is_calm = not has_swallowed
            self._patience = PATIENT_LINES
        except csv.Error as error:
            if _goes_on(error):
                are_more = end < len(self._lines)
                if are_more and self._window < self._patience:
                    self._window *= 2
                    return True
                if not (are_more or at_end or self._is_too_much()):
                    return False
                self._patience = max(self._patience // 2, IMPATIENT_LINES)
            lines_read = base + reader.line_num - self.begin
            line = self._lines[self.begin]
            self._give_up(explain(error, self._first + self.begin, line, lines_read))
            self._window = min(WARY_LINES, self._patience)
        return True

    def _take_records(self, reader: Reader, base: int) -> bool:
        """Take records as long as they are sound; whether one had swallowed others."""
        begin, starts, rows = self.begin, self._starts, self._rows
        try:
            for cells in reader:
                end = base + reader.line_num
                if self._width and end - begin > 1:
                    spanned = self._lines[begin:end]
                    verdict = judge_span(spanned, cells, self._width, self._dialect)
                    if verdict is Verdict.SEVERAL:
                        self.begin = begin
                        self._give_up(_open_quote(self._first + begin, spanned[0]))
                        begin = self.begin
                        return True
                    if verdict is Verdict.DOUBTFUL:
                        self._damages.append(_doubtful(self._first + begin, spanned))
                        begin = end
                        continue
                starts.append(self._first + begin)
                rows.append(cells)
                begin = end
        finally:
            self.begin = begin
        return False

    def _is_too_much(self) -> bool:
        return sum(map(len, self._lines[self.begin :])) > RECORD_MAX

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
        lines if dialect.escape is None else (unescape(line, dialect) for line in lines),
        delimiter=dialect.delimiter,
        quotechar=dialect.quote,
        skipinitialspace=dialect.spaced,
        strict=True,
    )


def unescape(line: str, dialect: Dialect) -> str:
    """The line with its escaped quotes doubled, as csv.reader knows them.

    Its own `escapechar` would take every backslash away: right is `C:\\new` for
    `C:\\new`, and `5" pipe` for `"5\\" pipe"`.
    """
    escape, quote = dialect.escape or "", dialect.quote
    if escape not in line:
        return line
    escaped = re.compile(rf"{re.escape(escape)}([{re.escape(escape + quote)}])")
    return escaped.sub(lambda found: quote * 2 if found[1] == quote else escape, line)


def read_first(lines: list[str], dialect: Dialect) -> tuple[list[str], int]:
    """The first record's cells and how many lines it takes; raises csv.Error, StopIteration."""
    reader = open_reader(lines, dialect)
    return next(reader), reader.line_num


class Verdict(Enum):
    """What a record over several lines is."""

    ONE = auto()
    DOUBTFUL = auto()
    SEVERAL = auto()


def judge_span(lines: Sequence[str], cells: list[str], width: int, dialect: Dialect) -> Verdict:
    """Whether a record over several lines is one, or several and a stray quote.

    Its lines tell: those of a cell's text seldom have exactly the delimiters
    of a record. With too few or too many cells it is suspicious at once, and
    most of its lines are enough. With as many as the header a text that holds
    a little table looks the same; only of many columns it is certain then.
    """
    counts = [line.count(dialect.delimiter) for line in lines if not line.isspace()]
    first, further = counts[0], counts[1:]
    like_records = further.count(width - 1)
    if len(cells) < width or any(cells[width:]):
        is_several = first == width - 1 and 2 * like_records > len(further)
        return Verdict.SEVERAL if is_several else Verdict.ONE
    enough = RECORDS_LIKELY if width > 2 else RECORDS_LIKELY_OF_TWO
    if width < 2 or len(further) < enough or like_records < 0.9 * len(further):
        return Verdict.ONE
    return Verdict.SEVERAL if width >= MANY_COLUMNS else Verdict.DOUBTFUL


def _doubtful(line: int, lines: Sequence[str]) -> Damage:
    detail = (
        f"This row goes on over {len(lines)} lines that look like rows of their own. A quotation "
        "mark is missing or too many, or the text has to be written on one line."
    )
    return Damage(line, "quote_doubtful", detail, "".join(lines).rstrip("\r\n"))


def _goes_on(error: csv.Error) -> bool:
    """Whether the lines ended inside a record."""
    return "unexpected end" in str(error)


def explain(error: csv.Error, line: int, text: str, lines_read: int) -> Damage:
    """The damage of the record that begins on `line`, after which `lines_read` were read of it."""
    message = str(error)
    if lines_read > 1 or _goes_on(error):
        return _open_quote(line, text)
    if "field larger" in message:
        detail = f"A cell has more than {CELL_MAX:,} characters."
        return Damage(line, "cell_too_long", detail, text.rstrip("\r\n"))
    detail = "A quotation mark stands inside a cell. Double it, or take it away."
    return Damage(line, "quote_stray", detail, text.rstrip("\r\n"))


def _open_quote(line: int, text: str) -> Damage:
    detail = "A quotation mark opens on this line and does not close where a cell could end."
    return Damage(line, "quote_open", detail, text.rstrip("\r\n"))
