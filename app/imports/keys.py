"""`repeats.py` for a whole column at once: SKUs → numbers, and which of those came before.

Pure. A key is a hash of a SKU's folded text, of 64 bits, eight bytes at a
time; it joins some more than folding does (`[` and `{`), which is harmless.
"""

from __future__ import annotations

from app.imports.arrays import FIRST_BYTES, PADDING, Bytes, Mask, Places, Words, np, read_words
from app.imports.copyblock import gather
from app.imports.repeats import KEY_BITS, TABLE_BITS, fold_sku, has_unknown

IN_LOWER_CASE = np.uint64(0x2020202020202020)
BEYOND_ASCII = np.uint64(0x8080808080808080)
MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2**64 over the golden ratio
SECOND_MULTIPLIER = np.uint64(0xC2B2AE3D27D4EB4F)
HALF = np.uint64(32)
# Two bits of a word for each number of twelve bits.
PAIRS: Words = np.array([1 << (n & 63) | 1 << (n >> 6) for n in range(1 << 12)], np.uint64)


class SeenKeys:
    """The keys of a file's SKUs so far."""

    def __init__(self) -> None:
        self._words: Words = np.zeros(1 << TABLE_BITS, np.uint64)
        self._holds_all = False

    def find_repeated(self, text: Bytes, starts: Places, ends: Places) -> Mask:
        """Which of some SKUs may have come before; they are remembered.

        They are parts of `text`, in COPY's format, and so without line ends.
        """
        keys, is_wide = hash_texts(text, starts, ends)
        wide = np.flatnonzero(is_wide)
        if len(wide):
            keys[wide] = self._hash_folded(text, starts[wide], ends[wide])
        repeated = self._add(keys)
        repeated |= self._holds_all
        return repeated

    def _hash_folded(self, text: Bytes, starts: Places, ends: Places) -> Words:
        """The keys of SKUs that are not all ASCII. A byte follows each that is in none."""
        joined = gather(text, starts, ends + 1)
        parts = np.frombuffer(bytearray(joined), np.uint8)
        parts[np.cumsum(ends + 1 - starts) - 1] = ord("\n")
        skus = parts.tobytes().decode()
        self._holds_all = self._holds_all or has_unknown(skus.replace("\n", ""))
        folded = np.frombuffer(fold_sku(skus).encode() + bytes(PADDING), np.uint8)
        behind = np.flatnonzero(folded == ord("\n"))
        return hash_texts(folded, np.concatenate(([0], behind[:-1] + 1)), behind)[0]

    def _add(self, keys: Words) -> Mask:
        """Set the keys' bits; for which all were set already, or the key comes a second time."""
        places = (keys >> np.uint64(64 - TABLE_BITS)).astype(np.int64)
        masks = _choose_bits(keys)
        repeated: Mask = self._words[places] & masks == masks
        in_order = np.sort(keys)
        if (in_order[1:] == in_order[:-1]).any():
            order = np.argsort(keys, kind="stable")
            repeated[order[1:][keys[order[1:]] == keys[order[:-1]]]] = True
        while len(places):  # of several keys that have one word, the last one is written
            self._words[places] |= masks
            lost = self._words[places] & masks != masks
            places, masks = places[lost], masks[lost]
        return repeated


def hash_texts(text: Bytes, starts: Places, ends: Places) -> tuple[Words, Mask]:
    """The key of each part of `text`, and which of them are not all ASCII."""
    lengths = ends - starts
    keys = lengths.astype(np.uint64) * MULTIPLIER
    seen = np.zeros(len(keys), np.uint64)
    left = np.arange(len(keys))
    for offset in range(0, int(lengths.max(initial=0)), 8):
        left = left[lengths[left] > offset]
        sizes = np.minimum(lengths[left] - offset, 8)
        words = (read_words(text, starts[left] + offset) | IN_LOWER_CASE) & FIRST_BYTES[sizes]
        seen[left] |= words
        mixed = (keys[left] ^ words) * MULTIPLIER
        keys[left] = mixed ^ mixed >> HALF
    return keys, seen & BEYOND_ASCII != 0


def _choose_bits(keys: Words) -> Words:
    """A word with some bits for each key; they tell nothing of its place."""
    bits = (keys ^ keys >> HALF) * SECOND_MULTIPLIER
    masks = np.zeros(len(keys), np.uint64)
    for turn in range(1, KEY_BITS // 2 + 1):
        masks |= PAIRS[(bits >> np.uint64(64 - 12 * turn) & np.uint64(0xFFF)).astype(np.int64)]
    return masks
