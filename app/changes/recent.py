"""What has changed since a position of the journal, for whatever follows it."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from app.changes.models import changes, revisions
from app.changes.status import Action


@dataclass(frozen=True)
class Recent:
    """How many changes there are since a position, looked at up to a limit, and what they
    add to the number of products.
    """

    changes: int
    added: int


def last_position(connection: sa.Connection) -> int:
    """The position of the newest committed revision; 0 before the first."""
    newest = sa.select(sa.func.coalesce(sa.func.max(revisions.c.position), 0))
    position: int = connection.execute(newest).scalar_one()
    return position


def count_recent(connection: sa.Connection, position: int, limit: int) -> Recent:
    """The changes after `position`; `limit` of them mean that there may be more."""
    found = sa.select(changes.c.action).where(_is_after(position)).limit(limit).subquery()
    added = sa.func.count().filter(found.c.action == Action.CREATED.value)
    deleted = sa.func.count().filter(found.c.action == Action.DELETED.value)
    return Recent(*connection.execute(sa.select(sa.func.count(), added - deleted)).one())


def recent_product_ids(position: int) -> sa.Select[tuple[int]]:
    """The ids of the products changed after `position`, some of them more than once."""
    return sa.select(changes.c.product_id).where(_is_after(position))


def _is_after(position: int) -> sa.ColumnElement[bool]:
    return sa.and_(changes.c.revision_id == revisions.c.id, revisions.c.position > position)
