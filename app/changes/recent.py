"""What has changed since a position of the journal, for whatever follows it."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from app.changes.creations import count_created, expand
from app.changes.models import changes, created_ranges, revisions
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
    found = sa.select(changes.c.action).where(_is_after(changes, position)).limit(limit).subquery()
    added = sa.func.count().filter(found.c.action == Action.CREATED.value)
    deleted = sa.func.count().filter(found.c.action == Action.DELETED.value)
    stored, more = connection.execute(sa.select(sa.func.count(), added - deleted)).one()
    is_after = _is_after(created_ranges, position)
    created = connection.execute(count_created(is_after)).scalar_one()
    return Recent(min(stored + created, limit), more + created)


def recent_product_ids(position: int) -> sa.Select[tuple[int]]:
    """The ids of the products changed after `position`, some of them more than once."""
    made = expand(created_ranges)
    created = sa.select(made.c.id).select_from(created_ranges.join(made, sa.true()))
    both = sa.union_all(
        sa.select(changes.c.product_id).where(_is_after(changes, position)),
        created.where(_is_after(created_ranges, position)),
    ).subquery("recent")
    return sa.select(both.c.product_id)


def _is_after(written: sa.Table, position: int) -> sa.ColumnElement[bool]:
    return sa.and_(written.c.revision_id == revisions.c.id, revisions.c.position > position)
