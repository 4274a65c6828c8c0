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
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from app.imports.errors import EmptyFile, FileProblem, NotText

SAMPLE_BYTES = 256 * 1024
BATCH_CHARS = 512 * 1024
LINE_BYTES_MAX = 4 * 1024 * 1024
RECORD_MAX = 4 * 1024 * 1024
CELL_MAX = 131_072
EMPTY = "The file is empty. Export it again and check that it has rows."
UNKNOWN = "\N{REPLACEMENT CHARACTER}"
DELIMITERS = (",", ";", "\t", "|")
NOT_TEXT = {
    b"PK\x03\x04": "an Excel workbook or a zip archive. Save it as CSV and import that",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook. Save it as CSV and import that",
    b"%PDF": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x1f\x8b": "a gzip archive. Unpack it and import the file inside",
}

replace_unprintable = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]").sub


@dataclass(frozen=True)
class Format:
    """How a file's bytes become cells."""

    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    decimal: str = "."


@dataclass(frozen=True)
class FormatWish:
    """What the uploader says about the format; None is to be found out."""

    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None


@dataclass(frozen=True)
class Damage:
    """A record that cannot be split into cells."""

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


Recognise = Callable[[Sequence[str]], int]


class CsvFile:
    """An opened file: `format`, `header`, and the records below it, once, by `batches()`."""

    def __init__(
        self,
        found: Format,
        header: list[str],
        text: io.TextIOWrapper,
        header_lines: int,
    ) -> None:
        self.format = found
        self.header = header
        self._text = text
        self._line = header_lines + 1

    def batches(self) -> Iterator[Batch]:
        """The records, some thousands at a time. Raises NotText where the encoding breaks."""
        unread: list[str] = []
        at_end = False
        while not at_end:
            fresh = _read_lines(self._text, BATCH_CHARS)
            at_end = not fresh
            lines = unread + fresh
            batch, used = split_records(lines, self._line, self.format, at_end=at_end)
            self._line += used
            unread = lines[used:]
            yield batch


def open_csv(blocks: Iterable[bytes], wish: FormatWish, recognise: Recognise) -> CsvFile:
    """Find out the format and read the header.

    `recognise` tells how many of a header's names mean something; it decides
    between delimiters. Raises a FileProblem for what is no table of text.
    """
    raw: Any = _BlockStream(blocks)
    stream = io.BufferedReader(raw, SAMPLE_BYTES)
    sample = stream.peek(SAMPLE_BYTES)[:SAMPLE_BYTES]
    refuse_other_kinds(sample)
    encoding = wish.encoding or detect_encoding(sample)
    text = _open_text(stream, encoding)
    start = _decode_sample(sample, encoding)
    delimiter = wish.delimiter or choose_delimiter(start, recognise)
    found = Format(
        encoding=encoding.removesuffix("-sig"), delimiter=delimiter, decimal=wish.decimal or "."
    )
    header, lines = _read_header(text, found)
    return CsvFile(found, header, text, lines)


def refuse_other_kinds(sample: bytes) -> None:
    """Raise EmptyFile or NotText for what cannot be a table of text."""
    if not sample.strip(b" \t\r\n\xef\xbb\xbf"):
        raise EmptyFile(EMPTY)
    for magic, kind in NOT_TEXT.items():
        if sample.startswith(magic):
            raise NotText(f"This is {kind}.")
    wide = sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if not wide and sample.count(0) > len(sample) // 20:
        raise NotText("This is no text: it is full of NUL bytes. Save it as CSV in UTF-8.")


def detect_encoding(sample: bytes) -> str:
    """The encoding by its byte order mark, else UTF-8 where that holds, else Windows-1252."""
    if sample.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def choose_delimiter(start: str, recognise: Recognise) -> str:
    """The delimiter under which the header says most: known names first, then columns."""

    def score(delimiter: str) -> tuple[int, int]:
        header = next(csv.reader(io.StringIO(start, newline=""), delimiter=delimiter), [])
        return recognise(header), len(header)

    return max(DELIMITERS, key=score)


