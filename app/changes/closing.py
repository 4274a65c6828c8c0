"""Ending a change set in the transaction that did its work."""

from __future__ import annotations

import sqlalchemy as sa

from app.changes.announcing import request_announcement
from app.changes.change_sets import complete_change_set
from app.changes.journal import Revision, close_revision, drop_revision
from app.changes.status import Counts


def close_change_set(
    connection: sa.Connection,
    change_set_id: str,
    revision: Revision,
    counts: Counts,
    *,
    undo_days: int,
) -> None:
    """Complete the change set and its revision, and request the revision's webhook events.

    These are the transaction's last statements: none that waits for a lock may follow.
    """
    complete_change_set(connection, change_set_id, counts, undo_days)
    if counts == Counts():
        drop_revision(connection, revision)
        return
    request_announcement(connection, revision)
    close_revision(connection, revision, added=counts.created - counts.deleted)
