"""How far an import is, in a Redis hash while it is at work.

Redis may be away or lose the hash: progress is then not shown, and nothing
else happens. The truth about an import is its row.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import redis

from app.imports.status import Progress, Stage

KEEP_SECONDS = 24 * 60 * 60
log = logging.getLogger(__name__)

# The part of the whole at which a stage begins and ends, in per cent, by measurement
# over half a million rows. The last per cent is the commit's.
SPANS = {Stage.READING: (0.0, 45.0), Stage.COMPARING: (45.0, 52.0), Stage.APPLYING: (52.0, 99.0)}
# Where rows are written while the file is read, there is one way from its first byte to its last.
EARLY_SPANS = {**SPANS, Stage.APPLYING: (0.0, 99.0)}
PREVIEW_SPANS = {Stage.READING: (0.0, 80.0), Stage.COMPARING: (80.0, 99.0)}


@dataclass(frozen=True)
class Report:
    """What a page polls for."""

    stage: Stage
    progress: Progress

    def not_below(self, floor: float) -> Report:
        """The report, its percentage raised to what was told before."""
        percent = max(self.progress.percent, floor)
        return replace(self, progress=replace(self.progress, percent=percent))


class Meter:
    """Turns the work done into a progress that never goes back."""

    def __init__(self, *, preview: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._spans = PREVIEW_SPANS if preview else SPANS
        self._clock = clock
        self._began = clock()
        self._stage = Stage.READING
        self._stage_began = self._began
        self._percent = 0.0

    def measure(self, stage: Stage, share: float, rows_read: int, rows_applied: int) -> Report:
        """The progress when `share` (0 to 1) of `stage` is done."""
        now = self._clock()
        if stage is Stage.APPLYING and self._stage is Stage.READING:
            self._spans = EARLY_SPANS
        elif stage is Stage.READING and self._spans is EARLY_SPANS:
            self._spans = SPANS  # taken back: from now on one after the other
        if stage is not self._stage:
            self._stage, self._stage_began = stage, now
        low, high = self._spans[stage]
        self._percent = max(self._percent, low + (high - low) * min(share, 1.0))
        rows = rows_applied if stage is Stage.APPLYING else rows_read
        seconds = now - (self._stage_began if stage is Stage.APPLYING else self._began)
        progress = Progress(
            percent=round(self._percent, 1),
            rows_read=rows_read,
            rows_applied=rows_applied,
            rows_per_second=round(rows / seconds) if rows and seconds > 0 else None,
            eta_seconds=self._time_left(now),
        )
        return Report(stage, progress)

    def _time_left(self, now: float) -> int | None:
        """By the pace so far; unknown until a little of the way is done."""
        elapsed = now - self._began
        if self._percent < 2 or elapsed < 0.5:
            return None
        return round(elapsed * (100 - self._percent) / self._percent)


def save_report(client: redis.Redis, import_id: str, run: int, report: Report) -> None:
    """Write the hash; a Redis that is away is logged and forgiven."""
    fields: dict[Any, Any] = {
        "stage": report.stage.value,
        "percent": str(report.progress.percent),
        "rows_read": str(report.progress.rows_read),
        "rows_applied": str(report.progress.rows_applied),
        "rows_per_second": _text(report.progress.rows_per_second),
        "eta_seconds": _text(report.progress.eta_seconds),
    }
    try:
        with client.pipeline() as pipeline:
            pipeline.hset(_key(import_id, run), mapping=fields)
            pipeline.expire(_key(import_id, run), KEEP_SECONDS)
            pipeline.execute()
    except redis.RedisError as error:
        log.warning("progress not written", extra={"import_id": import_id}, exc_info=error)


def load_report(client: redis.Redis, import_id: str, run: int) -> Report | None:
    """The last report; None when Redis is away or has nothing."""
    try:
        found: Any = client.hgetall(_key(import_id, run))
    except redis.RedisError as error:
        log.warning("progress not read", extra={"import_id": import_id}, exc_info=error)
        return None
    fields = {key.decode(): value.decode() for key, value in found.items()}
    if "stage" not in fields:
        return None
    return Report(
        Stage(fields["stage"]),
        Progress(
            percent=float(fields["percent"]),
            rows_read=int(fields["rows_read"]),
            rows_applied=int(fields["rows_applied"]),
            rows_per_second=_number(fields["rows_per_second"]),
            eta_seconds=_number(fields["eta_seconds"]),
        ),
    )


def _key(import_id: str, run: int) -> str:
    return f"import:{import_id}:{run}"


def _text(number: int | None) -> str:
    return "" if number is None else str(number)


def _number(text: str) -> int | None:
    return int(text) if text else None
