"""Lines of text → records of cells, each with the line it begins on.

Pure. A damaged record costs its own line and no other: whatever csv.reader
swallowed after a quotation mark that was never meant to open is read again.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.imports.requoting import Dialect, rewrite
from app.imports.spans import Verdict, has_stray_quote, is_rest_of_row, judge_span, measure_text

if TYPE_CHECKING:
    from _csv import Reader

RECORD_MAX = 4 * 1024 * 1024
# Characters. csv.reader's own limit is 131,072: the lines behind it, still inside the quotes, were
# read as rows.
CELL_MAX = RECORD_MAX
csv.field_size_limit(CELL_MAX)
# So many lines are looked at at a time after a damage; at most, for a record that goes on; and
# where one after the other came to no end.
WARY_LINES = 200
PATIENT_LINES = 3200
IMPATIENT_LINES = 25


@dataclass(frozen=True)
class Damage:
    """A line that cannot be split into cells, or some lines that hang together."""

    line: int
    code: str
    detail: str
    text: str
    lines: int = 1


@dataclass(frozen=True)
class Batch:
    """Some records in their order: the line each begins on, and its cells. Blank ones are left out.

    Beside them the damaged ones from between.
    """

    lines: Sequence[int]
    rows: Sequence[list[str]]
    damages: Sequence[Damage]


def split_records(
    lines: list[str],
    first: int,
    dialect: Dialect,
    *,
    at_end: bool,
    width: int | None = None,
    at_most: int | None = None,
) -> tuple[Batch, int]:
    """Split lines, the first of which is line `first`, into records; how many lines were used.

    A record that goes on beyond `lines` is left for the next time, and so is the last one, whose
    rest may come, unless these are the last lines (`at_end`). With `width`, the number of cells
    that rows have, a record that has swallowed others or was cut is damaged. `at_most` so many
    records are read that are not blank.
    """
    splitter = _Splitter(lines, first, dialect, width, at_most)
    while splitter.begin < len(lines) and not splitter.is_full:
        if not splitter.read_on(at_end=at_end):
            break
    return splitter.finish(leaves_last=not at_end and splitter.begin == len(lines))


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
    return splitter.finish(leaves_last=not (at_end and splitter.begin == len(lines)))


class _Splitter:
    """The records of some lines as they are found."""

    def __init__(
        self,
        lines: list[str],
        first: int,
        dialect: Dialect,
        width: int | None,
        at_most: int | None = None,
    ) -> None:
        self.begin = 0  # index of the line on which the record under way begins
        self.is_calm = False  # no damage was met in the last window
        self.is_full = False  # there are as many records as were asked for
        self._left = -1 if at_most is None else at_most
        self._lines = lines
        self._first = first
        self._dialect = dialect
        self._width = width
        self._starts: list[int] = []
        self._rows: list[list[str]] = []
        self._damages: list[Damage] = []
        self._is_below_row = False  # whether the row taken last ends right above that line
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
            was_damaged = self._take_records(reader, base)
            self._window = WARY_LINES if was_damaged else len(self._lines)
            self.is_calm = not was_damaged
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
            self._give_up(error, base + reader.line_num - self.begin)
            self._window = min(WARY_LINES, self._patience)
        return True

    def _take_records(self, reader: Reader, base: int) -> bool:
        """Take records as long as they are sound; whether it came to one that is not."""
        starts, rows, width, quote = self._starts, self._rows, self._width, self._dialect.quote
        for cells in reader:
            begin, end = self.begin, base + reader.line_num
            if width and (end - begin > 1 or len(cells) == 1 or quote in "".join(cells)):
                damage = self._find_damage(cells, end, width)
                if damage:
                    self._leave_out(damage)
                    return True
            starts.append(self._first + begin)
            rows.append(cells)
            self._is_below_row = True
            self.begin = end
            self._left -= any(cells)
            if not self._left:
                self.is_full = True
                break
        return False

    def _find_damage(self, cells: list[str], end: int, width: int) -> Damage | None:
        """What is wrong with a sound record; it may be the rest of the row above."""
        line, lines, dialect = (
            self._first + self.begin,
            self._lines[self.begin : end],
            self._dialect,
        )
        if len(lines) > 1:
            verdict = judge_span(lines, cells, width, dialect.delimiter)
            if verdict is Verdict.SEVERAL:
                return _open_quote(line, lines[0])
            if verdict is Verdict.DOUBTFUL:
                return _doubtful(line, lines)
        elif len(cells) == 1 and self._is_below_row:
            self._cut_off_above(cells[0], width)
        text = "".join(rewrite(lines, dialect) if dialect.is_odd else lines)
        is_stray = has_stray_quote(
            text, dialect.delimiter, dialect.quote, quotes_all=dialect.quotes_all
        )
        return _stray_quote(line, lines) if is_stray else None

    def _cut_off_above(self, rest: str, width: int) -> None:
        """Leave out the row above, if a line is the rest of its last cell."""
        if is_rest_of_row(rest, self._rows[-1], width):
            self._rows.pop()
            above = self._starts.pop()
            begin = above - self._first
            self._damages.append(_cut_row(above, self._lines[begin : self.begin]))

    def _is_too_much(self) -> bool:
        return sum(map(len, self._lines[self.begin :])) > RECORD_MAX

    def _give_up(self, error: csv.Error, lines_read: int) -> None:
        """Leave out the record under way: its first line, or the text that it is."""
        line, dialect = self._first + self.begin, self._dialect
        if self._width and lines_read > 1 and _is_misquoted(error):
            lines = self._lines[self.begin : self.begin + WARY_LINES]
            count = measure_text(lines, self._width, dialect.delimiter, dialect.quote)
            if count > 1:
                self._leave_out(_stray_quote(line, lines[:count]))
                return
        self._leave_out(explain(error, line, self._lines[self.begin], lines_read))

    def _leave_out(self, damage: Damage) -> None:
        self._damages.append(damage)
        self._is_below_row = False
        self.begin += damage.lines

    def finish(self, *, leaves_last: bool) -> tuple[Batch, int]:
        """What was found, without the blank records, and how many lines that took."""
        starts, rows, used = self._starts, self._rows, self.begin
        if self._width and self._is_below_row and leaves_last:
            used = starts.pop() - self._first
            rows.pop()
        if not all(map(any, rows)):
            full = [index for index, cells in enumerate(rows) if any(cells)]
            starts, rows = [starts[index] for index in full], [rows[index] for index in full]
        return Batch(starts, rows, self._damages), used


def open_reader(lines: list[str], dialect: Dialect) -> Reader:
    """A csv.reader of the dialect, strict: it raises csv.Error for a damaged record."""
    return csv.reader(
        rewrite(lines, dialect) if dialect.is_odd else lines,
        delimiter=dialect.delimiter,
        quotechar=dialect.quote,
        skipinitialspace=dialect.spaced,
        strict=True,
    )


def read_first(lines: list[str], dialect: Dialect) -> tuple[list[str], int]:
    """The first record's cells and how many lines it takes; raises csv.Error, StopIteration."""
    reader = open_reader(lines, dialect)
    return next(reader), reader.line_num


