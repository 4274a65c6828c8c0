"""Text that was encoded in UTF-8 twice: `CafÃ©` for `Café`.

Pure. A program read UTF-8 as windows-1252 and wrote that in UTF-8. The bytes are right UTF-8,
so that only what the text says can tell.
"""

from __future__ import annotations

import re

from app.imports.errors import Remark

# What windows-1252 has for the bytes 80 to BF. Five of them it does not define; programs write
# those as control characters.
BEHIND = "".join(
    bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(0x80, 0xC0)
)
BYTES = {character: byte for byte, character in enumerate(BEHIND, 0x80)}
BYTES |= {chr(byte): byte for byte in range(0xC0, 0x100)}
_behind = re.escape(BEHIND)
# One character of UTF-8 as windows-1252 shows it, of two, three and four bytes.
ONE = rf"[Â-ß][{_behind}]|[à-ï][{_behind}]{{2}}|[ð-ô][{_behind}]{{3}}"
# Two in a row are no text, nor is one in a word. Right: `NESCAFÉ®`, `Ø½`, `MÃE`.
_one = rf"[ÂÃÄÅÆÈ][{_behind}]"
find_doubled = re.compile(
    rf"(?:{ONE}){{2,}}|(?<=[a-z]){_one}|{_one}(?=[a-z])|(?<=[0-9A-Z ])Ã[{_behind}](?=[A-Z])"
    rf"|(?<=\d)Â[°²³½¼¾\u00a0]|Â[£©®](?=\d)|â[€„][{_behind}]|ðŸ[{_behind}]{{2}}"
)
# The same in the bytes of UTF-8: quick, and more than it; and its commonest signs, `Ã` and `Â`.
may_be_doubled = re.compile(rb"\xc3[\x82-\xb4][\xc2\xc5\xc6\xcb\xe2]").search
has_common_sign = re.compile(rb"\xc3[\x82\x83][\xc2\xc5\xc6\xcb\xe2]").search
split_lines = re.compile("\r\n|\r|\n").split


def is_doubled(text: str) -> bool:
    """Whether there is a sign of it."""
    found = find_doubled.search(text)
    return found is not None and _repair_one(found) != found[0]


def repair(text: str) -> str:
    """The text as it was meant; what was not encoded twice stays."""
    return find_doubled.sub(_repair_one, text)


def is_text(character: str) -> bool:
    """Whether a character is one that texts have."""
    return (character.isprintable() and character != "\ufffd") or character == "\u00a0"


def _repair_one(found: re.Match[str]) -> str:
    """What it was meant to be, if that is text."""
    data = bytes(BYTES[character] for character in found[0])
    text = data.decode("utf-8", "replace")
    return text if all(map(is_text, text)) else found[0]


def list_doubled(data: bytes, first: int) -> list[Remark]:
    """A remark on each line of some UTF-8 that was encoded twice; `first` is the first's number.

    Only for the commonest signs of it: this is looked for in the whole file.
    """
    if not has_common_sign(data):
        return []
    lines = split_lines(data.decode("utf-8", "replace"))
    return [
        Remark(number, "encoded_twice", line[:200], is_skipped=False)
        for number, line in enumerate(lines, first)
        if is_doubled(line)
    ]
