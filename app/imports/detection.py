"""Text of unknown encoding → the encoding, or those that it may be.

Pure. UTF-8 is told by its form, line by line: a damaged line is not the file. Of other
encodings the likeliest reading (`readings.py`) is taken if it is far ahead of all that differ
from it, and leaves no signs that no text has.
"""

from __future__ import annotations

import codecs
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from app.imports.doubled import is_doubled, may_be_doubled
from app.imports.encodings import Encoding
from app.imports.likelihood import MISPLACED_SIGN, has_letter, weigh_sign
from app.imports.readings import (
    Reading,
    decode,
    is_alike,
    list_pieces,
    select_pieces,
    weigh_readings,
)

DEFAULT, UTF8, UTF8_TWICE = "cp1252", "utf-8", "utf-8-twice"
# Nats; below it both readings make sense. A file of one word is Western unless more tells.
LEAD, LEAD_OF_ONE_WORD, LEAD_OVER_NONSENSE = 8.0, 3.0, 3.0
RIVALS = 3
# Of letters beyond ASCII that a language explains, and of signs that are nonsense: shares.
LETTERS_NEEDED, EXPLAINED, NONSENSE = 2, 0.9, 0.1
DOUBLED = 0.1  # of the lines beyond ASCII; fewer are a few bad texts in a file that is right
LINES_MAX = 5000

find_line_ends = re.compile(rb"[\r\n]+").split
find_broken = re.compile("[\udc80-\udcff]").findall
find_beyond_ascii = re.compile("[^\x00-\x7f]").findall
find_word = re.compile(r"[^\W\d_][^\x00-\x7f]|[^\x00-\x7f][^\W\d_]|[^\x00-\x7f]{3}").search
is_unit = re.compile(r"[kcdm]?m[²³]|µ[a-zA-Z]{1,2}|°[CFK]|[€£][a-z]+").fullmatch
replace_wide_signs = re.compile("[\u2000-\u303f\uff00-\uff65\uffe0-\uffee]").sub


@dataclass(frozen=True)
class Detection:
    """`encoding` is the likeliest; `rivals` are others that may be meant, the likelier first."""

    encoding: str
    rivals: Sequence[str] = ()

    @property
    def names(self) -> list[str]:
        """All of them."""
        return [self.encoding, *self.rivals]


def detect(sample: bytes, *, is_whole: bool) -> Detection:
    """The encoding of text that is not all ASCII, as Python names it (or `utf-8-twice`).

    Where the sample is not the whole, its last character may be cut.
    """
    text = codecs.getincrementaldecoder(UTF8)("surrogateescape").decode(sample, is_whole)
    if not find_broken(text):
        return _look_for_doubled(text) if may_be_doubled(sample) else Detection(UTF8)
    lines = list_telling(sample)
    others = [line for line in lines if not _is_utf8(line)]
    count = len(lines) - len(others)
    if count >= 2 * len(others):
        return Detection(UTF8)
    found = choose(b"\n".join(others))
    if 2 * count <= len(others):
        return found
    return Detection(UTF8, found.names[: RIVALS - 1])


def list_telling(sample: bytes) -> list[bytes]:
    """The first lines that are not ASCII."""
    lines = find_line_ends(sample)
    return [line for line in lines if not line.isascii()][:LINES_MAX]


def _is_utf8(line: bytes) -> bool:
    """Whether a line is UTF-8, if damaged: letters of another encoding are rarely valid."""
    text = line.decode(UTF8, "surrogateescape")
    broken = len(find_broken(text))
    return len(find_beyond_ascii(text)) - broken >= 2 * broken


def _look_for_doubled(text: str) -> Detection:
    if not is_doubled(text):
        return Detection(UTF8)
    lines = [line for line in text.splitlines() if not line.isascii()]
    doubled = sum(map(is_doubled, lines))
    is_much = doubled >= max(1, DOUBLED * len(lines))
    return Detection(UTF8_TWICE, [UTF8]) if is_much else Detection(UTF8)


