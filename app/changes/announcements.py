"""Which revisions are still to be told of, and when each comes next.

A revision is claimed before it is read: whatever happens to it, to this process even, it
then waits for a while, longer each time, and lets the others by. A piece that goes well makes
it due again at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from app.changes.models import announcements, revisions

# Seconds: 1, 2, 4 and so on up to this.
LONGEST_PAUSE = 3600
_c = announcements.c


@dataclass(frozen=True)
class Asked:
    """A revision to be told of, from the product behind `after` on."""

    revision_id: int
    after: int
    change_set_id: str | None


def add(connection: sa.Connection, revision_id: int) -> None:
    """Have the revision told of."""
    connection.execute(sa.insert(announcements).values(revision_id=revision_id))


def claim_next(engine: sa.Engine) -> int | None:
    """The oldest revision that is due and that nobody is at; it is due again after a pause."""
    now = sa.func.clock_timestamp()
    due = (
        sa.select(_c.revision_id)
        .where(_c.next_at <= now)
        .order_by(_c.revision_id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    # A power of a number that only grows would overflow in the end.
    pause = sa.func.least(sa.func.power(2, sa.func.least(_c.attempts, 30)), LONGEST_PAUSE)
    claim = (
        sa.update(announcements)
        .where(_c.revision_id == due.scalar_subquery())
        .values(
            attempts=_c.attempts + 1, next_at=now + sa.func.make_interval(0, 0, 0, 0, 0, 0, pause)
        )
        .returning(_c.revision_id)
    )
    with engine.begin() as connection:
        return connection.execute(claim).scalar()


def lock(connection: sa.Connection, revision_id: int) -> Asked | None:
    """What is to be told, ours until the transaction's end; None if somebody else has it."""
    statement = (
        sa.select(_c.revision_id, _c.after_product_id, revisions.c.change_set_id)
        .select_from(announcements.outerjoin(revisions, revisions.c.id == _c.revision_id))
        .where(_c.revision_id == revision_id)
        .with_for_update(of=announcements, skip_locked=True)
    )
    row = connection.execute(statement).one_or_none()
    return None if row is None else Asked(*row)


def move_on(connection: sa.Connection, revision_id: int, product_id: int) -> None:
    """It is told up to this product, and due."""
    connection.execute(
        sa.update(announcements)
        .where(_c.revision_id == revision_id)
        .values(after_product_id=product_id, attempts=0, next_at=sa.func.clock_timestamp())
    )


def end(connection: sa.Connection, revision_id: int) -> None:
    """It is told, all of it."""
    connection.execute(sa.delete(announcements).where(_c.revision_id == revision_id))
