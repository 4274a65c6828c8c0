"""Bytes of a CSV file → header and records, each with the line it begins on.

Pure: it is given blocks of bytes and yields text. It knows nothing of
products (`mapping.py`) or of values (`validation.py`). A damaged record is
yielded as such and costs itself alone; a file that is no table raises a
`FileProblem`. Memory is bounded by a block and a record, whatever the size.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from app.imports.decoding import Utf8Blocks, find_mark
from app.imports.dialect import Recognise, find_layout
from app.imports.errors import EmptyFile, FileProblem, NotText
from app.imports.records import Batch, Dialect, explain, read_first, split_records
from app.imports.unpacking import unpack

SAMPLE_BYTES = 256 * 1024
BATCH_CHARS = 128 * 1024
LINE_BYTES_MAX = 4 * 1024 * 1024
EMPTY = "The file is empty. Export it again and check that it has rows."
SAVE_AS = "Save it as CSV in UTF-8."
CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\x0b\x0c\x1b"))
FEW_CONTROLS = 8  # in a small file they are a few bad rows
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


class CsvFile:
    """An opened file: its `header`, `dialect`, and the records below it, once, by `batches()`."""

    def __init__(
        self, header: list[str], dialect: Dialect, source: Utf8Blocks, lines: _Lines
    ) -> None:
        self.header = header
        self.dialect = dialect
        self._source = source
        self._lines = lines

    @property
    def encoding(self) -> str:
        """The encoding's label; "utf-8" as long as there was nothing but ASCII."""
        return self._source.encoding

    def batches(self) -> Iterator[Batch]:
        """The records, some thousands at a time. Raises NotText for a line without end."""
        unread: list[str] = []
        at_end = False
        line = self._lines.number + 1
        while not at_end:
            fresh = self._lines.read(BATCH_CHARS)
            at_end = not fresh
            lines = unread + fresh
            batch, used = split_records(
                lines, line, self.dialect, at_end=at_end, width=len(self.header)
            )
            line += used
            unread = lines[used:]
            yield batch


def open_csv(blocks: Iterable[bytes], wish: FormatWish, recognise: Recognise) -> CsvFile:
    """Find out the format and read the header.

    `recognise` tells how many of a header's names mean something; it decides
    between delimiters. Raises a FileProblem for what is no table of text.
    """
    source = Utf8Blocks(_refuse_other_kinds(unpack(blocks)), wish.encoding)
    lines = _Lines(source)
    layout = find_layout(lines.sample(), wish.delimiter, recognise)
    header = lines.read_header(layout.lines_before, layout.dialect)
    return CsvFile(header, layout.dialect, source, lines)


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
    controls = len(start) - len(start.translate(None, CONTROLS))
    is_wide = find_mark(start)[1] not in (None, "utf-8")  # UTF-16 has such bytes in every letter
    if controls > FEW_CONTROLS + len(start) // 20 and not is_wide:
        raise NotText(f"This is no text: it is full of control characters. {SAVE_AS}")
    yield from chain([start], blocks)


class _Lines:
    """The file's lines; the first of them may be looked at before they are read."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        raw: Any = _BlockStream(blocks)
        self._text = io.TextIOWrapper(
            io.BufferedReader(raw, SAMPLE_BYTES),
            encoding="utf-8",
            errors="surrogateescape",
            newline="",
        )
        self._looked_at: list[str] = []
        self.number = 0  # of the line read last

    def sample(self) -> list[str]:
        """Whole lines from the beginning, about SAMPLE_BYTES of them; they are read later."""
        self._looked_at = self._text.readlines(SAMPLE_BYTES)
        return self._looked_at

    def read(self, size: int) -> list[str]:
        """The next lines, `size` characters or a little more; none at the end."""
        lines = self._looked_at or self._text.readlines(size)
        self._looked_at = []
        self.number += len(lines)
        return lines

    def read_header(self, lines_before: int, dialect: Dialect) -> list[str]:
        """The header below `lines_before` lines; raises EmptyFile when there is none."""
        rest = self._looked_at[lines_before:]
        if not rest:
            raise EmptyFile(EMPTY)
        try:
            cells, count = read_first(rest, dialect)
        except csv.Error as error:
            damage = explain(error, lines_before + 1, rest[0], len(rest))
            raise FileProblem(f"The header cannot be read. {damage.detail}") from error
        if not any(cells):
            raise EmptyFile(EMPTY)
        self.number = lines_before + count
        self._looked_at = rest[count:]
        names = (replace_breaks(" ", cell.strip()) for cell in cells)
        return [replace_unprintable(UNKNOWN, name) for name in names]


class _BlockStream(io.RawIOBase):
    """Blocks of bytes as a raw stream; refuses a line so long that it would fill the memory."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = iter(blocks)
        self._rest = memoryview(b"")
        self._line_bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        while not self._rest:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._watch_line(block)
            self._rest = memoryview(block)
        size = min(len(target), len(self._rest))
        target[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size

    def _watch_line(self, block: bytes) -> None:
        end = max(block.rfind(b"\n"), block.rfind(b"\r"))
        self._line_bytes = len(block) - end - 1 + (self._line_bytes if end < 0 else 0)
        if self._line_bytes > LINE_BYTES_MAX:
            raise NotText(
                f"A line of the file is longer than {LINE_BYTES_MAX:,} bytes. "
                "This does not look like a table."
            )
