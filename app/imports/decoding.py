"""Bytes in whatever encoding → bytes in UTF-8.

Pure. As long as a file is ASCII its encoding makes no difference, so it is
decided at the first byte that is not, from the text around it. Bytes that are
no text in the file's encoding come through as they were; read as UTF-8 with
`surrogateescape` they become lone surrogates, which the rules for values
refuse: they cost their row, and the file survives.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from itertools import chain

from charset_normalizer import CharsetMatch, from_bytes

LOOK_AHEAD_BYTES = 1024 * 1024
SAMPLE_BYTES = 32 * 1024
MARK_ERRORS = "product-importer-mark"
UTF8_NAMES = frozenset({"utf-8", "ascii"})
DEFAULT = "cp1252"

# Byte order marks, the longer ones first: UTF-32's begins with UTF-16's.
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Encodings whose letters come in runs of bytes beyond ASCII; in Western ones such bytes
# mostly stand alone. Only these are believed of the detector where it is not sure of Latin.
IN_RUNS = frozenset(
    {"cp932", "gb18030", "big5", "cp949", "cp1251", "koi8_r", "cp1253", "cp1255", "cp1256"}
)
find_broken = re.compile("[\udc80-\udcff]").search
LATIN = frozenset({"cp1250", "cp1254", "cp1257"})
LABELS = {
    **{f"cp125{n}": f"windows-125{n}" for n in range(9)},
    "cp932": "shift_jis",
    "cp949": "euc-kr",
    "koi8_r": "koi8-r",
}


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
        self._blocks = iter(blocks)
        self._wished = wished

    def __iter__(self) -> Iterator[bytes]:
        first = self._gather(LOOK_AHEAD_BYTES // 16)
        mark, wide = find_mark(first)
        name = (self._wished and codecs.lookup(self._wished).name) or wide
        if name is not None:
            yield from self._transcode(chain([first[len(mark) :]], self._blocks), name)
            return
        for block in chain([first], self._blocks):
            if not block.isascii():
                sample = block + self._gather(LOOK_AHEAD_BYTES)
                yield from self._transcode(chain([sample], self._blocks), detect(sample))
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
        self.encoding = LABELS.get(name, name)
        if name in UTF8_NAMES:
            yield from blocks
            return
        errors = MARK_ERRORS if name.startswith(("utf-16", "utf-32")) else "surrogateescape"
        decoder = codecs.getincrementaldecoder(name)(errors=errors)
        for block in blocks:
            yield decoder.decode(block).encode("utf-8", "surrogateescape")
        yield decoder.decode(b"", final=True).encode("utf-8", "surrogateescape")


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


def detect(sample: bytes) -> str:
    """The encoding of text that is not all ASCII: UTF-8, what a detector is sure of, or cp1252.

    Text counts as UTF-8 with damage when its whole characters far outnumber
    the broken bytes: letters of another encoding are rarely valid UTF-8.
    """
    text = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode(sample)
    if not find_broken(text):
        return "utf-8"
    broken = sum("\udc80" <= character <= "\udcff" for character in text)
    whole = sum(character > "\x7f" for character in text) - broken
    if whole >= 2 * broken:
        return "utf-8"
    lines = [line for line in sample.splitlines() if not line.isascii()]
    telling = b"\n".join(lines)[:SAMPLE_BYTES]
    matches = list(from_bytes(telling, cp_isolation=[DEFAULT, *sorted(IN_RUNS | LATIN)]))
    return _choose(matches, telling)


def _choose(matches: list[CharsetMatch], telling: bytes) -> str:
    """The detector's first choice where it is plausible; cp1252 where that is as good."""
    if not matches:
        return DEFAULT
    best = matches[0]
    if best.encoding in IN_RUNS:
        return best.encoding if _comes_in_runs(telling, best.encoding) else DEFAULT
    for match in matches:
        as_good = match.chaos <= best.chaos and match.coherence >= best.coherence - 0.05
        if DEFAULT in match.could_be_from_charset and as_good:
            return DEFAULT
    return best.encoding if best.encoding in LATIN else DEFAULT


def _comes_in_runs(telling: bytes, name: str) -> bool:
    """Whether most letters beyond ASCII stand beside another, and there are some of them."""
    text = telling.decode(name, "replace")
    foreign = [character > "\x7f" for character in text]
    beside = sum(
        is_foreign and (before or after)
        for before, is_foreign, after in zip(
            [False, *foreign], foreign, [*foreign[1:], False], strict=False
        )
    )
    return sum(foreign) >= 4 and beside >= 0.8 * sum(foreign) and "\ufffd" not in text[:-1]
