"""Bytes of a CSV file → header and records, each with the line it begins on.

Pure: it is given blocks of bytes and yields text. It knows nothing of
products (`mapping.py`) or of values (`validation.py`). A damaged record is
yielded as such and costs itself alone; a file that is no table raises a
`FileProblem`. Memory is bounded by a block and a record, whatever the size.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import Generic, TypeVar

from app.imports.decoding import Utf8Blocks
from app.imports.dialect import Layout, Recognise, find_other_layout, number_columns
from app.imports.doubled import list_doubled
from app.imports.errors import EmptyFile, FileProblem, NotText, Remark
from app.imports.kinds import name_kind
from app.imports.lines import PADDING, Block, Lines, drop_padding, measure, split_lines
from app.imports.marks import find_mark
from app.imports.mending import find_mending
from app.imports.records import Batch, explain, read_first, split_records
from app.imports.requoting import Dialect
from app.imports.shape import find_shape, make_shape
from app.imports.unpacking import unpack

SAMPLE_BYTES = 256 * 1024
BLOCK_BYTES = 256 * 1024
# Beyond these it is no table of products, and would fill every answer that tells of the import.
COLUMNS_MAX = 2000
HEADER_MAX = 64 * 1024
EMPTY = "The file is empty. Export it again and check that it has rows."
SAVE_AS = "Save it as CSV in UTF-8."
# Those that are no delimiters, as in Hive's tables.
CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\x0b\x0c\x1b\x01\x1c\x1d\x1e\x1f"))
FEW_CONTROLS = 8  # in a small file they are a few bad rows
T = TypeVar("T")
UNKNOWN = "\N{REPLACEMENT CHARACTER}"
replace_breaks = re.compile(r"\s*[\t\n\r\x0b\x0c]\s*").sub
replace_unprintable = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]").sub


@dataclass(frozen=True)
class Format:
    """How a file's bytes were understood."""

    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    decimal: str = "."


@dataclass(frozen=True)
class FormatWish:
    """What the uploader says about the format; None is to be found out."""

    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None  # the header's line; 0: there is none
    leave_out: frozenset[int] = frozenset()  # the lines of rows that are not wanted


@dataclass(frozen=True)
class Taken(Generic[T]):
    """What was made of a block, and how many of its lines and bytes that has used up."""

    made: T
    lines: int
    size: int


class CsvFile:
    """An opened file: its `header`, `layout`, the `shape` of its rows, and these, once.

    `first` is the number of the line below the header.
    """

    def __init__(
        self, header: list[str], layout: Layout, source: Utf8Blocks, lines: Lines, first: int
    ) -> None:
        self.shape = find_shape(header, layout.rows, layout.spaced)
        self.header = header[: self.shape.width]
        self.layout = layout
        self.leave_out: frozenset[int] = frozenset()  # the lines of rows that are not wanted
        self.keep: frozenset[int] = (
            frozenset()
        )  # of rows that are products, whatever they look like
        self.joined: int | None = None  # see join_prices
        self.texts_beside_price: int | None = (
            None  # the column in which a price's rest is looked for
        )
        self._cut_width = 0
        self._remarks: list[Remark] = []
        self._source = source
        self._lines = lines
        self._first = first

    def join_prices(self, at: int, width: int) -> None:
        """Take the cells of column `at` and of the next for one, cut at its decimal comma.

        `width` is the number of cells of a row in which this happened.
        """
        self.joined, self._cut_width = at, width
        if width > self.shape.named:
            self.header = self.header[: self.shape.named]
            self.shape = make_shape(self.header)

    @property
    def dialect(self) -> Dialect:
        """How its cells are told apart."""
        return self.layout.dialect

    @property
    def header_line(self) -> int:
        """The line on which the header begins; 0 if there is none."""
        return self.layout.lines_before + 1 if self.layout.has_header else 0

    @property
    def encoding(self) -> str:
        """The encoding's label; "utf-8" as long as there was nothing but ASCII."""
        return self._source.encoding

    def take_remarks(self) -> list[Remark]:
        """What is to be known of the lines read since this was asked."""
        remarks, self._remarks = self._remarks, []
        return remarks

    def batches(self) -> Iterator[Batch]:
        """The records, some thousands at a time. Raises NotText for a line without end."""
        at, width = self.joined, self.shape.usual
        if at is None:
            return self.work_through(partial(split_block, dialect=self.dialect, width=width))
        cut = self._cut_width
        split = partial(split_block, dialect=self.dialect, width=cut)
        return (join_cut_cells(batch, at, cut, width) for batch in self.work_through(split))

    def work_through(self, take: Callable[[Block], Taken[T]]) -> Iterator[T]:
        """What `take` makes of the lines, block by block; those it leaves begin the next one.

        Raises NotText for a line without end.
        """
        unread, first = b"", self._first
        fresh, is_more = self._lines.read(BLOCK_BYTES), True
        while is_more:
            following = self._lines.read(BLOCK_BYTES) if fresh else b""
            is_more = bool(following)
            block = Block(unread + fresh, first, not is_more)
            taken = take(block)
            if self._source.is_found and self._source.encoding == "utf-8":
                self._remarks += list_doubled(block.data[: taken.size], first)
            yield taken.made
            unread = block.data[taken.size :]
            first += taken.lines
            fresh = following


