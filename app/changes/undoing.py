"""Whether a change set can be undone, and asking for it."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.changes import change_sets
from app.changes.change_sets import ChangeSet, NewChangeSet
from app.changes.errors import NotUndoable
from app.changes.queries import find_revision
from app.changes.status import Counts, Kind, Status
from app.changes.undo import foresee

UNDONE = {
    Kind.IMPORT: "import",
    Kind.BULK_DELETE: "deletion",
    Kind.BULK_ACTIVATE: "activation",
    Kind.BULK_DEACTIVATE: "deactivation",
    Kind.UNDO: "undo",
}
ALREADY = "It has been undone already."


def request_undo(connection: sa.Connection, change_set_id: str, actor: str) -> ChangeSet:
    """Store the undo to be done by a job; raises ChangeSetNotFound, NotUndoable."""
    undone = change_sets.get_change_set(connection, change_set_id)
    check_undoable(connection, undone)
    subject = f"{UNDONE[undone.kind]} of {undone.subject}"
    new = NewChangeSet(kind=Kind.UNDO, actor=actor, subject=subject, undo_of=undone.id)
    try:
        with connection.begin_nested():
            made = change_sets.create_change_set(connection, new)
    except IntegrityError as error:  # somebody else has asked for it at the same time
        raise NotUndoable(ALREADY) from error
    return change_sets.get_change_set(connection, made)


def foresee_undo(connection: sa.Connection, change_set_id: str) -> Counts:
    """What an undo would do now; raises ChangeSetNotFound, NotUndoable."""
    undone = change_sets.get_change_set(connection, change_set_id)
    revision_id = check_undoable(connection, undone)
    return Counts() if revision_id is None else foresee(connection, revision_id)


def check_undoable(connection: sa.Connection, undone: ChangeSet) -> int | None:
    """The revision to be undone, None if nothing was changed; raises NotUndoable."""
    if undone.status is not Status.COMPLETED:
        raise NotUndoable(f"It is {undone.status}. Only what is completed can be undone.")
    if undone.undone_by is not None:
        raise NotUndoable(ALREADY)
    if undone.undoable_until is not None and undone.undoable_until < datetime.now(UTC):
        raise NotUndoable("It is too old. What was before is no longer kept.")
    return find_undone(connection, undone)


def find_undone(connection: sa.Connection, undone: ChangeSet) -> int | None:
    """The revision to be undone, None if nothing was changed; raises NotUndoable if purged."""
    revision_id = find_revision(connection, undone.id)
    counts = undone.counts
    if revision_id is None and counts.created + counts.updated + counts.deleted:
        raise NotUndoable("What was before is no longer kept.")
    return revision_id
