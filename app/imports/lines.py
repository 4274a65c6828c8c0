"""Blocks of bytes in UTF-8 → the whole lines of a file, as bytes or as text.

Pure. A line ends with a line feed, a carriage return, or both. Bytes that are no
text become lone surrogates, which the rules for values refuse.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from app.imports.errors import NotText

LINE_BYTES_MAX = 4 * 1024 * 1024
PADDING = b"\0\x1a \t\r\n"
PADDING_MAX = 64 * 1024  # more of it is no padding


@dataclass(frozen=True)
class Block:
    """Whole lines of a file: their bytes, the number of the first, whether none come after them."""

    data: bytes
    first: int
    at_end: bool


class Lines:
    """The file's lines; the first of them may be looked at before they are read."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = _refuse_endless(blocks)
        self._looked_at = b""
        self._rest = b""
        self._mend: Callable[[str], str] | None = None

    def mend(self, mend: Callable[[str], str]) -> None:
        """Have each line mended before it is read, those looked at already included."""
        self._looked_at = _mend(self._looked_at, mend)
        self._mend = mend

    def look_at(self, size: int) -> bytes:
        """Lines from the beginning, `size` bytes or a little more; they are read later."""
        self._looked_at = self._take(size)
        return self._looked_at

    def skip(self, size: int) -> None:
        """Leave out the first `size` of the bytes that were looked at."""
        self._looked_at = self._looked_at[size:]

    def read(self, size: int) -> bytes:
        """The next lines, `size` bytes or a little more; none at the end."""
        data, self._looked_at = self._looked_at, b""
        if data:
            return data
        fresh = self._take(size)
        return _mend(fresh, self._mend) if self._mend else fresh

    def _take(self, size: int) -> bytes:
        taken = bytearray(self._rest)
        for block in self._blocks:
            taken += block
            if end := _find_end(taken, size):
                self._rest = bytes(taken[end:])
                return bytes(taken[:end])
        self._rest = b""
        return bytes(taken)


def _mend(data: bytes, mend: Callable[[str], str]) -> bytes:
    return "".join(map(mend, split_lines(data))).encode("utf-8", "surrogateescape")


def drop_padding(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The blocks without what DOS and broken disks leave behind a text: 0x1A, NUL bytes."""
    held = b""
    for block in blocks:
        text = (held + block).rstrip(PADDING)
        held = (held + block)[len(text) :]
        if len(held) > PADDING_MAX:
            text, held = text + held, b""
        yield text
    yield re.split(rb"[\0\x1a]", held)[0]


def _find_end(data: bytearray, size: int) -> int:
    """Behind the first line with which there are `size` bytes; 0 if its end is not there yet.

    A line feed may still follow a carriage return that is the last byte.
    """
    feed = data.find(b"\n", size - 1)
    carriage = data.find(b"\r", size - 1, len(data) - 1)
    if 0 <= carriage < feed - 1 or feed < 0:
        return carriage + 1
    return feed + 1


def _refuse_endless(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The blocks; raises NotText for a line so long that it would fill the memory."""
    length = 0
    for block in blocks:
        end = max(block.rfind(b"\n"), block.rfind(b"\r"))
        length = len(block) - end - 1 + (length if end < 0 else 0)
        if length > LINE_BYTES_MAX:
            raise NotText(
                f"A line of the file is longer than {LINE_BYTES_MAX:,} bytes. "
                "This does not look like a table."
            )
        yield block


def split_lines(data: bytes) -> list[str]:
    """The lines of some text in UTF-8, each with its end."""
    text = io.TextIOWrapper(io.BytesIO(data), "utf-8", "surrogateescape", newline="")
    return text.readlines()


def measure(lines: Iterable[str]) -> int:
    """How many bytes in UTF-8 some lines take."""
    return len("".join(lines).encode("utf-8", "surrogateescape"))
