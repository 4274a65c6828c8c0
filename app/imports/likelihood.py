"""How likely a piece of text is in a language: by pairs of letters, or by common characters.

Pure. All results are natural logarithms of probabilities, so that they can be compared between
languages, and between readings of the same bytes in several encodings.
"""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from collections.abc import Callable
from functools import cache, lru_cache

from app.imports import languages, languages_east, scripts
from app.imports.scripts import CHARACTERS

WORDS = {**languages.WORDS, **languages_east.WORDS, **scripts.ALPHABETS}
RARE = {**languages.RARE, **languages_east.RARE, **scripts.RARE}
ASCII_LETTERS = "abcdefghijklmnopqrstuvwxyz"
START, END = "^", "$"
PAIR_WEIGHT = 6.0  # letters' own frequencies count like this many pairs
FOREIGN = -11.0  # a letter that the language does not have
MIXED = -7.0  # a Latin letter in a word of another script
NO_TEXT = -14.0  # a byte without a character, a control character, one for private use
LETTER_SIGN, COMMON_SIGN, RARE_SIGN, MISPLACED_SIGN = -3.5, -5.0, -8.0, -11.0
LOWER_THEN_UPPER, UPPER_THEN_LOWER, CAPITAL = -6.0, -3.0, -0.5
# Signs by where they may stand: anywhere, not before a letter, not after one, beside none; and
# those that are rare even there.
ANYWHERE = "–—’\u00a0·№"
NOT_BEFORE = "®™©²³ªº”»…›"
NOT_AFTER = "„“‘«€£°½¼¾×¿¡±µ§‹¥¢÷"
FREE_SIGNS = "•¹‚†‡‰¶¦¬¤¨¸¯´ˆ˜\u00ad"
RARE_SIGNS = "„“‘”«»§‹›¢÷¥"
# The share of a language's text that consists of its listed characters. And of others, level by
# level (find_level): the share, and how many characters there are.
LISTED = 0.82
LEVELS = ((0.04, 120), (0.12, 3000), (0.015, 3400), (0.0002, 15000))

Score = Callable[[str], float]


def weigh_case(text: str) -> float:
    """What the capitals of a word cost, as far as letters beyond ASCII are concerned."""
    if text == text.lower():
        return 0.0
    cost, before = CAPITAL, ""
    for index, letter in enumerate(text):
        if before and not (before.isascii() and letter.isascii()):
            if before.islower() and letter.isupper():
                cost += LOWER_THEN_UPPER
            elif before.isupper() and letter.islower() and index > 1 and text[index - 2].isupper():
                cost += UPPER_THEN_LOWER
        before = letter
    return cost


@cache
def weigh_sign(sign: str, before: str, after: str) -> float:
    """What a character costs that is no letter, between two others ("": none)."""
    if sign < "\x80":
        return COMMON_SIGN
    if sign == "\ufffd" or unicodedata.category(sign) in ("Cc", "Cn", "Co", "Cs"):
        return NO_TEXT
    if _is_misplaced(sign, before.isalpha() and before, after.isalpha()):
        return MISPLACED_SIGN
    if sign in "¡¿" and after.isalpha():
        return LETTER_SIGN
    if sign in "–—" and before.isalpha() != after.isalpha():
        return RARE_SIGN
    return RARE_SIGN if sign in RARE_SIGNS or sign in FREE_SIGNS else COMMON_SIGN


def _is_misplaced(sign: str, letter_before: str | bool, letter_after: bool) -> bool:
    if sign == "’":
        return letter_after and not letter_before
    if sign in "²³¹" and letter_before:
        return letter_before != "m" or letter_after
    if sign in ANYWHERE:
        return False
    if sign in NOT_BEFORE or sign in NOT_AFTER:
        return bool(letter_after if sign in NOT_BEFORE else letter_before)
    return sign not in FREE_SIGNS or bool(letter_before) or letter_after


@cache
def load(language: str) -> Score:
    """The function that weighs a piece of text without spaces."""
    kind = _Characters if language in CHARACTERS else _Letters
    return lru_cache(maxsize=1024)(kind(language).weigh)


@cache
def load_letters(language: str) -> frozenset[str]:
    """The letters of a language of letters, small ones."""
    return frozenset(_Letters(language).own)


def has_letter(language: str, letter: str) -> bool:
    """Whether a letter or an ideograph is one of the language's."""
    if language in CHARACTERS:
        return find_level(letter, language) in (0, 1, 2)
    return fold(letter) in load_letters(language)