def _goes_on(error: csv.Error) -> bool:
    """Whether the lines ended inside a record."""
    return "unexpected end" in str(error)


def _is_misquoted(error: csv.Error) -> bool:
    """Whether a quote stands behind which a cell cannot end."""
    return "expected after" in str(error)


def explain(error: csv.Error, line: int, text: str, lines_read: int) -> Damage:
    """The damage of the record that begins on `line`, after which `lines_read` were read of it."""
    if lines_read > 1 or _goes_on(error):
        return _open_quote(line, text)
    if "field larger" in str(error):
        detail = f"A cell has more than {CELL_MAX:,} characters."
        return _describe(line, "cell_too_long", detail, [text])
    return _stray_quote(line, [text])


def _describe(line: int, code: str, detail: str, lines: Sequence[str]) -> Damage:
    return Damage(line, code, detail, "".join(lines).rstrip("\r\n"), len(lines))


def _open_quote(line: int, text: str) -> Damage:
    detail = "A quotation mark opens on this line and does not close where a cell could end."
    return _describe(line, "quote_open", detail, [text])


def _stray_quote(line: int, lines: Sequence[str]) -> Damage:
    detail = "A quotation mark stands inside a cell. Double it, or take it away."
    return _describe(line, "quote_stray", detail, lines)


def _doubtful(line: int, lines: Sequence[str]) -> Damage:
    detail = (
        f"This row goes on over {len(lines)} lines that look like rows of their own. A quotation "
        "mark is missing or too many, or the text has to be written on one line."
    )
    return _describe(line, "quote_doubtful", detail, lines)


def _cut_row(line: int, lines: Sequence[str]) -> Damage:
    detail = (
        "The line below has one cell only and seems to be the rest of this row. A text that "
        "holds a line break has to be in quotation marks."
    )
    return _describe(line, "line_break_unquoted", detail, lines)