def split_records(
    lines: list[str], first: int, found: Format, *, at_end: bool
) -> tuple[Batch, int]:
    """Split lines, the first of which is line `first`, into records; how many lines were used.

    A damaged record gives up its first line alone, and reading goes on with
    the next: a quotation mark that opens and never closes would otherwise
    swallow the rest of the file. A record that goes on beyond `lines` is left
    for the next time, unless these are the last.
    """
    starts: list[int] = []
    rows: list[list[str]] = []
    damages: list[Damage] = []
    begin = 0  # index of the line on which the record under way begins
    while begin < len(lines):
        base, reader = begin, _csv_reader(lines[begin:], found)
        try:
            for cells in reader:
                starts.append(first + begin)
                rows.append(cells)
                begin = base + reader.line_num
        except csv.Error as error:
            if not at_end and _may_go_on(error, lines[begin:]):
                break
            damages.append(
                _damage(error, first + begin, lines[begin], base + reader.line_num - begin)
            )
            begin += 1
    if not all(map(any, rows)):
        full = [index for index, cells in enumerate(rows) if any(cells)]
        starts, rows = [starts[index] for index in full], [rows[index] for index in full]
    return Batch(starts, rows, damages), begin


def _may_go_on(error: csv.Error, rest: list[str]) -> bool:
    return "unexpected end" in str(error) and sum(map(len, rest)) <= RECORD_MAX


def _damage(error: csv.Error, line: int, text: str, lines_read: int) -> Damage:
    code, detail = _explain(error, lines_read > 1)
    return Damage(line, code, detail, text.rstrip("\r\n"))


def _read_lines(text: io.TextIOWrapper, size: int) -> list[str]:
    try:
        return text.readlines(size)
    except UnicodeDecodeError as error:
        raise NotText(
            f"The file is not valid {error.encoding} throughout. Name its encoding, "
            "or save it as UTF-8."
        ) from error


def _explain(error: csv.Error, spans_lines: bool) -> tuple[str, str]:
    message = str(error)
    if "field larger" in message:
        return "quote_open", (
            f"A quotation mark opens on this line and is not closed within {CELL_MAX:,} characters."
        )
    if "unexpected end" in message:
        return "quote_open", "A quotation mark opens on this line and is never closed."
    if spans_lines:
        return "quote_open", "A quotation mark opens on this line and is closed on no sensible one."
    return "quote_stray", "A quotation mark stands inside a cell. Double it, or take it away."


def _read_header(text: io.TextIOWrapper, found: Format) -> tuple[list[str], int]:
    """The first record that is not blank, and the number of lines read for it."""
    lines: list[str] = []
    while line := _read_line(text):
        lines.append(line)
        batch, used = split_records(lines, 1, found, at_end=False)
        if batch.damages or (batch.rows and used == len(lines)):
            break
    else:
        batch, _ = split_records(lines, 1, found, at_end=True)
    if batch.damages:
        damage = batch.damages[0]
        raise FileProblem(f"The header on line {damage.line:,} cannot be read. {damage.detail}")
    for cells in batch.rows:
        if any(cell.strip() for cell in cells):
            return [replace_unprintable(UNKNOWN, cell.strip()) for cell in cells], len(lines)
    raise EmptyFile(EMPTY)


def _read_line(text: io.TextIOWrapper) -> str:
    lines = _read_lines(text, 1)
    return lines[0] if lines else ""


def _csv_reader(lines: Iterable[str], found: Format) -> Any:
    return csv.reader(lines, delimiter=found.delimiter, quotechar=found.quote, strict=True)


def _open_text(stream: io.BufferedReader[Any], encoding: str) -> io.TextIOWrapper:
    # Bytes that are no text become lone surrogates, which the rules for values refuse;
    # so they cost their row, and rejects.csv can write them back as they were.
    errors = "strict" if encoding.startswith("utf-16") else "surrogateescape"
    return io.TextIOWrapper(stream, encoding=encoding, errors=errors, newline="")


def _decode_sample(sample: bytes, encoding: str) -> str:
    return codecs.getincrementaldecoder(encoding)(errors="replace").decode(sample)


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
