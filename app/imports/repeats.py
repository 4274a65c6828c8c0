"""Which rows may repeat a SKU that came before in the file.

Pure. No SKU is kept, only bits that its hash sets in a table of a fixed size
(a Bloom filter in blocks: Putze, Sanders, Singler, "Cache-, Hash- and
Space-Efficient Bloom Filters", 2007). A repetition is always found; of
500,000 different SKUs hardly ever one is taken for a repetition, of 5,000,000 some.
`keys.py` does the same for a whole column at once.
"""

from __future__ import annotations

import unicodedata
from array import array
from collections.abc import Sequence

TABLE_BITS = 22  # the binary logarithm of the number of words
KEY_BITS = 8


class SeenSkus:
    """The SKUs of a file so far."""

    def __init__(self) -> None:
        self._words = array("Q", [0]) * (1 << TABLE_BITS)
        self._holds_all = False

    def find_repeated(self, skus: Sequence[str]) -> set[int]:
        """The places in `skus` of those that may have come before; they are remembered."""
        text = "".join(skus)
        self._holds_all = self._holds_all or has_unknown(text)
        if self._holds_all:
            return set(range(len(skus)))
        return {at for at, sku in enumerate(skus) if self._add(hash(fold_sku(sku)))}

    def _add(self, key: int) -> bool:
        """Set a key's bits; whether all were set already."""
        at = key & ((1 << TABLE_BITS) - 1)
        bits = key >> TABLE_BITS
        mask = 0
        for _ in range(KEY_BITS):
            mask |= 1 << (bits & 63)
            bits = bits >> 5
        word = self._words[at]
        self._words[at] = word | mask
        return word & mask == mask


def fold_sku(sku: str) -> str:
    """A form that two SKUs share if PostgreSQL's `lower()` (`pg_c_utf8`) makes them one.

    Python's `casefold()` joins more, and only İ does it tell from the i that
    PostgreSQL makes of it. It holds for the letters that this Python knows.
    """
    return sku.replace("İ", "i").casefold()


def has_unknown(text: str) -> bool:
    """Whether there are characters that this Python does not know yet: they may have a case.

    From the first one on no two SKUs are surely different.
    """
    return not text.isprintable() and any(unicodedata.category(c) == "Cn" for c in text)