def choose(sample: bytes) -> Detection:
    """The encoding of text that is not UTF-8."""
    pieces = select_pieces(sample)
    plain = [decode(piece.data, DEFAULT) for piece in pieces]
    words = _count_words(plain)
    if not words and not any(map(count_nonsense, plain)):
        return Detection(DEFAULT)
    best, *rest = weigh_readings(pieces)
    if words == 1 and max(len(piece.data) for piece in pieces) < 3:
        return Detection(DEFAULT)  # a damaged place in a file of ASCII
    others = [reading for reading in rest if not is_alike(reading, best)]
    alike = [best.encoding, *(reading.encoding for reading in rest if is_alike(reading, best))]
    found = min(alike, key=lambda encoding: encoding.rarity)
    is_one_word = found.name == DEFAULT and words == 1
    needed = LEAD_OF_ONE_WORD if is_one_word else _find_lead_needed(best, others)
    lead = best.weight - others[0].weight if others else math.inf
    if lead >= needed and makes_sense(found, sample):
        return Detection(found.name)
    if "".join(plain).replace("\ufffd", "").isascii():
        return Detection(DEFAULT)  # damage, which costs its rows
    return Detection(found.name, _list_rivals(others))


def _find_lead_needed(best: Reading, others: Sequence[Reading]) -> float:
    """Less is enough where the best is the only one of the likely that has no nonsense."""
    near = [reading for reading in others if reading.weight > best.weight - LEAD]
    is_clear = not _has_nonsense(best) and all(map(_has_nonsense, near))
    return LEAD_OVER_NONSENSE if is_clear else LEAD


def _has_nonsense(reading: Reading) -> bool:
    return any(map(count_nonsense, reading.texts))


def _list_rivals(readings: Sequence[Reading]) -> list[str]:
    """The names of the first ones that differ from each other."""
    rivals: list[Reading] = []
    for reading in readings:
        if len(rivals) < RIVALS - 1 and not any(is_alike(reading, rival) for rival in rivals):
            rivals.append(reading)
    return [rival.encoding.name for rival in rivals]


def _count_words(texts: Sequence[str]) -> int:
    """How many pieces have a character beyond ASCII beside a letter, or some in a row."""
    return sum(bool(find_word(text)) and not is_unit(text) for text in texts)


def makes_sense(encoding: Encoding, sample: bytes) -> bool:
    """Whether a language explains nearly all letters beyond ASCII, and few signs are nonsense."""
    text = decode(b"\n".join(list_pieces(sample)), encoding.name)
    if encoding.run == 2:
        text = replace_wide_signs("", text)
    beyond = {c: n for c, n in Counter(text).items() if c > "\x7f"}
    letters = {c: n for c, n in beyond.items() if _is_letter(c)}
    total = sum(letters.values())
    explained = max(
        sum(n for c, n in letters.items() if has_letter(language, c))
        for language in encoding.languages
    )
    if total >= LETTERS_NEEDED and explained < EXPLAINED * total:
        return False
    # One byte without a character is damage, and costs its row.
    nonsense = count_nonsense(text) - (text.count("\ufffd") == 1)
    return nonsense < max(1, NONSENSE * sum(beyond.values()))


def _is_letter(character: str) -> bool:
    return character.isalpha() and character not in "ªºµ"


def count_nonsense(text: str) -> int:
    """How many characters are as in no text.

    They are undefined bytes, signs within words, and capitals behind small letters, of which
    one at least is beyond ASCII.
    """
    count = 0
    for at, sign in enumerate(text):
        before, after = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
        if _is_letter(sign):
            count += sign.isupper() and before.islower() and not (before + sign).isascii()
        elif sign > "\x7f" and unicodedata.category(sign)[0] != "M":
            count += weigh_sign(sign, before, after) <= MISPLACED_SIGN
    return count
