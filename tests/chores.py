"""Having a chore done in the middle of a test."""

from __future__ import annotations

import sqlalchemy as sa

from app.extensions import db
from app.housekeeping import Chore, chores, do_due


def do_now(*wanted: Chore) -> None:
    """Do chores as the housekeeper does when they are due."""
    with db.engine.begin() as connection:
        connection.execute(sa.update(chores).values(due_at=sa.func.now()))
    do_due(db.engine, wanted)
