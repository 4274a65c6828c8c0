"""Bytes in whatever encoding → bytes in UTF-8.

Pure. As long as a file is ASCII its encoding makes no difference, so it is
decided at the first byte that is not, from the text around it. Bytes that are
no text in the file's encoding come through as they were; read as UTF-8 with
`surrogateescape` they become lone surrogates, which the rules for values
refuse: they cost their row, and the file survives.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from itertools import chain

from app.imports.detection import detect
from app.imports.errors import MixedEncodings, NotText

LOOK_AHEAD_BYTES = 1024 * 1024
PIECE_BYTES = 64 * 1024
MARK_ERRORS = "product-importer-mark"
UTF8_NAMES = frozenset({"utf-8", "utf-8-sig", "ascii"})
MARKED_NAMES = frozenset({"utf-16", "utf-32"})

# Byte order marks, the longer ones first: UTF-32's begins with UTF-16's.
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
LABELS = {
    **{f"cp125{n}": f"windows-125{n}" for n in range(9)},
    "cp932": "shift_jis",
    "cp949": "euc-kr",
    "koi8_r": "koi8-r",
}


ASCII = bytes(range(128))


def _mark(error: UnicodeError) -> tuple[str, int]:
    """An error handler for wide encodings, where `surrogateescape` cannot stand for a byte."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "\udcff", error.end


codecs.register_error(MARK_ERRORS, _mark)


class Utf8Blocks:
    """The blocks of a file in UTF-8, without its byte order mark.

    `encoding` is the label of what was found, final once the blocks are used
    up: until the first byte beyond ASCII it is "utf-8".
    """

    def __init__(self, blocks: Iterable[bytes], wished: str | None) -> None:
        self.encoding = "utf-8"
        self._blocks = cut_evenly(blocks)
        self._wished = wished
        self._foreign = self._as_utf8 = 0  # bytes beyond ASCII, and those of them that are UTF-8

    def __iter__(self) -> Iterator[bytes]:
        first = next(self._blocks, b"")
        mark, marked = find_mark(first)
        name = codecs.lookup(self._wished).name if self._wished else marked
        if name in MARKED_NAMES:  # UTF-16 of whichever order the mark tells
            name = marked or f"{name}-le"
        if name is not None:
            yield from self._transcode(chain([first[len(mark) :]], self._blocks), name)
            return
        for block in chain([first], self._blocks):
            if not block.isascii():
                ahead = self._gather(LOOK_AHEAD_BYTES)
                encoding = detect(block + ahead, is_whole=len(ahead) < LOOK_AHEAD_BYTES)
                yield from self._transcode(chain([block, ahead], self._blocks), encoding)
                return
            yield block

    def _gather(self, size: int) -> bytes:
        """The next blocks, `size` bytes of them or a little more."""
        found: list[bytes] = []
        while size > 0 and (block := next(self._blocks, None)) is not None:
            found.append(block)
            size -= len(block)
        return b"".join(found)

    def _transcode(self, blocks: Iterable[bytes], name: str) -> Iterator[bytes]:
        """Raises NotText where Python has a codec of that name and it is none for files."""
        self.encoding = LABELS.get(name, name)
        if name in UTF8_NAMES:
            self.encoding = "utf-8"
            yield from blocks
            return
        errors = MARK_ERRORS if name.startswith(("utf-16", "utf-32")) else "surrogateescape"
        try:
            decoder = codecs.getincrementaldecoder(name)(errors=errors)
            for block in blocks:
                self._watch(block)
                yield decoder.decode(block).encode("utf-8", "surrogateescape")
            yield decoder.decode(b"", final=True).encode("utf-8", "surrogateescape")
        except (LookupError, UnicodeError) as error:
            raise NotText(f"The file cannot be read in the encoding {name}.") from error

    def _watch(self, block: bytes) -> None:
        """Raise MixedEncodings when what follows is UTF-8 after all, as it shows itself.

        The encoding was found out by the first bytes beyond ASCII, and those may
        have been the damaged ones. Whoever names the encoding is taken at their word.
        """
        if self._wished is None and not block.isascii():
            self._foreign += len(block.translate(None, ASCII))
            self._as_utf8 += count_utf8(block)
            if self._as_utf8 >= 64 and self._as_utf8 > 0.9 * self._foreign:
                raise MixedEncodings(LABELS.get(self.encoding, self.encoding))


def count_utf8(data: bytes) -> int:
    """How many bytes beyond ASCII are UTF-8."""
    return len(data.decode("utf-8", "ignore").encode().translate(None, ASCII))


def cut_evenly(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of 64 KiB: what is found must not depend on how they came."""
    rest = bytearray()
    for block in blocks:
        rest += block
        if len(rest) >= PIECE_BYTES:
            whole = len(rest) - len(rest) % PIECE_BYTES
            for start in range(0, whole, PIECE_BYTES):
                yield bytes(rest[start : start + PIECE_BYTES])
            del rest[:whole]
    if rest:
        yield bytes(rest)


def find_mark(start: bytes) -> tuple[bytes, str | None]:
    """The byte order mark and the encoding it tells; without one, UTF-16 by its NULs."""
    for mark, name in MARKS:
        if start.startswith(mark):
            return mark, name
    half = max(len(start) // 2, 1)
    for name, nuls, others in (
        ("utf-16-le", start[1::2], start[0::2]),
        ("utf-16-be", start[0::2], start[1::2]),
    ):
        if len(start) >= 4 and nuls.count(0) > 0.7 * half and others.count(0) < 0.05 * half:
            return b"", name
    return b"", None
