"""A column of SKUs, all at once: which of them have to be looked at one by one.

Pure. Those that are not composed or hold what nobody sees, those that look like numbers a program
has cut, and those that may be no SKU at all. What all texts may have is for `columns.py`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from unicodedata import normalize

from app.imports.arrays import FIRST_BYTES, Mask, Places, Words, np, read_words
from app.imports.columns import Column
from app.imports.copyblock import gather
from app.imports.headers import CURRENCIES, DECORATION, KNOWN
from app.imports.no_products import RULER, TOTALS
from app.products import rules
from app.products.upsert import Field

LOOKED_AT = 16  # bytes in which a digit is looked for: a name has none
LETTERS = b"abcdefghijklmnopqrstuvwxyz"
TOP_BITS = np.uint64(0x8080808080808080)
# For `_find_turned`: two bytes, and four of which the last is of no interest.
POINT, COMMA, SMALL_E = b".,e"
POINT_ZERO, COMMA_ZERO = (np.uint64(int.from_bytes(end, "little")) for end in (b".0", b",0"))
PLUSES, ONES, PLUS_TOPS = np.uint64(0x2B2B2B2B), np.uint64(0x01010101), np.uint64(0x00808080)


class SkuSigns:
    """Finds SKUs that may be something else, by their first and last bytes.

    They may be a name of a column again, a word for a total, a ruler, or a number that a program
    has cut or turned. Too many are found, never too few: what decorates a name means nothing, and
    a letter with an accent may be written as two characters. Without prices any name that is
    known is found: nothing else tells a second header then.
    """

    NAME, TOTAL, RULER = 1, 2, 4

    def __init__(self, names: Iterable[str], *, has_prices: bool = True) -> None:
        self._first = np.zeros(256, np.uint8)
        self._last = np.full(256, self.RULER | self.TOTAL, np.uint8)
        self._last[list(b"0123456789")] = self.RULER
        for name in names:
            for code in (name.encode(), normalize("NFD", name).encode()):
                self._first[list(code[:1].lower() + code[:1].upper())] |= self.NAME
                self._last[list(code[-1:].lower() + code[-1:].upper())] |= self.NAME
        totals = [form.encode() for word in TOTALS for form in (word, word.title(), word.upper())]
        self._first[[code[0] for code in totals]] |= self.TOTAL
        for table in (self._first, self._last):
            table[list(b'_-."' + DECORATION.encode())] |= self.NAME
            table[0x80:] |= self.NAME
        self._first[list(RULER.encode())] |= self.RULER
        self._is_digit = self._last == self.RULER
        self._totals = Beginnings(totals)
        self._known = None if has_prices else find_known_beginnings()

    def find(self, column: Column) -> Mask:
        """Which SKUs are to be looked at one by one."""
        text, starts, ends = column.text, column.starts, column.ends
        signs = self._first[text[starts]] & self._last[text[ends - 1]]
        found: Mask = signs > 0
        totals = np.flatnonzero(signs == self.TOTAL)
        found[totals] = self._totals.find(column.pick(totals))
        if self._known:
            words = np.flatnonzero(~self._is_digit[text[ends - 1]])
            found[words] |= self._known.find(column.pick(words))
        found |= _find_turned(read_words(text, ends - 4) & FIRST_BYTES[4])
        second = text[starts + 1]
        with_mark = np.flatnonzero((second == POINT) | (second == COMMA))
        found[with_mark[_have_exponents(column.pick(with_mark))]] = True
        return found


class Beginnings:
    """Finds texts that begin as some words do, by three bytes in either case.

    With `decorated` also those in which what is no letter is among these, for a word may go on
    behind it. Texts with a digit among their first bytes are not found.
    """

    DIGIT, OTHER, WIDE = 0, 30, 31

    def __init__(self, words: Iterable[bytes], *, decorated: bool = False) -> None:
        kinds = np.full(256, self.OTHER, np.uint16)
        kinds[0x80:] = self.WIDE
        kinds[list(b"0123456789")] = self.DIGIT
        for number, (small, large) in enumerate(zip(LETTERS, LETTERS.upper(), strict=True), 1):
            kinds[[small, large]] = number
        self._kinds = kinds
        self._is_found = np.zeros(1 << 15, np.bool_)
        if decorated:
            kind = np.arange(32)
            is_odd, is_digit = kind >= self.OTHER, kind == self.DIGIT
            odd = is_odd[:, None, None] | is_odd[:, None] | is_odd
            digits = is_digit[:, None, None] | is_digit[:, None] | is_digit
            self._is_found[:] = (odd & ~digits).ravel()
        for word in words:
            one, two, three = (int(kinds[code]) for code in (word + b"\n\n")[:3])
            self._is_found[one << 10 | two << 5 | three] = True

    def find(self, column: Column) -> Mask:
        """Which texts may begin so; those of fewer than three bytes may, whatever they are."""
        text, starts, kinds = column.text, column.starts, self._kinds
        places = kinds[text[starts]] << 10 | kinds[text[starts + 1]] << 5 | kinds[text[starts + 2]]
        found: Mask = self._is_found[places] | (column.lengths < 3)
        for offset in range(LOOKED_AT):
            at = np.flatnonzero(found & (column.lengths > offset))
            found[at] = kinds[text[starts[at] + offset]] != self.DIGIT
        return found


def find_known_beginnings() -> Beginnings:
    """How the names of columns begin that are known, and prices with a currency before them."""
    prices = [name for name, (field, _) in KNOWN.items() if field is Field.PRICE]
    words = {*KNOWN, *(code + name for code in CURRENCIES.split("|") for name in prices)}
    return Beginnings({word.encode() for word in words}, decorated=True)


def _find_turned(words: Words) -> Mask:
    """Which SKUs end as `4.00638E+12` or `10001.0` do, by their last four bytes."""
    tail = words >> np.uint64(16)
    found: Mask = (tail == POINT_ZERO) | (tail == COMMA_ZERO)
    # A byte is zero where subtracting 1 borrows from it and its top bit was not set.
    pluses = words ^ PLUSES
    found |= (pluses - ONES) & ~pluses & PLUS_TOPS != 0
    return found


def _have_exponents(column: Column) -> Mask:
    """Which SKUs may end as `4.00638E12` or `1.23E-05` does."""
    found = np.zeros(len(column.ends), np.bool_)
    for offset in (2, 3, 4):
        found |= column.text[column.ends - offset] | 0x20 == SMALL_E
    return found


def find_uncomposed(column: Column, is_asked: Mask) -> list[int]:
    """Which of the SKUs asked for are not composed, or hold what nobody sees."""
    risky = _find_wide(column)
    risky = risky[is_asked[risky]]
    risky = risky[_find_risky(column.pick(risky))]
    if not len(risky):
        return []
    texts = gather(column.text, column.starts[risky], column.ends[risky]).decode()
    if unicodedata.is_normalized("NFC", texts) and not rules.find_invisible(texts):
        return []
    skus = [(at, column.read(at)) for at in risky.tolist()]
    return [at for at, sku in skus if rules.trim_sku(sku) != sku or rules.find_invisible(sku)]


def _find_wide(column: Column) -> Places:
    """The cells that may have characters beyond ASCII: all of these, and a few others.

    Eight bytes at either end are the whole of most SKUs; of a shorter one its neighbours are seen.
    """
    text = column.text
    words = read_words(text, column.starts) | read_words(text, column.ends - 8)
    return np.flatnonzero((words & TOP_BITS != 0) | (column.lengths > 16))


def _find_risky(column: Column) -> Mask:
    """Which cells have characters that may combine with others, or are invisible.

    By the first bytes of characters in UTF-8, eight bytes at a time. C3 to CB, but for C6 and
    CA, are Latin letters; C2 has the soft hyphen; what is from CC on is asked about.
    """
    text, starts, lengths = column.text, column.starts, column.lengths
    is_risky = np.zeros(len(starts), np.bool_)
    words = read_words(text, starts) & FIRST_BYTES[np.minimum(lengths, 8)]
    wide = np.flatnonzero(words & TOP_BITS)
    cells, found = [wide], [words[wide]]
    for offset in range(8, int(lengths.max(initial=0)), 8):
        at = np.flatnonzero(lengths > offset)
        sizes = np.minimum(lengths[at] - offset, 8)
        words = read_words(text, starts[at] + offset) & FIRST_BYTES[sizes]
        wide = np.flatnonzero(words & TOP_BITS)
        cells.append(at[wide])
        found.append(words[wide])
    words = np.concatenate(found)
    if len(words):
        one, two, three, four, five, six, seven = (words << np.uint64(n) for n in range(1, 8))
        is_first = words & one & TOP_BITS
        risky = is_first & (two | three | four & five | six & ~seven) != 0
        is_risky[np.concatenate(cells)[risky]] = True
    return is_risky
