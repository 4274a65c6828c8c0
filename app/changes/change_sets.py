"""Change sets' rows: made, found, moved from state to state.

Functions take the connection and never commit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.attempts import is_due
from app.changes.errors import ChangeSetNotFound
from app.changes.models import change_sets
from app.changes.status import AT_WORK, Counts, Kind, Progress, Status
from app.pagination import Page, PageRequest, Sort, fetch_page

NEWEST_FIRST = Sort("-id", (change_sets.c.id,), descending=True)


@dataclass(frozen=True, kw_only=True)
class ChangeSet:
    """A stored change set. `problem` is a problem object; the rest as the API describes it."""

    id: str
    kind: Kind
    status: Status
    import_id: str | None
    actor: str
    subject: str
    request: Mapping[str, Any]
    counts: Counts
    progress: Progress
    problem: Mapping[str, Any] | None
    undo_of: str | None
    undone_by: str | None
    undoable_until: datetime | None
    attempts: int
    next_attempt_at: datetime | None
    created_at: datetime
    finished_at: datetime | None

    def with_progress(self, progress: Progress | None) -> ChangeSet:
        """The change set as it is told of while it is at work."""
        return self if progress is None else replace(self, progress=progress)


@dataclass(frozen=True, kw_only=True)
class NewChangeSet:
    """What a change set is to be."""

    kind: Kind
    actor: str
    subject: str
    import_id: str | None = None
    undo_of: str | None = None
    request: Mapping[str, Any] | None = None


undo = aliased(change_sets, name="undo")
# A failed undo has undone nothing.
undone_by = (
    sa.select(undo.c.id)
    .where(undo.c.undo_of == change_sets.c.id, undo.c.status != Status.FAILED.value)
    .correlate(change_sets)
    .scalar_subquery()
    .label("undone_by")
)
COLUMNS = (*change_sets.c, undone_by)


def make_change_set(row: sa.Row[Any]) -> ChangeSet:
    """A change set out of a row that begins with COLUMNS."""
    values = dict(zip([column.name for column in COLUMNS], row, strict=False))
    return ChangeSet(
        **{
            **values,
            "kind": Kind(values["kind"]),
            "status": Status(values["status"]),
            "counts": Counts(**values["counts"]),
            "progress": Progress(**values["progress"]),
        }
    )


def create_change_set(
    connection: sa.Connection, new: NewChangeSet, status: Status = Status.QUEUED
) -> str:
    """Store the row; its id. Raises IntegrityError for a second undo of the same set."""
    statement = (
        sa.insert(change_sets)
        .values(
            **{**asdict(new), "request": new.request or {}},
            status=status.value,
            counts=asdict(Counts()),
            progress=asdict(Progress()),
        )
        .returning(change_sets.c.id)
    )
    made: str = connection.execute(statement).scalar_one()
    return made


def complete_change_set(
    connection: sa.Connection, change_set_id: str, counts: Counts, undo_days: int
) -> bool:
    """End it, with what it did; False if somebody has ended it already."""
    touched = counts.created + counts.updated + counts.deleted
    return move_change_set(
        connection,
        change_set_id,
        AT_WORK,
        Status.COMPLETED,
        counts=asdict(counts),
        progress=asdict(Progress(100.0, touched + counts.kept, touched + counts.kept)),
        undoable_until=sa.func.clock_timestamp() + sa.func.make_interval(0, 0, 0, undo_days),
        finished_at=sa.func.clock_timestamp(),
    )


def move_change_set(
    connection: sa.Connection,
    change_set_id: str,
    expected: Iterable[Status],
    status: Status,
    **values: object,
) -> bool:
    """Move a change set from one of `expected` to `status`; False if it is in none of them."""
    statement = (
        sa.update(change_sets)
        .where(
            change_sets.c.id == change_set_id,
            change_sets.c.status.in_([s.value for s in expected]),
        )
        .values(status=status.value, **values)
    )
    return connection.execute(statement).rowcount == 1


def get_change_set(connection: sa.Connection, change_set_id: str) -> ChangeSet:
    """The change set; raises ChangeSetNotFound."""
    statement = sa.select(*COLUMNS).where(change_sets.c.id == change_set_id)
    row = connection.execute(statement).one_or_none()
    if row is None:
        raise ChangeSetNotFound
    return make_change_set(row)


def list_change_sets(connection: sa.Connection, request: PageRequest) -> Page[ChangeSet]:
    """The change sets, newest first (their ids are UUIDs of version 7, which grow with time)."""
    total = connection.execute(sa.select(sa.func.count()).select_from(change_sets)).scalar_one()
    return fetch_page(
        connection,
        sa.select(*COLUMNS),
        NEWEST_FIRST,
        request,
        total=total,
        make=make_change_set,
    )


def find_unfinished(
    connection: sa.Connection, kinds: Collection[Kind], older_than_seconds: int
) -> list[str]:
    """Ids of change sets of `kinds` that should be queued or at work, the oldest first; without
    those that pause between two attempts.

    An import's is made and completed in one transaction, and is never seen unfinished.
    """
    age = sa.func.now() - sa.func.make_interval(0, 0, 0, 0, 0, 0, older_than_seconds)
    statement = (
        sa.select(change_sets.c.id)
        .where(
            change_sets.c.status.in_([s.value for s in AT_WORK]),
            change_sets.c.kind.in_([kind.value for kind in kinds]),
            change_sets.c.created_at < age,
            is_due(change_sets),
        )
        .order_by(change_sets.c.id)
        .limit(100)
    )
    return list(connection.execute(statement).scalars())
