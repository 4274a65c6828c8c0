"""The reader alone: how fast a file's bytes become records, with nothing done to them."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

from app.imports.mapping import count_known
from app.imports.reader import FormatWish, open_csv

BLOCK_BYTES = 256 * 1024


def time_reader(path: Path) -> tuple[int, float]:
    """Read the file to its end; records and seconds."""
    began = time.perf_counter()
    with path.open("rb") as file:
        blocks = iter(partial(file.read, BLOCK_BYTES), b"")
        opened = open_csv(blocks, FormatWish(), count_known)
        records = sum(len(batch.rows) for batch in opened.batches())
    return records, time.perf_counter() - began
