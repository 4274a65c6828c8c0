"""A block of bytes → where its cells are, for all of its records at once.

Pure. It knows what csv.reader makes of text that is in order: RFC 4180, and
quotes inside a cell that does not begin with one. At the first place where
that ends it stops, and `records.py` goes on, of whose readings these are a
part, in less time. What a cell may hold is for `columns.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.imports.arrays import PADDING, Bytes, Mask, Places, np
from app.imports.lines import Block, split_lines
from app.imports.records import CELL_MAX, Batch, open_reader
from app.imports.requoting import Dialect
from app.imports.spans import (
    ROWS_LIKELY,
    ROWS_LIKELY_OF_TWO,
    Verdict,
    has_stray_quote,
    is_rest_of_row,
    judge_span,
)

TAB, LINE_FEED, RETURN, BACKSLASH = b"\t\n\r\\"
NO_DELIMITERS = "\"'\\\r\n "


@dataclass(frozen=True)
class Marks:
    """The bytes of a text that mean something, in their order."""

    places: Places
    kinds: Bytes
    quotes: Places  # how many quotes, that open and close cells by turns, stand up to here
    is_quote: Mask
    is_inside: Mask  # of a cell in quotes
    ends_line: Mask


@dataclass(frozen=True, kw_only=True)
class Cells:
    """The cells of whole records, one after the other, and the records.

    A cell's text lies from `starts` to `ends`, without the quotes around it; `closing` tells
    which of the marks ends it. The cells of a record begin at `first`, which has one entry
    more than there are records; `begins` has their places, `lines` their numbers likewise.
    """

    text: Bytes
    marks: Marks
    closing: Places
    starts: Places
    ends: Places
    first: Places
    begins: Places
    lines: Places
    has_fault: bool  # what comes behind is not in order

    def cut(self, records: int) -> Cells:
        """The first records alone, because the next one is not in order."""
        count = self.first[records]
        return replace(
            self,
            closing=self.closing[:count],
            starts=self.starts[:count],
            ends=self.ends[:count],
            first=self.first[: records + 1],
            begins=self.begins[: records + 1],
            lines=self.lines[: records + 1],
            has_fault=True,
        )


def can_find_cells(dialect: Dialect) -> bool:
    """Whether files of a dialect are among those that are read here."""
    delimiter = dialect.delimiter
    is_known = delimiter.isascii() and len(delimiter) == 1 and delimiter not in NO_DELIMITERS
    return is_known and not dialect.is_odd


def find_cells(block: Block, dialect: Dialect, width: int) -> Cells:
    """The cells of a block up to the first record that is not in order, or does not end."""
    is_ended = block.data.endswith((b"\n", b"\r"))
    # The byte before the first one is the last: a line end.
    padding = bytes(PADDING - 1) + b"\n"
    data = b"".join((block.data, b"" if is_ended else b"\n", padding))
    text = np.frombuffer(data, np.uint8)
    marks, fault, literal = _find_marks(text, data, dialect)
    cells = _cut_at_marks(text, marks, fault, block, dialect)
    is_long = np.flatnonzero(cells.ends - cells.starts > CELL_MAX)
    if len(is_long):
        cells = cells.cut(int(np.searchsorted(cells.first, is_long[0], "right")) - 1)
    # A rest may itself have a stray quote: the row above it is then lost as well.
    cells = _until_rest(cells, width)
    if len(literal):
        cells = _until_stray(cells, literal, dialect)
    cells = _until_doubtful(cells, dialect, width)
    return cells if block.at_end or cells.has_fault else _leave_last(cells, len(block.data))


def _leave_last(cells: Cells, size: int) -> Cells:
    """The records without one that ends with the block: the rest of it may come in the next."""
    count = len(cells.lines) - 1
    if not count or cells.begins[count] < size:
        return cells
    return replace(cells.cut(count - 1), has_fault=False)


def _find_marks(text: Bytes, data: bytes, dialect: Dialect) -> tuple[Marks, int, Places]:
    """The marks, the place of the first quote that is not in order, or of the end.

    And the places of quotes that mean nothing, in cells without quotes around them.
    """
    body = text[:-PADDING]
    quote, delimiter = ord(dialect.quote), ord(dialect.delimiter)
    means = (body == quote) | (body == delimiter) | (body == LINE_FEED)
    for rare in (TAB, RETURN, BACKSLASH):
        if rare != delimiter and data.find(rare) >= 0:
            means |= body == rare
    places = np.flatnonzero(means)
    is_quote = text[places] == quote
    is_edge = np.zeros(256, np.bool_)
    is_edge[[delimiter, LINE_FEED, RETURN]] = True
    fault = _find_fault(text, places[is_quote], is_edge)
    unmeant = np.zeros(0, np.int64)
    if fault < len(body) and np.searchsorted(places[is_quote], fault) % 2 == 0:  # it opens nothing
        literal = _find_literal(text, places[is_quote], is_edge)
        unmeant = places[is_quote][literal]
        places = np.delete(places, np.flatnonzero(is_quote)[literal])
        is_quote = text[places] == quote
        fault = _find_fault(text, places[is_quote], is_edge)
    kinds = text[places]
    quotes = np.cumsum(is_quote, dtype=np.int64)
    ends_line = kinds == LINE_FEED
    if data.find(RETURN) >= 0:
        ends_line |= (kinds == RETURN) & (text[places + 1] != LINE_FEED)
    is_inside = (quotes & 1).astype(np.bool_) & ~is_quote
    return Marks(places, kinds, quotes, is_quote, is_inside, ends_line), fault, unmeant


def _find_fault(text: Bytes, quotes: Places, is_edge: Mask) -> int:
    """The first quote that neither opens nor closes a cell, nor is doubled; or the end."""
    opening, closing = quotes[0::2], quotes[1::2]
    before, after = text[opening - 1], text[closing + 1]
    quote = text[quotes[0]] if len(quotes) else 0
    stray = opening[~(is_edge[before] | (before == quote))]
    open_on = closing[~(is_edge[after] | (after == quote))]
    found = [int(places[0]) for places in (stray, open_on) if len(places)]
    return min(found, default=len(text) - PADDING)


def _find_literal(text: Bytes, quotes: Places, is_edge: Mask) -> list[int]:
    """Which of the quotes, by index, stand in cells that do not begin with one, and mean nothing.

    Behind the first quote that is not in order the answer is meaningless.
    """
    places, can_open = quotes.tolist(), is_edge[text[quotes - 1]].tolist()
    literal: list[int] = []
    at, count = 0, len(places)
    while at < count:
        if can_open[at]:
            at += 1
            while at + 1 < count and places[at + 1] == places[at] + 1:
                at += 2
        else:
            literal.append(at)
        at += 1
    return literal


def _cut_at_marks(text: Bytes, marks: Marks, fault: int, block: Block, dialect: Dialect) -> Cells:
    """The cells of the block's records that end before `fault`."""
    separates = marks.ends_line | (marks.kinds == ord(dialect.delimiter))
    separates &= ~marks.is_inside
    closing = np.flatnonzero(separates)
    last = np.flatnonzero(marks.ends_line[closing])
    last = last[: np.searchsorted(marks.places[closing[last]], fault)]
    closing = closing[: last[-1] + 1 if len(last) else 0]
    ends = marks.places[closing]
    starts = np.concatenate(([0], ends[:-1] + 1))[: len(ends)]
    ends = ends - ((text[ends - 1] == RETURN) & (ends > starts) & (text[ends] == LINE_FEED))
    quotes = marks.quotes[closing]
    is_quoted = np.diff(quotes, prepend=0) > 0
    line_ends = np.cumsum(marks.ends_line, dtype=np.int64)[closing[last]]
    return Cells(
        text=text,
        marks=marks,
        closing=closing,
        starts=starts + is_quoted,
        ends=ends - is_quoted,
        first=np.concatenate(([0], last + 1)),
        begins=np.concatenate(([0], marks.places[closing[last]] + 1)),
        lines=block.first + np.concatenate(([0], line_ends)),
        has_fault=fault < len(text) - PADDING,
    )


