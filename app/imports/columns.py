"""A column's cells, all at once: which of them are surely good, and what they mean.

Pure. What is not sure goes to `validation.py`, one by one: text that is long,
has other white space than the space around it, begins with a sign, or is no
value; SKUs that are not composed, or look like numbers; prices with signs,
currencies or groups; flags in other words than ASCII ones.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from app.imports.arrays import FIRST_BYTES, Bytes, Forms, Mask, Places, Words, np, read_words
from app.imports.cells import LINE_FEED, RETURN, TAB, Cells
from app.imports.cut_prices import REST_MAX
from app.products.stand_ins import MISSING_WORDS, NO_VALUE, NULL_WORDS

SPACE, POINT, COMMA, ZERO = b" .,0"
DELETE = 0x7F
# What `str.strip` takes away beyond ASCII and the control characters, in UTF-8.
WIDE_SPACES = [
    c.encode()
    for c in "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
]
WIDE_CODES = np.array([int.from_bytes(space) for space in WIDE_SPACES], np.int64)
IS_WIDE_END = np.zeros(256, np.bool_)
IS_WIDE_END[[space[-1] for space in WIDE_SPACES]] = True
IN_LOWER_CASE = np.uint64(0x2020202020202020)
PRICE_MAX_DIGITS = 10
WORD_MAX = 16
NO_VALUES = [word for word in (NULL_WORDS | MISSING_WORDS) - {NO_VALUE} if word.isascii()]
# The first eight bytes of each, in order.
NULL_CODES = np.array(
    sorted({int.from_bytes(word.encode()[:8], "little") for word in NO_VALUES}), np.uint64
)
# What a cell's first byte says: white space or a sign (an apostrophe, a formula, a spreadsheet's
# error, `\\N`), perhaps a wide space, perhaps a word such as NULL.
ODD, WIDE, NULL = 1, 2, 4
KINDS = np.zeros(256, np.uint8)
KINDS[list(range(SPACE + 1)) + list(b"'=#\\")] = ODD
KINDS[[space[0] for space in WIDE_SPACES]] = WIDE
KINDS[[ord(word[0]) for word in NO_VALUES]] = NULL


class PriceForm(IntEnum):
    """How a price is written."""

    OTHER = 0
    EMPTY = 1
    WHOLE = 2
    POINT = 3
    COMMA = 4


@dataclass(frozen=True)
class Column:
    """Cells of one column, by their places among all, without the spaces around them."""

    text: Bytes
    places: Places
    starts: Places
    ends: Places

    @property
    def lengths(self) -> Places:
        """Of each cell, in bytes."""
        return self.ends - self.starts

    def pick(self, wanted: Mask | Places) -> Column:
        """Some of the cells."""
        return Column(self.text, self.places[wanted], self.starts[wanted], self.ends[wanted])

    def read(self, at: int) -> str:
        """One of the cells; right for what has no quotes in it."""
        return self.text[self.starts[at] : self.ends[at]].tobytes().decode()


def take_column(cells: Cells, places: Places) -> Column:
    """The cells at `places`, trimmed."""
    text, starts, ends = cells.text, cells.starts[places], cells.ends[places]
    while (leads := (text[starts] == SPACE) & (starts < ends)).any():
        starts = starts + leads
    while (trails := (text[ends - 1] == SPACE) & (starts < ends)).any():
        ends = ends - trails
    return Column(text, places, starts, ends)


def may_be_rest(column: Column) -> Mask:
    """Which cells may be the second half of a price that a comma has cut in two."""
    is_digit = (column.text[column.starts] - np.uint8(ZERO)) < 10
    found: Mask = is_digit & (column.lengths > 1) & (column.lengths <= REST_MAX)
    return found


def find_unfit(cells: Cells) -> Mask:
    """The records with bytes that are no text, or forbidden in every value."""
    size = int(cells.begins[-1])
    body = cells.text[:size]
    found = _find_controls(body)
    data = body.tobytes()
    if not data.isascii():
        found += _find_not_text(data)
        leads = np.flatnonzero(body == 0xC2)
        found += leads[cells.text[leads + 1] < 0xA0].tolist()  # U+0080 to U+009F
    unfit = np.zeros(len(cells.begins) - 1, np.bool_)
    unfit[np.searchsorted(cells.begins, found, "right") - 1] = True
    return unfit


def _find_controls(body: Bytes) -> list[int]:
    places = np.flatnonzero((body < SPACE) & (body != LINE_FEED) | (body == DELETE))
    kinds = body[places]
    found: list[int] = places[(kinds != TAB) & (kinds != RETURN)].tolist()
    return found


def _find_not_text(data: bytes) -> list[int]:
    """Where bytes are that are not UTF-8."""
    found: list[int] = []
    start = 0
    while start < len(data):
        try:
            codecs.utf_8_decode(data[start:] if start else data, "strict", True)
            break
        except UnicodeDecodeError as error:
            found.append(start + error.start)
            start += error.end
    return found


def is_plain_text(column: Column, longest: int, *, required: bool) -> Mask:
    """Which cells are text of at most `longest` bytes as it is to be stored."""
    text, starts, ends = column.text, column.starts, column.ends
    lengths = column.lengths
    kinds, last = KINDS[text[starts]], text[ends - 1]
    is_doubtful = (kinds == ODD) | (last <= SPACE)
    nulls = np.flatnonzero((kinds == NULL) & (lengths <= WORD_MAX))
    if len(nulls):
        words = read_words(text, starts[nulls]) & FIRST_BYTES[np.minimum(lengths[nulls], 8)]
        places = np.minimum(np.searchsorted(NULL_CODES, words), len(NULL_CODES) - 1)
        is_doubtful[nulls] |= NULL_CODES[places] == words
    is_doubtful |= (kinds == WIDE) & (lengths == 3)  # one character, which may be a dash
    for asked, is_before in ((kinds == WIDE, False), (IS_WIDE_END[last], True)):
        at = np.flatnonzero(asked & ~is_doubtful)
        for size in (2, 3) if len(at) else ():
            places = ends[at] - size if is_before else starts[at]
            is_doubtful[at] |= _is_wide(text, places, size)
    is_doubtful &= lengths > 0
    is_sure: Mask = ~is_doubtful & (lengths <= longest) & (lengths >= required)
    return is_sure


def _is_wide(text: Bytes, places: Places, size: int) -> Mask:
    """Whether the bytes of a wide space, so many, stand at `places`."""
    code = np.zeros(len(places), np.int64)
    for offset in range(size):
        code = code << 8 | text[places + offset]
    position = np.minimum(np.searchsorted(WIDE_CODES, code), len(WIDE_CODES) - 1)
    is_wide: Mask = WIDE_CODES[position] == code
    return is_wide


def tell_prices(column: Column) -> Forms:
    """The form of each price: digits, and behind a mark one or two more."""
    text, starts, ends = column.text, column.starts, column.ends
    lengths = column.lengths
    forms = np.full(len(starts), PriceForm.OTHER, np.int8)
    forms[lengths == 0] = PriceForm.EMPTY
    behind = np.zeros(len(starts), np.int64)
    mark = np.zeros(len(starts), np.uint8)
    for size in (2, 3):
        found = text[ends - size]
        is_mark = (lengths > size) & ((found == POINT) | (found == COMMA))
        behind[is_mark], mark[is_mark] = size, found[is_mark]
    whole = lengths - behind
    digits = np.zeros(len(starts), np.int64)
    for offset in range(min(int(lengths.max(initial=0)), PRICE_MAX_DIGITS + 3)):
        is_digit = (text[np.minimum(starts + offset, ends)] - np.uint8(ZERO)) < 10
        digits += is_digit & (offset < lengths)
    is_plain = (whole >= 1) & (whole <= PRICE_MAX_DIGITS) & (digits + (behind > 0) == lengths)
    for form, of in (
        (PriceForm.WHOLE, 0),
        (PriceForm.POINT, POINT),
        (PriceForm.COMMA, COMMA),
    ):
        forms[is_plain & (mark == of)] = form
    return forms


def find_words(column: Column, meanings: Mapping[str, str]) -> Bytes:
    """What each cell means, as a character's code, in upper or lower case; 0 if it is no such word.

    The words have up to WORD_MAX letters and digits, all of ASCII.
    """
    lengths = column.lengths
    low = _read_lower(column, 0)
    high = _read_lower(column, 8) if lengths.max(initial=0) > 8 else np.zeros_like(low)
    found = np.zeros(len(low), np.uint8)
    # In lower case a carriage return would be a minus.
    is_open = (lengths <= WORD_MAX) & ((column.text[column.starts] > SPACE) | (lengths == 0))
    for word, meaning in meanings.items():
        if not is_open.any():
            break
        code = word.encode().ljust(16, b"\0")
        lowest, highest = (
            np.uint64(int.from_bytes(half, "little")) for half in (code[:8], code[8:])
        )
        matches = is_open & (low == lowest) & (high == highest)
        found[matches] = ord(meaning)
        is_open &= ~matches
    return found


def _read_lower(column: Column, offset: int) -> Words:
    """Eight bytes of each cell from `offset` on, NUL behind its end."""
    sizes = np.clip(column.lengths - offset, 0, 8)
    places = np.minimum(column.starts + offset, len(column.text) - 8)
    return (read_words(column.text, places) | IN_LOWER_CASE) & FIRST_BYTES[sizes]
