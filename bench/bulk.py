"""What deleting everything costs, and taking it back, beside what PostgreSQL must do for it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from bench.client import Client
from bench.floor import Floor

POLL_SECONDS = 0.05


@dataclass(frozen=True, kw_only=True)
class BulkTiming:
    """Once. Seconds run from the request to the first answer "completed"."""

    bare_seconds: float
    delete_seconds: float
    undo_seconds: float


def time_bulk(client: Client, floor: Floor) -> BulkTiming:
    """Delete the floor's and the app's whole catalog, which are equal, and undo the latter."""
    floor.settle()
    bare_seconds = floor.copy_and_delete()
    floor.settle()
    began = time.perf_counter()
    deleted = client.follow_change_set(client.delete_all(), POLL_SECONDS)
    delete_seconds = time.perf_counter() - began
    floor.settle()
    began = time.perf_counter()
    client.follow_change_set(client.undo(deleted), POLL_SECONDS)
    return BulkTiming(
        bare_seconds=bare_seconds,
        delete_seconds=delete_seconds,
        undo_seconds=time.perf_counter() - began,
    )


def bulk_table(timings: Sequence[BulkTiming], fresh_floor: float) -> str:
    """The medians as Markdown. The undo is measured against the floor of a fresh import."""
    bare = median(timing.bare_seconds for timing in timings)
    delete = median(timing.delete_seconds for timing in timings)
    undo = median(timing.undo_seconds for timing in timings)
    return "\n".join(
        [
            "| operation | floor s | seconds | ratio |",
            "| --- | ---: | ---: | ---: |",
            f"| delete all, beside a bare DELETE and a bare copy | {bare:.2f} | {delete:.2f} "
            f"| {delete / bare:.2f} |",
            f"| undo it, beside the floor of a fresh import | {fresh_floor:.2f} | {undo:.2f} "
            f"| {undo / fresh_floor:.2f} |",
        ]
    )
