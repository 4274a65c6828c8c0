"""Revisions whose events are still to be recorded, and when each is due.

A process claims a revision before it reads it. The claim makes the revision due again after a
pause, which grows with each claim. So a revision that fails, or whose process dies, does not block
the others. A piece that succeeds makes its revision due at once.
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
    """A revision whose changes are announced up to the product `after`."""

    revision_id: int
    after: int
    change_set_id: str | None


def add(connection: sa.Connection, revision_id: int) -> None:
    """Note that the revision's events are to be recorded."""
    connection.execute(sa.insert(announcements).values(revision_id=revision_id))


def claim_next(engine: sa.Engine) -> int | None:
    """Claim the oldest revision that is due and not locked; None if there is none.

    It is due again after a pause.
    """
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
    """Lock the revision until the transaction's end; None if another process has it."""
    statement = (
        sa.select(_c.revision_id, _c.after_product_id, revisions.c.change_set_id)
        .select_from(announcements.outerjoin(revisions, revisions.c.id == _c.revision_id))
        .where(_c.revision_id == revision_id)
        .with_for_update(of=announcements, skip_locked=True)
    )
    row = connection.execute(statement).one_or_none()
    return None if row is None else Asked(*row)


def move_on(connection: sa.Connection, revision_id: int, product_id: int) -> None:
    """Note that the revision is announced up to this product, and make it due at once."""
    connection.execute(
        sa.update(announcements)
        .where(_c.revision_id == revision_id)
        .values(after_product_id=product_id, attempts=0, next_at=sa.func.clock_timestamp())
    )


def end(connection: sa.Connection, revision_id: int) -> None:
    """Note that the revision is announced as a whole."""
    connection.execute(sa.delete(announcements).where(_c.revision_id == revision_id))
