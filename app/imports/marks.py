"""What the beginning and the end of a file tell of its encoding: marks, NULs, padding.

Pure.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterable, Iterator

from app.imports.errors import NotText

# Byte order marks, the longer ones first: UTF-32's begins with UTF-16's. The first one is
# UTF-8's, encoded once more.
MARKS = (
    (codecs.BOM_UTF8.decode("cp1252").encode(), "utf-8"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# The places of a character of ASCII in which its NULs stand, and those in which none do.
WIDE = (
    ("utf-32-le", 4, (1, 2, 3), 0),
    ("utf-32-be", 4, (0, 1, 2), 3),
    ("utf-16-le", 2, (1,), 0),
    ("utf-16-be", 2, (0,), 1),
)
NULS_NEEDED = 4
PADDING = b"\0\x1a"  # of files of whole blocks; DOS ends a text with the other
PADDING_MAX = 4 * 1024 * 1024
LETTERS_OF_UTF_7 = 2
find_utf_7 = re.compile(rb"\+[A-Za-z0-9+/]{3,}-").findall


def find_mark(start: bytes) -> tuple[bytes, str | None]:
    """The byte order mark and the encoding it tells; without one, UTF-16 and UTF-32 by NULs."""
    for mark, name in MARKS:
        if start.startswith(mark):
            return mark, name
    if start.count(0) >= NULS_NEEDED // 2:
        for name, width, nuls, other in WIDE:
            if _is_wide(start, name, width, nuls, other):
                return b"", name
    return b"", None


def _is_wide(start: bytes, name: str, width: int, nuls: tuple[int, ...], other: int) -> bool:
    """Whether NULs stand where characters of ASCII have them, and the rest is text.

    Without many of ASCII, as in Chinese, there have to be the ends of its lines.
    """
    counts = [start[place::width].count(0) for place in range(width)]
    least = min(counts[place] for place in nuls)
    size = len(start) // width
    if counts[other] > max(0.05 * size, 0.2 * least) or least < 2:
        return False
    if least > 0.7 * size:
        return True
    text = start[: size * width].decode(name, "replace")
    wrong = sum(unicodedata.category(c) in ("Cn", "Co", "Cs") or c == "\ufffd" for c in text)
    return least >= NULS_NEEDED and wrong <= 1 + size // 100 and ("\n" in text or "\r" in text)


def refuse_utf_7(start: bytes) -> None:
    """Raise NotText for UTF-7: `K+APw-che` for `Küche`."""
    if not start.isascii():
        return
    found = [text for code in find_utf_7(start) if (text := _decode_utf_7(code))]
    if len(found) >= LETTERS_OF_UTF_7:
        raise NotText(
            "This is UTF-7, an encoding for mail of former times. Save the file as CSV in UTF-8."
        )


def _decode_utf_7(code: bytes) -> str:
    """What a code of UTF-7 stands for; nothing where it is none, as in `A+BCD-1`."""
    try:
        text = code.decode("utf-7")
    except UnicodeDecodeError:
        return ""
    is_text = all(c.isprintable() and not (c.isascii() and c.isalnum()) for c in text)
    return (
        text if is_text and (text.isascii() or text.isalpha() or "\x7f" < text < "\u0250") else ""
    )


def cut_padding(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The blocks without the NULs and the end-of-file characters behind the last line."""
    held = b""
    for block in blocks:
        text = block.rstrip(PADDING)
        if text or len(held) > PADDING_MAX:
            yield held + text
            held = b""
        held += block[len(text) :]
