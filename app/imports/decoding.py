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

from app.imports.converting import choose_converter, count_utf8, resolve
from app.imports.detection import detect
from app.imports.encoding_question import ask_for_encoding
from app.imports.encodings import find_encoding
from app.imports.errors import MixedEncodings, NotText
from app.imports.marks import cut_padding, find_mark, refuse_utf_7

LOOK_AHEAD_BYTES = 1024 * 1024
PIECE_BYTES = 64 * 1024
LINE_BYTES_MAX = 4 * 1024 * 1024
MARK_ERRORS = "product-importer-mark"
MARKED_NAMES = frozenset({"utf-16", "utf-32"})
ASCII = bytes(range(128))


def _mark(error: UnicodeError) -> tuple[str, int]:
    """An error handler for wide encodings, where `surrogateescape` cannot stand for a byte."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "\udcff", error.end


codecs.register_error(MARK_ERRORS, _mark)


class Utf8Blocks:
    """The blocks of a file in UTF-8, without its byte order mark and the padding at its end.

    `encoding` is the label of what was found, final once the blocks are used
    up: until the first byte beyond ASCII it is "utf-8". `is_found` tells whether
    nobody has named it.
    """

    def __init__(self, blocks: Iterable[bytes], wished: str | None) -> None:
        self.encoding = "utf-8"
        self.is_found = wished is None
        self._blocks = cut_evenly(blocks)
        self._wished = wished
        self._foreign = self._as_utf8 = 0  # bytes beyond ASCII, and those of them that are UTF-8

    def __iter__(self) -> Iterator[bytes]:
        """Raises NotText, and a Question where the encoding is not sure."""
        first = next(self._blocks, b"")
        mark, marked = find_mark(first)
        name = resolve(self._wished) if self._wished else marked
        if name in MARKED_NAMES:  # UTF-16 of whichever order the mark tells
            name = marked or f"{name}-le"
        blocks = chain([first[len(mark) :]], self._blocks)
        if name is not None:
            yield from self._transcode(blocks, name)
            return
        refuse_utf_7(first)
        self._blocks = cut_padding(blocks)
        for block in self._blocks:
            if not block.isascii():
                yield from self._transcode(*self._look_at(block))
                return
            yield block

    def _look_at(self, block: bytes) -> tuple[Iterator[bytes], str]:
        """The blocks from this one on, and their encoding."""
        ahead = self._gather(LOOK_AHEAD_BYTES)
        sample = block + ahead
        found = detect(sample, is_whole=len(ahead) < LOOK_AHEAD_BYTES)
        has_rows = b"\n" in sample or b"\r" in sample  # without, it is no table in any encoding
        if found.rivals and has_rows:
            raise ask_for_encoding(sample, found.names)
        return chain([block, ahead], self._blocks), found.encoding

    def _gather(self, size: int) -> bytes:
        """The next blocks, `size` bytes of them or a little more."""
        found: list[bytes] = []
        while size > 0 and (block := next(self._blocks, None)) is not None:
            found.append(block)
            size -= len(block)
        return b"".join(found)

    def _transcode(self, blocks: Iterator[bytes], name: str) -> Iterator[bytes]:
        """Raises NotText where Python has a codec of that name and it is none for files."""
        known = find_encoding(name)
        self.encoding = known.label if known else name
        try:
            if name.startswith(("utf-16", "utf-32")):
                yield from _transcode_wide(blocks, name)
            elif name == "utf-8":
                yield from cut_padding(blocks)
            else:
                yield from self._convert(cut_at_lines(cut_padding(blocks)), name)
        except (LookupError, UnicodeError) as error:
            raise NotText(f"The file cannot be read in the encoding {name}.") from error

    def _convert(self, blocks: Iterator[bytes], name: str) -> Iterator[bytes]:
        convert = choose_converter(name, is_found=self._wished is None)
        for block in blocks:
            self._watch(block)
            yield convert(block).encode("utf-8", "surrogateescape")

    def _watch(self, block: bytes) -> None:
        """Raise MixedEncodings when what follows is UTF-8 after all, as it shows itself.

        The encoding was found out by the first bytes beyond ASCII, and those may
        have been the damaged ones. Whoever names the encoding is taken at their word.
        """
        if self._wished is None and not block.isascii():
            self._foreign += len(block.translate(None, ASCII))
            self._as_utf8 += count_utf8(block)
            if self._as_utf8 >= 64 and self._as_utf8 > 0.9 * self._foreign:
                raise MixedEncodings(self.encoding)


def _transcode_wide(blocks: Iterable[bytes], name: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(name)(errors=MARK_ERRORS)
    for block in blocks:
        yield decoder.decode(block).encode("utf-8", "surrogateescape")
    yield decoder.decode(b"", final=True).encode("utf-8", "surrogateescape")


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


def cut_at_lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in whole lines, but for one that is too long for any table."""
    rest: list[bytes] = []
    size = 0
    for block in blocks:
        end = max(block.rfind(b"\n"), block.rfind(b"\r")) + 1
        if not end and size < LINE_BYTES_MAX:
            rest.append(block)
            size += len(block)
            continue
        end = end or len(block)
        yield b"".join([*rest, block[:end]])
        rest = [block[end:]]
        size = len(block) - end
    if size:
        yield b"".join(rest)
