"""Forgetting what can no longer be undone, a bounded number of rows at a time.

The newest forgotten revision stays as a mark: a reader of the feed whose
cursor lies before it has missed something, and is told so.
"""

from __future__ import annotations

import sqlalchemy as sa

from app.changes.models import changes, created_ranges, kept_products, revisions
from app.housekeeping import Piece
from app.locks import try_number

# Any number will do that no other advisory lock of this database has.
PURGING = 7_220_519_004


def prevent_purge(connection: sa.Connection) -> None:
    """Let nothing be forgotten until this transaction ends; waits for the piece under way."""
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(PURGING)))


def purge_changes(connection: sa.Connection, days: int, limit: int) -> Piece:
    """Delete up to `limit` changes older than `days`.

    Only one at a time, and never during an undo: who comes second does nothing.
    """
    if not try_number(connection, PURGING):
        return Piece(0, has_more=False)
    is_old = revisions.c.at < sa.func.now() - sa.func.make_interval(0, 0, 0, days)
    oldest = (
        sa.select(revisions.c.id)
        .where(is_old, revisions.c.position.is_not(None), ~revisions.c.is_empty)
        .order_by(revisions.c.position)
        .limit(1)
    )
    revision_id = connection.execute(oldest).scalar()
    if revision_id is None:
        return Piece(0, has_more=False)
    _begin(connection, revision_id)
    ahead = (
        sa.select(changes.c.product_id)
        .where(changes.c.revision_id == revision_id)
        .order_by(changes.c.product_id)
        .limit(limit)
    )
    deleted = connection.execute(
        sa.delete(changes).where(
            changes.c.revision_id == revision_id, changes.c.product_id.in_(ahead)
        )
    ).rowcount
    if deleted < limit:
        _end(connection, revision_id)
    return Piece(deleted, has_more=True)


def _begin(connection: sa.Connection, revision_id: int) -> None:
    """Whoever has not read the revision's last change yet is from now on told so."""
    stored = sa.select(sa.func.max(changes.c.product_id)).where(
        changes.c.revision_id == revision_id
    )
    own_ranges = created_ranges.c.revision_id == revision_id
    created = sa.select(sa.func.max(created_ranges.c.last_id)).where(own_ranges)
    last = sa.func.greatest(stored.scalar_subquery(), created.scalar_subquery(), 0)
    connection.execute(
        sa.update(revisions)
        .where(revisions.c.id == revision_id, revisions.c.purged_to.is_(None))
        .values(purged_to=last)
    )
    connection.execute(sa.delete(created_ranges).where(own_ranges))


def _end(connection: sa.Connection, revision_id: int) -> None:
    """The revision is empty: it becomes the mark, and the one before it goes.

    One that never had changes just goes: nobody has missed anything.
    """
    connection.execute(sa.delete(kept_products).where(kept_products.c.revision_id == revision_id))
    own = revisions.c.id == revision_id
    if connection.execute(sa.delete(revisions).where(own, revisions.c.purged_to == 0)).rowcount:
        return
    connection.execute(sa.delete(revisions).where(revisions.c.is_empty))
    connection.execute(sa.update(revisions).where(own).values(is_empty=True))