def fold(text: str) -> str:
    """Small letters, one for each; the two ways to write Romanian's are one."""
    return text.translate(FOLDED).lower()


FOLDED = str.maketrans({"İ": "i", "ș": "ş", "ț": "ţ", "Ș": "Ş", "Ț": "Ţ", "ϐ": "β"})


class _Letters:
    """A language of letters: each one's probability after the one before it."""

    def __init__(self, language: str) -> None:
        is_latin = language not in scripts.ALPHABETS
        words = fold(WORDS[language]).split()
        letters = "".join(words) + RARE.get(language, "") + ASCII_LETTERS * is_latin
        counts = Counter(letters)
        total = counts.total() + len(words)
        self.own = {letter: count / total for letter, count in counts.items() if letter.isalpha()}
        self.own |= {c: n / total for c, n in counts.items() if unicodedata.category(c)[0] == "M"}
        self.own[END] = len(words) / total
        self.pairs = Counter(
            word[at : at + 2]
            for w in words
            for word in [START + w + END]
            for at in range(len(w) + 1)
        )
        self.firsts = Counter(pair[0] for pair in self.pairs.elements())
        self.known: dict[str, float] = {}

    def weigh(self, text: str) -> float:
        """The logarithm of the probability of `text`."""
        cost, before, small = 0.0, START, fold(text)
        known = self.known
        for index, letter in enumerate(small):
            pair = before + letter
            value = known.get(pair)
            if value is None:
                if letter not in self.own:
                    cost += self._weigh_other(small, index)
                    before = START
                    continue
                value = self._weigh_pair(before, letter)
            cost += value
            before = letter
        if before != START:
            cost += self._weigh_pair(before, END)
        return cost

    def _weigh_pair(self, before: str, letter: str) -> float:
        pair = before + letter
        if pair not in self.known:
            smooth = PAIR_WEIGHT * self.own[letter]
            self.known[pair] = math.log(
                (self.pairs[pair] + smooth) / (self.firsts[before] + PAIR_WEIGHT)
            )
        return self.known[pair]

    def _weigh_other(self, text: str, index: int) -> float:
        letter = text[index]
        if letter.isalpha() and letter not in "ªºµ":
            return MIXED if letter.isascii() else FOREIGN
        before, after = text[index - 1 : index] if index else "", text[index + 1 : index + 2]
        return weigh_sign(letter, before, after)


class _Characters:
    """A language of thousands of characters: each one's own probability."""

    def __init__(self, language: str) -> None:
        counts = Counter("".join(CHARACTERS[language].split()))
        total = counts.total()
        self.language = language
        self.known = {c: math.log(LISTED * n / total) for c, n in counts.items()}

    def weigh(self, text: str) -> float:
        """The logarithm of the probability of `text`."""
        known = self.known
        cost = 0.0
        for character in text:
            value = known.get(character)
            if value is None:
                value = known[character] = self._weigh_other(character)
            cost += value
        return cost

    def _weigh_other(self, character: str) -> float:
        if character.isascii():
            return MIXED if character.isalpha() else COMMON_SIGN
        level = find_level(character, self.language)
        if level is None:
            return weigh_sign(character, "", "")
        share, count = LEVELS[level]
        return math.log(share / count)


def find_level(character: str, language: str) -> int | None:
    """0 to 3: how common a character's part of the language's standard is; None: no character.

    0 has punctuation and kana, 1 the common characters, 2 the other ones, 3 those of later
    standards.
    """
    codec, signs, first, last, rest = STANDARDS[language]
    try:
        lead = character.encode(codec)[0]
    except UnicodeEncodeError:
        return 3 if unicodedata.category(character) == "Lo" else None
    if lead in signs:
        return 0
    if first <= lead <= rest:
        return 1 if lead <= last else 2
    return 3


# Of each national standard the first bytes of punctuation, letters and kana, and of the first
# and the last of its common characters, and of the last of all.
STANDARDS = {
    "ja": ("euc_jp", b"\x8e\xa1\xa3\xa4\xa5", 0xB0, 0xCF, 0xF4),  # JIS X 0208
    "zh": ("gb2312", b"\xa1\xa3", 0xB0, 0xD7, 0xF7),
    "zh-hant": ("cp950", b"\xa1\xa2\xa3", 0xA4, 0xC6, 0xF9),
    "ko": ("euc_kr", b"\xa1\xa3", 0xB0, 0xC8, 0xFD),  # KS X 1001
}
