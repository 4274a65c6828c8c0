"""The reader alone: how fast a file's bytes become rows to be staged, with nothing done to them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from app.imports.reading import Part, read_file
from app.products.upsert import Mode

BLOCK_BYTES = 256 * 1024


def time_reader(path: Path) -> tuple[int, float]:
    """Read the file to its end; rows, good and bad, and seconds."""

    def open_blocks() -> Iterator[bytes]:
        with path.open("rb") as file:
            yield from iter(partial(file.read, BLOCK_BYTES), b"")

    began = time.perf_counter()
    parts = (
        event for event in read_file(open_blocks, "", {}, Mode.UPSERT) if isinstance(event, Part)
    )
    rows = sum(part.good + part.held + part.bad for part in parts)
    return rows, time.perf_counter() - began
