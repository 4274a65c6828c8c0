"""What has changed since a position of the journal, for whatever follows it."""

from __future__ import annotations

from functools import cache
from typing import Any

import sqlalchemy as sa

from app.changes.creations import count_created
from app.changes.models import changes, created_ranges, revisions
from app.changes.recorded import select_product_ids
from app.changes.status import Action

# What the statements below are executed with, which every list of products asks: they are put
# together once in a process.
POSITION = sa.bindparam("position", type_=sa.BigInteger)
LIMIT = sa.bindparam("most_rows", type_=sa.Integer)


def last_position(connection: sa.Connection) -> int:
    """The position of the newest committed revision; 0 before the first."""
    newest = sa.select(sa.func.coalesce(sa.func.max(revisions.c.position), 0))
    position: int = connection.execute(newest).scalar_one()
    return position


def count_recent(connection: sa.Connection, position: int, limit: int) -> int:
    """The changes after `position`: those with a row up to `limit`, the others in any number."""
    given = {POSITION.key: position, LIMIT.key: limit}
    return int(connection.execute(_select_recent(), given).scalar_one())


@cache
def _select_recent() -> sa.Select[int]:
    newer = _select_newer(POSITION)
    found = sa.select(changes.c.action).where(changes.c.revision_id.in_(newer)).limit(LIMIT)
    stored = sa.select(sa.func.count()).select_from(found.subquery()).scalar_subquery()
    in_bulk = count_created(created_ranges.c.revision_id.in_(newer)).scalar_subquery()
    return sa.select(stored + in_bulk)


def count_added(connection: sa.Connection, position: int) -> int:
    """How many products there are more than at `position`; exact, however much has changed."""
    return int(connection.execute(_select_added(), {POSITION.key: position}).scalar_one())


@cache
def _select_added() -> sa.Select[int]:
    return sa.select(added_since(POSITION))


def added_since(position: Any) -> sa.ColumnElement[int]:
    """The same as a part of a statement, and so of one moment with the rest of it."""
    newer = revisions.c.position > position
    known = sa.select(sa.func.coalesce(sa.func.sum(revisions.c.added), 0)).where(newer)
    uncounted = sa.select(revisions.c.id).where(newer, revisions.c.added.is_(None))
    action = changes.c.action
    stored = sa.select(
        sa.func.count().filter(action == Action.CREATED.value)
        - sa.func.count().filter(action == Action.DELETED.value)
    ).where(changes.c.revision_id.in_(uncounted))
    in_bulk = count_created(created_ranges.c.revision_id.in_(uncounted))
    parts = [part.scalar_subquery() for part in (known, stored, in_bulk)]
    return parts[0] + parts[1] + parts[2]


def recent_product_ids(position: int) -> sa.Select[tuple[int]]:
    """The ids of the products changed after `position`, some of them more than once."""
    return select_product_ids(_select_newer(position))


def _select_newer(position: Any) -> sa.Select[tuple[int]]:
    return sa.select(revisions.c.id).where(revisions.c.position > position)
