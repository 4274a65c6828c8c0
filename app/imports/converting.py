"""Whole lines in an encoding other than UTF-8 and UTF-16 → text.

Pure. Bytes that are no text become lone surrogates, and so do those that are none in their
place: lines in UTF-8 among others, and letters of another encoding that happen to be a
character of this one.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache, partial

from app.imports.doubled import repair
from app.imports.encodings import find_encoding
from app.imports.likelihood import find_level

Convert = Callable[[bytes], str]

split_lines = re.compile(rb"(?<=[\r\n])").split
find_utf_8 = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
).findall
find_alone = re.compile("(?<=[a-z])[^\x00-\xff](?![^\x00-\x7f])")
ASCII = bytes(range(128))
BROKEN = "\udcff"
SHIFT_JIS, SHIFT_JIS_ERRORS = "shift_jis", "product-importer-shift-jis"


def resolve(name: str) -> str:
    """The name of an encoding as the detection has it; of any other codec, as Python has it.

    Who says Shift_JIS gets its signs, and not those that Windows reads in their place.
    """
    known = find_encoding(name)
    codec = codecs.lookup(name).name if known is None or known.label == SHIFT_JIS else known.name
    return codec if codec == SHIFT_JIS or known is None else known.name


def choose_converter(name: str, *, is_found: bool) -> Convert:
    """The function that reads lines; where the encoding was found out, it watches for others."""
    if name in SPECIAL:
        return SPECIAL[name]
    encoding = find_encoding(name)
    if encoding is None or not encoding.languages or not is_found:
        return partial(_decode, name=name)
    if encoding.run == 2:
        return partial(_convert_characters, name=name, language=encoding.languages[0])
    return partial(_decode if encoding.run else _convert_latin, name=name)


def _decode(lines: bytes, name: str) -> str:
    return lines.decode(name, "surrogateescape")


def _convert_doubled(lines: bytes) -> str:
    return repair(_decode(lines, "utf-8"))


def _convert_shift_jis(lines: bytes) -> str:
    return lines.decode(SHIFT_JIS, SHIFT_JIS_ERRORS)


def _read_as_windows(error: UnicodeError) -> tuple[str, int]:
    """An error handler: characters that Windows has added to Shift_JIS, such as ①."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    data = error.object[error.start : error.start + 2]
    try:
        return data.decode("cp932"), error.start + len(data)
    except UnicodeDecodeError:
        return chr(0xDC00 + data[0]), error.start + 1


codecs.register_error(SHIFT_JIS_ERRORS, _read_as_windows)


def _convert_vietnamese(lines: bytes) -> str:
    """Its letters have some of their accents apart, which nothing else has."""
    return unicodedata.normalize("NFC", _decode(lines, "cp1258"))


def _convert_latin(lines: bytes, name: str) -> str:
    """Lines in UTF-8 among those of another encoding are broken: `CafÃ©` is never meant."""
    if not count_utf8(lines):
        return _decode(lines, name)
    return "".join(
        _break(line) if _is_utf_8(line) else _decode(line, name) for line in split_lines(lines)
    )


def _break(line: bytes) -> str:
    return line.decode("ascii", "replace").replace("\ufffd", BROKEN)


@lru_cache(maxsize=1)  # a block is counted by whoever reads it, and when it is converted
def count_utf8(data: bytes) -> int:
    """How many bytes beyond ASCII are UTF-8."""
    return len(data.decode("utf-8", "ignore").encode().translate(None, ASCII))


def _is_utf_8(line: bytes) -> bool:
    """Two letters, or one of the commonest: `CAFÉ®` happens to be one of UTF-8."""
    found = find_utf_8(line)
    if not found or (len(found) == 1 and found[0][0] not in b"\xc3\xe2"):
        return False
    return sum(map(len, found)) == len(line) - len(line.translate(None, bytes(range(128, 256))))


def _convert_characters(lines: bytes, name: str, language: str) -> str:
    r"""A rare character alone behind a small letter is an accent: `Caf\xe9s` in Shift_JIS."""
    text = _decode(lines, name)
    return find_alone.sub(lambda found: _judge(found[0], name, language), text)


def _judge(character: str, name: str, language: str) -> str:
    data = character.encode(name, "replace")
    level = find_level(character, language)
    is_rare = len(data) == 1 or (data[1] < 0x80 and level not in (0, 1))
    return BROKEN if is_rare and data != b"?" else character


SPECIAL: dict[str, Convert] = {
    SHIFT_JIS: _convert_shift_jis,
    "cp1258": _convert_vietnamese,
    "utf-8-twice": _convert_doubled,
}