def _until_doubtful(cells: Cells, dialect: Dialect, width: int) -> Cells:
    """The records up to the first one over several lines that `judge_span` does not take for one.

    Most are seen to have too few delimiters for lines that look like records.
    """
    spans = np.diff(cells.lines)
    if not len(spans) or spans.max() == 1:
        return cells
    enough = ROWS_LIKELY if width > 2 else ROWS_LIKELY_OF_TWO
    likely = (9 * enough + 9) // 10 * (width - 1)
    is_delimiter = cells.marks.kinds == ord(dialect.delimiter)
    delimiters = np.cumsum(is_delimiter, dtype=np.int64)[cells.closing[cells.first[1:] - 1]]
    is_large = (spans > enough) & (np.diff(delimiters, prepend=0) >= likely)
    asked = (spans > 1) & (is_large | (np.diff(cells.first) != width))
    for record in np.flatnonzero(asked).tolist():
        begin, behind = cells.begins[record : record + 2]
        lines = split_lines(cells.text[begin:behind].tobytes())
        row = next(open_reader(lines, dialect))
        if judge_span(lines, row, width, dialect.delimiter) is not Verdict.ONE:
            return cells.cut(record)
    return cells


def _until_stray(cells: Cells, literal: Places, dialect: Dialect) -> Cells:
    """The records up to the first one with a stray quote among the `literal` ones."""
    records = np.searchsorted(cells.begins, literal, "right") - 1
    counts = np.bincount(records[records < len(cells.begins) - 1])
    asked = np.flatnonzero(counts >= (1 if dialect.quotes_all else 2))
    for record in asked.tolist():
        text = _read_text(cells, record)
        if has_stray_quote(text, dialect.delimiter, dialect.quote, quotes_all=dialect.quotes_all):
            return cells.cut(record)
    return cells


