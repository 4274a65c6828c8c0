"""Text of unknown encoding → the encoding's name.

Pure. Western text is the usual case and the default. Another encoding is
believed only of text that makes sense in it and not in windows-1252: by the
letters of its language where accents stand alone, by common letters or
characters where foreign ones come in runs. A detector breaks the tie between
several that make sense.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping, Sequence

from charset_normalizer import from_bytes

DEFAULT = "cp1252"
SAMPLE_BYTES = 32 * 1024
LETTERS_NEEDED = 3
SURE = 0.9
AHEAD = 0.15
COMMON_LETTERS = 0.6
COMMON_CHARACTERS = 0.85
NEAR = 0.03
PUNCTUATION = "«»“”„’–—…°№\u00a0"

# The letters beyond ASCII of languages written in Latin, by the encoding their files have.
LATIN: dict[str, tuple[str, ...]] = {
    DEFAULT: (
        "àâæçéèêëîïôœùûüÿ", "äöüß", "áéíñóúü", "ãáâàçéêíõóôú", "àèéìíîòóù", "åäöæøéü",
        "áðéíóúýþæö", "àçèéíïòóúüë",
    ),
    "cp1250": ("áčďéěíňóřšťúůýžäĺľôŕ", "ąćęłńóśźż", "áéíóöőúüű", "čćđšž", "ăâîşţ"),
    "cp1254": ("çğıiöşüâîû",),
    "cp1257": ("ąčęėįšųūž", "āčēģīķļņšūž", "äõöüšž"),
}  # fmt: skip
# The commonest letters of what other scripts are mostly used for.
LETTERS: dict[str, str] = {
    "cp1251": "оеаинтсрвлкмдпуьія",
    "koi8_r": "оеаинтсрвлкмдпуьія",
    "cp1253": "αοιετσνηυρπκλςίό",
    "cp1255": "יוהלאמתרבשנדחקכםןעפ",
    "cp1256": "اليمنترهبودسعفةك",
}
# The pairs of bytes of the commonest characters: kana and the first level of the national
# standards (JIS X 0208, KS X 1001, Big5, GB 2312), with their punctuation.
CHARACTERS: dict[str, re.Pattern[bytes]] = {
    "cp932": re.compile(rb"[\x81-\x83\x88-\x97][\x40-\x7e\x80-\xfc]"),
    "cp949": re.compile(rb"[\xa1-\xa3\xb0-\xc8][\xa1-\xfe]"),
    "big5": re.compile(rb"[\xa1-\xa3\xa4-\xc6][\x40-\x7e\xa1-\xfe]"),
    "gb18030": re.compile(rb"[\xa1-\xa3\xb0-\xd7][\xa1-\xfe]"),
}
# Signs of cp1252 that are letters elsewhere, and their places in which they can be no signs.
find_signs = re.compile("[¹²³¿¡£¥¯]").findall
find_misplaced = re.compile(
    r"[¹²³£¥¯](?=[^\W\d_])|(?<=[^\W\d_])[¿¡£¥¯]|(?<=[^\W\d_mt])[¹²³]"
).findall
find_foreign = re.compile(rb"[\x80-\xff]+").findall
find_words = re.compile(rb"[\x80-\xff]{4,}").findall
find_pairs = re.compile(rb"(?:[\x81-\xfe][\x40-\x7e\x80-\xfe]){3,}").findall
find_beyond_ascii = re.compile("[^\x00-\x7f]").findall
find_broken = re.compile("[\udc80-\udcff]").findall


def detect(sample: bytes, *, is_whole: bool) -> str:
    """The encoding of text that is not all ASCII, as Python names it.

    Where the sample is not the whole, its last character may be cut.

    Text counts as UTF-8 with damage when its whole characters far outnumber
    the broken bytes: letters of another encoding are rarely valid UTF-8.
    """
    text = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode(sample, is_whole)
    broken = len(find_broken(text))
    whole = len(find_beyond_ascii(text)) - broken if broken else 0
    if whole >= 2 * broken:
        return "utf-8"
    telling = _select_telling(sample)
    count = sum(map(len, find_foreign(telling)))
    if 2 * sum(map(len, find_words(telling))) >= count:
        return _choose_foreign(telling, LETTERS) or _choose_foreign(telling, CHARACTERS) or DEFAULT
    if 2 * sum(map(len, find_pairs(telling))) >= count:
        return _choose_foreign(telling, CHARACTERS) or DEFAULT
    return _choose_latin(telling)


def _select_telling(sample: bytes) -> bytes:
    """The lines that are not ASCII, whole ones as far as they fit."""
    found: list[bytes] = []
    size = 0
    for line in sample.splitlines():
        if not line.isascii():
            found.append(line)
            size += len(line)
        if size > SAMPLE_BYTES:
            break
    return b"\n".join(found)[: 2 * SAMPLE_BYTES]


def _choose_latin(telling: bytes) -> str:
    """cp1252, unless the letters are all of a language of another encoding and of none of its."""
    if telling.decode(DEFAULT, "replace") == telling.decode("cp1250", "replace"):
        return DEFAULT
    shares = {name: _share_of_language(telling, name) for name in LATIN}
    best = max(LATIN, key=lambda name: shares[name])
    is_sure = shares[best] >= SURE and shares[best] >= shares[DEFAULT] + AHEAD
    return best if is_sure else DEFAULT


def _share_of_language(telling: bytes, name: str) -> float:
    """How many of the letters beyond ASCII the likeliest language of an encoding has."""
    text = telling.decode(name, "replace")
    letters = [c.lower()[:1] for c in text if c > "\x7f" and c.isalpha() and c not in "ªºµƒ"]
    signs = len(find_signs(text)) if name == DEFAULT else 0
    count = len(letters) + signs + text.count("\ufffd")
    if count < LETTERS_NEEDED:
        return 0.0
    placed = signs - len(find_misplaced(text)) if signs else 0
    found = max(sum(letter in language for letter in letters) for language in LATIN[name])
    return (found + placed) / count


def _choose_foreign(telling: bytes, kinds: Mapping[str, object]) -> str | None:
    """The one of `kinds` in which most is common, if enough is."""
    shares = {name: _share_of_common(telling, name) for name in kinds}
    # Of equal ones the first: it has fewer common characters, so that they tell more.
    likely = sorted(shares, key=lambda name: -shares[name])
    enough = COMMON_LETTERS if kinds is LETTERS else COMMON_CHARACTERS
    near = [name for name in likely if shares[name] >= max(enough, shares[likely[0]] - NEAR)]
    if len(near) > 1:
        return _ask_detector(telling, near)
    return near[0] if near else None


def _share_of_common(telling: bytes, name: str) -> float:
    """How much of what is beyond ASCII is common; a capital letter is so a little less.

    Text in one Cyrillic encoding, read in another, has its cases exchanged.
    """
    text = telling.decode(name, "replace")
    foreign = [c for c in text if c > "\x7f" and c not in PUNCTUATION]
    if text.count("\ufffd") > 1 + len(foreign) // 100:
        return 0.0
    if name in CHARACTERS:
        common = float(len(CHARACTERS[name].findall(telling)))
    else:
        letters = LETTERS[name]
        common = sum(1 if c in letters else 0.9 * (c.lower() in letters) for c in foreign)
    return common / max(len(foreign), LETTERS_NEEDED)


def _ask_detector(telling: bytes, names: Sequence[str]) -> str:
    """The detector's choice among `names`; the first of them when it has none."""
    match = from_bytes(telling, cp_isolation=list(names)).best()
    return match.encoding if match and match.encoding in names else names[0]
