"""What has changed since a position of the journal, for whatever follows it."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from app.changes.creations import count_created
from app.changes.models import changes, created_ranges, revisions
from app.changes.recorded import select_product_ids
from app.changes.status import Action


@dataclass(frozen=True)
class Recent:
    """How many changes there are since a position, and what they add to the number of products.

    `is_whole`: none was left out of the counts.
    """

    changes: int
    added: int
    is_whole: bool


def last_position(connection: sa.Connection) -> int:
    """The position of the newest committed revision; 0 before the first."""
    newest = sa.select(sa.func.coalesce(sa.func.max(revisions.c.position), 0))
    position: int = connection.execute(newest).scalar_one()
    return position


def count_recent(connection: sa.Connection, position: int, limit: int) -> Recent:
    """The changes after `position`: those with a row up to `limit`, the others in any number."""
    newer = _select_newer(position)
    found = sa.select(changes.c.action).where(changes.c.revision_id.in_(newer)).limit(limit)
    action = found.subquery().c.action
    added = sa.func.count().filter(action == Action.CREATED.value)
    deleted = sa.func.count().filter(action == Action.DELETED.value)
    stored, more = connection.execute(sa.select(sa.func.count(action), added - deleted)).one()
    in_bulk = count_created(created_ranges.c.revision_id.in_(newer))
    created = connection.execute(in_bulk).scalar_one()
    return Recent(stored + created, more + created, is_whole=stored < limit)


def recent_product_ids(position: int) -> sa.Select[tuple[int]]:
    """The ids of the products changed after `position`, some of them more than once."""
    return select_product_ids(_select_newer(position))


def _select_newer(position: int) -> sa.Select[tuple[int]]:
    return sa.select(revisions.c.id).where(revisions.c.position > position)
