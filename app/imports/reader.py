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
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Generic, TypeVar

from app.imports.decoding import Utf8Blocks
from app.imports.dialect import Layout, Recognise, find_layout
from app.imports.errors import EmptyFile, FileProblem, NotText, Remark
from app.imports.lines import Block, Lines, measure, split_lines
from app.imports.marks import find_mark
from app.imports.records import Batch, Dialect, explain, read_first, split_records
from app.imports.unpacking import unpack

SAMPLE_BYTES = 256 * 1024
BLOCK_BYTES = 256 * 1024
# Beyond these it is no table of products, and would fill every answer that tells of the import.
COLUMNS_MAX = 2000
HEADER_MAX = 64 * 1024
EMPTY = "The file is empty. Export it again and check that it has rows."
SAVE_AS = "Save it as CSV in UTF-8."
CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\x0b\x0c\x1b"))
FEW_CONTROLS = 8  # in a small file they are a few bad rows
T = TypeVar("T")
UNKNOWN = "\N{REPLACEMENT CHARACTER}"
NOT_TEXT = {
    b"PK\x03\x04": "an Excel workbook or a zip archive. Save it as CSV and import that",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook. Save it as CSV and import that",
    b"%PDF": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
}

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


@dataclass(frozen=True)
class Taken(Generic[T]):
    """What was made of a block, and how many of its lines and bytes that has used up."""

    made: T
    lines: int
    size: int


class CsvFile:
    """An opened file: its `header`, `dialect`, and what is below it, once.

    `first` is the number of the line below the header.
    """

    def __init__(
        self, header: list[str], dialect: Dialect, source: Utf8Blocks, lines: Lines, first: int
    ) -> None:
        self.header = header
        self.dialect = dialect
        self._source = source
        self._lines = lines
        self._first = first

    @property
    def encoding(self) -> str:
        """The encoding's label; "utf-8" as long as there was nothing but ASCII."""
        return self._source.encoding

    def take_remarks(self) -> list[Remark]:
        """What is to be known of the lines read since this was asked."""
        remarks, self._source.remarks = self._source.remarks, []
        return remarks

    def batches(self) -> Iterator[Batch]:
        """The records, some thousands at a time. Raises NotText for a line without end."""
        width = len(self.header)
        return self.work_through(partial(split_block, dialect=self.dialect, width=width))

    def work_through(self, take: Callable[[Block], Taken[T]]) -> Iterator[T]:
        """What `take` makes of the lines, block by block; those it leaves begin the next one.

        Raises NotText for a line without end.
        """
        unread, first, at_end = b"", self._first, False
        while not at_end:
            fresh = self._lines.read(BLOCK_BYTES)
            at_end = not fresh
            block = Block(unread + fresh, first, at_end)
            taken = take(block)
            yield taken.made
            unread = block.data[taken.size :]
            first += taken.lines


def split_block(block: Block, *, dialect: Dialect, width: int) -> Taken[Batch]:
    """A block's records; one that goes on beyond it is left."""
    lines = split_lines(block.data)
    batch, used = split_records(lines, block.first, dialect, at_end=block.at_end, width=width)
    return Taken(batch, used, len(block.data) - measure(lines[used:]))


def open_csv(blocks: Iterable[bytes], wish: FormatWish, recognise: Recognise) -> CsvFile:
    """Find out the format and read the header.

    `recognise` tells how many of a header's names mean something; it decides
    between delimiters. Raises a FileProblem for what is no table of text.
    """
    source = Utf8Blocks(_refuse_other_kinds(unpack(blocks)), wish.encoding)
    lines = Lines(source)
    sample = split_lines(lines.look_at(SAMPLE_BYTES))
    layout = find_layout(sample, wish.delimiter, recognise)
    header, above = read_header(sample, layout)
    lines.skip(measure(sample[:above]))
    return CsvFile(header, layout.dialect, source, lines, above + 1)


def read_header(lines: list[str], layout: Layout) -> tuple[list[str], int]:
    """The header, and how many lines end with it; raises EmptyFile when there is none.

    Raises FileProblem for one that cannot be read, or is too large.
    """
    rest = lines[layout.lines_before :]
    if not rest:
        raise EmptyFile(EMPTY)
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
    if not content.strip(b"\0"):
        raise NotText(f"This is no text, only NUL bytes. {SAVE_AS}")
    for magic, kind in NOT_TEXT.items():
        if start.startswith(magic):
            raise NotText(f"This is {kind}.")
    text = start.rstrip(b"\0")  # some programs fill the last block of a file
    controls = len(text) - len(text.translate(None, CONTROLS))
    is_wide = find_mark(start)[1] not in (None, "utf-8")  # UTF-16 has such bytes in every letter
    if controls > FEW_CONTROLS + len(text) // 20 and not is_wide:
        raise NotText(f"This is no text: it is full of control characters. {SAVE_AS}")
    yield from chain([start], blocks)