def _until_rest(cells: Cells, width: int) -> Cells:
    """The records up to the first row the rest of which is the line below it."""
    counts = np.diff(cells.first)
    is_rest = (counts[1:] == 1) & (counts[:-1] == width)
    for record in np.flatnonzero(is_rest).tolist():
        end = cells.first[record + 1] - 1
        above = cells.text[cells.starts[end] : cells.ends[end]].tobytes()
        is_short = cells.lines[record + 2] == cells.lines[record + 1] + 1
        row = [*[""] * (width - 1), above.decode("utf-8", "surrogateescape")]
        if is_short and is_rest_of_row(_read_text(cells, record + 1), row, width):
            return cells.cut(record)
    return cells


def _read_text(cells: Cells, record: int) -> str:
    begin, behind = cells.begins[record : record + 2]
    return cells.text[begin:behind].tobytes().decode("utf-8", "surrogateescape")


def join_cells(tables: Sequence[Cells]) -> Cells:
    """Cells of several stretches as one; what is between them is left out of the text."""
    joined = tables[0]
    for table in tables[1:]:
        joined = _join_two(joined, table)
    return joined


def _join_two(one: Cells, other: Cells) -> Cells:
    size, count = one.begins[-1], len(one.closing)
    marks = one.closing[-1] + 1 if count else 0
    return Cells(
        text=np.concatenate((one.text[:size], other.text)),
        marks=_join_marks(one.marks, other.marks, marks, size),
        closing=np.concatenate((one.closing, other.closing + marks)),
        starts=np.concatenate((one.starts, other.starts + size)),
        ends=np.concatenate((one.ends, other.ends + size)),
        first=np.concatenate((one.first[:-1], other.first + count)),
        begins=np.concatenate((one.begins[:-1], other.begins + size)),
        lines=np.concatenate((one.lines[:-1], other.lines)),
        has_fault=other.has_fault,
    )


def _join_marks(one: Marks, other: Marks, count: int, size: int) -> Marks:
    """The first `count` of the marks, and the others behind a text of some size."""
    quotes = one.quotes[count - 1] if count else 0  # an even number: all are closed
    return Marks(
        places=np.concatenate((one.places[:count], other.places + size)),
        kinds=np.concatenate((one.kinds[:count], other.kinds)),
        quotes=np.concatenate((one.quotes[:count], other.quotes + quotes)),
        is_quote=np.concatenate((one.is_quote[:count], other.is_quote)),
        is_inside=np.concatenate((one.is_inside[:count], other.is_inside)),
        ends_line=np.concatenate((one.ends_line[:count], other.ends_line)),
    )


def read_records(cells: Cells, records: Places, dialect: Dialect) -> Batch:
    """Some of the records by csv.reader, cell by cell, without the blank ones."""
    begins, behind = cells.begins[records].tolist(), cells.begins[records + 1].tolist()
    texts = [cells.text[b:e].tobytes() for b, e in zip(begins, behind, strict=True)]
    rows = list(open_reader(split_lines(b"".join(texts)), dialect))
    found = zip(cells.lines[records].tolist(), rows, strict=True)
    full = [(line, row) for line, row in found if any(row)]
    return Batch([line for line, _ in full], [row for _, row in full], [])
