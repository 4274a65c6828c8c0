"""The states of an import and the ways between them.

    queued → checking → running → completed | failed | cancelled
                      → needs_mapping | ready → queued, by start or another preview

A failed import may be looked at again, too, and is then queued once more.

Pure. A state moves by `UPDATE … WHERE status IN (expected)` only.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """Where an import is."""

    QUEUED = "queued"
    CHECKING = "checking"
    NEEDS_MAPPING = "needs_mapping"
    READY = "ready"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


AT_WORK = frozenset({Status.QUEUED, Status.CHECKING, Status.RUNNING})
WAITING = frozenset({Status.NEEDS_MAPPING, Status.READY})
FINISHED = frozenset({Status.COMPLETED, Status.FAILED, Status.CANCELLED})


class Stage(StrEnum):
    """What a worker does with an import just now."""

    READING = "reading"
    COMPARING = "comparing"
    APPLYING = "applying"


class OnReject(StrEnum):
    """What one bad row means for the file."""

    SKIP = "skip"
    ABORT = "abort"


@dataclass(frozen=True)
class Counts:
    """What became of a file's rows.

    rows = created + updated + unchanged + duplicates + rejected + skipped once
    a file has been compared; until then `rows` and `rejected` run ahead.
    """

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicates: int = 0
    rejected: int = 0
    skipped: int = 0


@dataclass(frozen=True)
class Progress:
    """How far an import is, over the whole of its way; seconds, rows, per cent."""

    percent: float = 0.0
    rows_read: int = 0
    rows_applied: int = 0
    rows_per_second: int | None = None
    eta_seconds: int | None = None
