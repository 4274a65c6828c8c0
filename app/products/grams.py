"""Grams: the pieces of one, two and three characters that texts are known by.

A text can contain another one only if it has all its grams. Each gram is hashed
to a slot, so that their number is bounded whatever is written; two grams may share one, and what
is said of slots is then said of too many texts, never of too few.
Pure, and without numpy if there is none: then only `slots_in` is missing.

Source: superimposed signatures kept slot by slot, a "bit-sliced signature file"
(Faloutsos, Access Methods for Text, ACM Computing Surveys 17 (1), 1985, section 4).
"""

from __future__ import annotations

try:
    from app.numeric import Slots, Words32, np
except ImportError:  # no wheel of numpy for this platform
    np = None  # type: ignore[assignment]

# Pieces of one or two characters are looked for alone, so they hardly share any slot.
SHORT_BITS = 16
LONG_BITS = 15
SHORT_SLOTS = 1 << SHORT_BITS
SLOTS = SHORT_SLOTS + (1 << LONG_BITS)
MASK = 0xFFFFFFFF
# Odd numbers without a pattern: Knuth's multiplier, and those of MurmurHash3's finalizer.
FIRST, SECOND, THIRD = 0x9E3779B1, 0x85EBCA6B, 0xC2B2AE35


def slots_of(needle: str) -> set[int]:
    """The slots that a text has to have all of, to contain `needle`; none for an empty one."""
    codes = [ord(character) for character in needle]
    if len(codes) < 3:
        return {_short(*codes)} if codes else set()
    return {_long(*codes[place : place + 3]) for place in range(len(codes) - 2)}


def slots_in(text: str) -> Slots:
    """The slots of every gram in a text, rising. Raises TypeError where there is no numpy."""
    codes = np.frombuffer(text.encode("utf-32-le"), np.uint32)
    found = np.zeros(SLOTS, np.bool_)
    found[_mix(codes * FIRST) >> (32 - SHORT_BITS)] = True
    if len(codes) > 1:
        pairs = codes[:-1] * FIRST + codes[1:] * SECOND
        found[_mix(pairs) >> (32 - SHORT_BITS)] = True
    if len(codes) > 2:
        triples = pairs[:-1] + codes[2:] * THIRD
        found[SHORT_SLOTS + (_mix(triples) >> (32 - LONG_BITS))] = True
    return np.flatnonzero(found)


def _mix(sums: Words32) -> Words32:
    """Spread over all bits what was multiplied and added, modulo 2**32."""
    shift = np.uint32(15)
    return np.multiply(np.bitwise_xor(sums, np.right_shift(sums, shift)), np.uint32(THIRD))


def _short(first: int, second: int = 0) -> int:
    return _mixed(first * FIRST + second * SECOND) >> (32 - SHORT_BITS)


def _long(first: int, second: int, third: int) -> int:
    sums = first * FIRST + second * SECOND + third * THIRD
    return SHORT_SLOTS + (_mixed(sums) >> (32 - LONG_BITS))


def _mixed(total: int) -> int:
    total &= MASK
    return (total ^ (total >> 15)) * THIRD & MASK
