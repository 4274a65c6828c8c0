"""What a change set is, and how far it has come. Pure values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What makes a change set."""

    IMPORT = "import"
    BULK_DELETE = "bulk_delete"
    BULK_ACTIVATE = "bulk_activate"
    BULK_DEACTIVATE = "bulk_deactivate"
    UNDO = "undo"


class Status(StrEnum):
    """How far a change set is."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"


AT_WORK = frozenset({Status.QUEUED, Status.RUNNING})


class Action(StrEnum):
    """What became of one product; `kept` is an undo's, for one that was left alone."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"
    KEPT = "kept"


@dataclass(frozen=True)
class Counts:
    """The products of a change set by what became of them."""

    created: int = 0
    updated: int = 0
    deleted: int = 0
    kept: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.created + other.created,
            self.updated + other.updated,
            self.deleted + other.deleted,
            self.kept + other.kept,
        )


@dataclass(frozen=True)
class Progress:
    """How far the work is; `percent` over all of it, 100 only once it is committed."""

    percent: float = 0.0
    done: int = 0
    total: int | None = None