def split_block(block: Block, *, dialect: Dialect, width: int) -> Taken[Batch]:
    """A block's records; one that goes on beyond it is left."""
    lines = split_lines(block.data)
    batch, used = split_records(lines, block.first, dialect, at_end=block.at_end, width=width)
    return Taken(batch, used, len(block.data) - measure(lines[used:]))


def join_cut_cells(batch: Batch, at: int, cut: int, width: int) -> Batch:
    """The rows of `cut` cells in `width` of them, those at `at` and behind it joined by a comma."""
    filling = [""] * (width - cut + 1)
    rows = [
        [*row[:at], f"{row[at].strip()},{row[at + 1].strip()}", *row[at + 2 :], *filling]
        if len(row) == cut and row[at].strip() and row[at + 1].strip()[:1].isdigit()
        else row
        for row in batch.rows
    ]
    return Batch(batch.lines, rows, batch.damages)


def open_csv(blocks: Iterable[bytes], wish: FormatWish, recognise: Recognise) -> CsvFile:
    """Find out the format and read the header.

    `recognise` tells how many of a header's names mean something; it decides
    between delimiters. Raises a FileProblem for what is no table of text.
    """
    source = Utf8Blocks(_refuse_other_kinds(unpack(blocks)), wish.encoding)
    lines = Lines(drop_padding(source))
    sample = split_lines(lines.look_at(SAMPLE_BYTES))
    trial, mend = find_mending(sample, wish.delimiter, recognise, wish.header_row)
    if mend:
        lines.mend(mend)
        sample = list(map(mend, sample))
    layout = replace(trial.layout, above=sample[: trial.layout.lines_before])
    wanted = [at for at, line in enumerate(layout.starts) if line not in wish.leave_out]
    if wanted and not layout.has_header:  # a header that is left out would be counted as a row
        rows = [layout.rows[at] for at in wanted]
        layout = replace(layout, rows=rows, starts=[layout.starts[at] for at in wanted])
    header, above = read_header(sample, layout)
    if wish.delimiter is None and wish.header_row is None:
        layout = replace(layout, other=find_other_layout(sample[above:], layout, header))
    lines.skip(measure(sample[:above]))
    return CsvFile(header, layout, source, lines, above + 1)


def read_header(lines: list[str], layout: Layout) -> tuple[list[str], int]:
    """The header, and how many lines end with it; raises EmptyFile when there is none.

    Raises FileProblem for one that cannot be read, or is too large.
    """
    rest = lines[layout.lines_before :]
    if not rest:
        raise EmptyFile(EMPTY)
    if not layout.has_header:
        return number_columns(layout.rows), layout.lines_before
    try:
        cells, count = read_first(rest, layout.dialect)
    except csv.Error as error:
        damage = explain(error, layout.lines_before + 1, rest[0], len(rest))
        raise FileProblem(f"The header cannot be read. {damage.detail}") from error
    if not any(cells):
        raise EmptyFile(EMPTY)
    refuse_huge(cells)
    names = (replace_breaks(" ", cell.strip()) for cell in cells)
    return [replace_unprintable(UNKNOWN, name) for name in names], layout.lines_before + count


def refuse_huge(header: list[str]) -> None:
    """Raise FileProblem for a header that is none of a table of products."""
    if len(header) > COLUMNS_MAX:
        raise FileProblem(
            f"The header has {len(header):,} columns, and a table may have {COLUMNS_MAX:,}. "
            "Is the delimiter the right one?"
        )
    if sum(map(len, header)) > HEADER_MAX:
        raise FileProblem(
            f"The names of the columns have more than {HEADER_MAX:,} characters. Does the file "
            "begin with its header?"
        )


def _refuse_other_kinds(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The blocks, unless they cannot be a table of text: then EmptyFile or NotText."""
    blocks = iter(blocks)
    start = b""
    for block in blocks:
        start += block
        if len(start) >= SAMPLE_BYTES // 4:
            break
    content = start.removeprefix(codecs.BOM_UTF8).strip()
    if not content:
        raise EmptyFile(EMPTY)
    content = content.rstrip(PADDING)
    if not content:
        raise NotText(f"This is no text, only NUL bytes. {SAVE_AS}")
    if kind := name_kind(start):
        raise NotText(f"This is {kind}")
    text = content
    controls = len(text) - len(text.translate(None, CONTROLS))
    is_wide = find_mark(start)[1] not in (None, "utf-8")  # UTF-16 has such bytes in every letter
    if controls > FEW_CONTROLS + len(text) // 20 and not is_wide:
        raise NotText(f"This is no text: it is full of control characters. {SAVE_AS}")
    yield from chain([start], blocks)
