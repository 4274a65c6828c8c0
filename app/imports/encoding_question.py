"""The question which encoding a file is written in."""

from __future__ import annotations

from collections.abc import Sequence

from app.imports.converting import choose_converter, resolve
from app.imports.detection import list_telling
from app.imports.encodings import find_encoding
from app.imports.errors import AmbiguousEncoding, make_answer

LINES_SHOWN = 3


def ask_for_encoding(sample: bytes, names: Sequence[str]) -> AmbiguousEncoding:
    """The problem to raise: lines of the sample, as they read in each of the encodings."""
    found = [encoding for name in names if (encoding := find_encoding(name))]
    readings = [choose_converter(resolve(encoding.label), is_found=False) for encoding in found]
    shown: list[list[str]] = []
    for line in list_telling(sample):
        texts = [read(line).encode("utf-8", "replace").decode() for read in readings]
        if len(set(texts)) > 1 and texts not in shown:
            shown.append(texts)
        if len(shown) == LINES_SHOWN:
            break
    return AmbiguousEncoding(
        [
            make_answer(
                encoding.title, {"encoding": encoding.label}, [texts[at] for texts in shown]
            )
            for at, encoding in enumerate(found)
        ]
    )
