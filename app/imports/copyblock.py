"""Cells of a block → rows in the text format of PostgreSQL's COPY, without touching one by one.

Pure. All pieces that rows are made of are put into one text: the block's own
bytes, escaped, the lines' numbers, and whatever else; then the rows are
gathered from it in one step. The format is that of `copytext.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from app.imports.arrays import PADDING, Bytes, Mask, Places, np
from app.imports.cells import BACKSLASH, LINE_FEED, RETURN, TAB, Cells, Marks

POWERS = 10 ** np.arange(1, 19, dtype=np.int64)
ESCAPES = {TAB: b"\\t", LINE_FEED: b"\\n", RETURN: b"\\r", BACKSLASH: b"\\\\"}
STAND_INS = 0xF8  # and the bytes above it
IS_ESCAPED = np.zeros(256, np.bool_)
IS_ESCAPED[list(ESCAPES)] = True


@dataclass(frozen=True)
class Escaped:
    """A block's text with its cells as COPY reads them, and how far each place is moved by that.

    `before` and `behind` are for the cells' starts and ends.
    """

    data: bytes
    before: Places
    behind: Places


def escape_cells(cells: Cells) -> Escaped:
    """Escape what COPY would take for its own, and take one of two doubled quotes away."""
    count = int(cells.closing[-1]) + 1 if len(cells.closing) else 0
    data = cells.text[: cells.begins[-1]].tobytes()
    is_escaped, is_dropped = _find_changes(cells.marks, cells.closing, count)
    if not (is_escaped | is_dropped).any():
        still = np.zeros(len(cells.closing), np.int64)
        return Escaped(data, still, still)
    behind = np.cumsum(is_escaped.astype(np.int64) - is_dropped)[cells.closing]
    return Escaped(
        _replace(data, cells.marks, is_escaped, is_dropped),
        np.concatenate(([0], behind[:-1])),
        behind,
    )


def _find_changes(marks: Marks, closing: Places, count: int) -> tuple[Mask, Mask]:
    """Which of the first `count` marks are escaped, and which are the second of doubled quotes."""
    kinds, is_inside = marks.kinds[:count], marks.is_inside[:count]
    is_escaped = IS_ESCAPED[kinds] & (is_inside | (kinds != RETURN))
    is_escaped[closing] = False
    is_quote = marks.is_quote[:count]
    is_dropped = np.zeros(count, np.bool_)
    follows = np.diff(marks.places[:count]) == 1
    opens = (marks.quotes[:count] & 1).astype(np.bool_)
    is_dropped[1:] = is_quote[1:] & is_quote[:-1] & opens[1:] & follows
    return is_escaped, is_dropped


def _replace(data: bytes, marks: Marks, is_escaped: Mask, is_dropped: Mask) -> bytes:
    """The text with its escapes, by way of bytes that are in no UTF-8.

    Where such are in it they cost their row anyway, and it must not grow by them.
    """
    text = np.frombuffer(bytearray(data), np.uint8)
    text[text >= STAND_INS] = ord("?")
    places, kinds = marks.places[: len(is_escaped)], marks.kinds[: len(is_escaped)]
    text[places[is_dropped]] = STAND_INS
    escaped, kinds = places[is_escaped], kinds[is_escaped]
    for number, kind in enumerate(ESCAPES, start=1):
        text[escaped[kinds == kind]] = STAND_INS + number
    replaced = text.tobytes().replace(bytes([STAND_INS]), b"")
    for number, escape in enumerate(ESCAPES.values(), start=1):
        replaced = replaced.replace(bytes([STAND_INS + number]), escape)
    return replaced


class PieceText:
    """A text that grows by pieces, each with its place."""

    def __init__(self, data: bytes) -> None:
        self._parts = [data]
        self._size = len(data)

    def add(self, piece: bytes) -> int:
        """Put a piece behind the others; its place."""
        self._parts.append(piece)
        self._size += len(piece)
        return self._size - len(piece)

    def add_numbers(self, numbers: Places) -> tuple[Places, Places]:
        """Put positive numbers behind, each with a tab; where each begins and ends."""
        sizes = 1 + np.searchsorted(POWERS, numbers, "right")
        width = int(sizes.max(initial=1))
        digits = np.full((len(numbers), width + 1), TAB, np.uint8)
        left = numbers
        for at in range(width - 1, -1, -1):
            rest = left // 10
            digits[:, at] = left - rest * 10 + ord("0")
            left = rest
        behind = self.add(digits.tobytes()) + (width + 1) * np.arange(1, len(numbers) + 1)
        return behind - 1 - sizes, behind

    def close(self) -> Bytes:
        """All of it, to be written to, with PADDING behind."""
        return np.frombuffer(bytearray(b"".join([*self._parts, bytes(PADDING)])), np.uint8)


@lru_cache(maxsize=4)
def _count_up(bits: int) -> Places:
    """The numbers below a power of two; for blocks of about one size they are made once."""
    return np.arange(1 << bits)


def gather(text: Bytes, starts: Places, ends: Places) -> bytes:
    """The parts of a text from `starts` to `ends`, one behind the other."""
    lengths = (ends - starts).ravel()
    behind = np.cumsum(lengths)
    places = np.repeat(starts.ravel() - behind + lengths, lengths)
    places += _count_up(len(places).bit_length())[: len(places)]
    gathered: Bytes = text[places]
    return gathered.tobytes()
