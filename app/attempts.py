"""Attempts at the work that a row stands for: how many there are, and the pauses between them.

A row keeps `attempts` and `next_attempt_at`. Both are written before an attempt begins, so that a
pause follows whatever ends it: a killed process, a lost connection, a fault of ours. A pause counts
from the beginning of its attempt; an attempt that took longer is followed by the next one at once.
"""

from __future__ import annotations

import random
import time

import sqlalchemy as sa

MOST_ATTEMPTS = 10
# Seconds: 1, 2, 4 and so on up to the longest. Ten attempts take three minutes at least, so that
# work outlasts a database that restarts, also one that answers now and then meanwhile.
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
# What failed together does not come back together.
JITTER = 0.2
# Seconds that a worker waits for an attempt. A longer pause is left to the sweep.
AWAITED_PAUSE = 5.0


def pause_after(attempt: int, chance: float) -> float:
    """Seconds between the beginnings of an attempt (1 for the first one) and of the next.

    `chance`, from 0 to 1, places it within its ±20 %.
    """
    pause = min(FIRST_PAUSE * 2.0 ** (attempt - 1), LONGEST_PAUSE)
    return pause * (1 - JITTER + 2 * JITTER * chance)


def begin_attempt(attempts: int) -> dict[str, object]:
    """What to write into the row before the attempt that follows `attempts` others."""
    pause = pause_after(attempts + 1, random.random())  # noqa: S311 - no secret
    later = sa.func.clock_timestamp() + sa.func.make_interval(0, 0, 0, 0, 0, 0, pause)
    return {"attempts": attempts + 1, "next_attempt_at": later}


def is_due(table: sa.Table) -> sa.ColumnElement[bool]:
    """Whether the next attempt at a row of `table` may begin."""
    moment = table.c.next_attempt_at
    return sa.or_(moment.is_(None), moment <= sa.func.clock_timestamp())


def await_attempt(connection: sa.Connection, table: sa.Table, row_id: str) -> bool:
    """Wait until the next attempt may begin; False if that takes longer than a worker waits."""
    left = sa.func.extract("epoch", table.c.next_attempt_at - sa.func.clock_timestamp())
    seconds = connection.execute(sa.select(left).where(table.c.id == row_id)).scalar()
    if seconds is None or seconds <= 0:
        return True
    if seconds > AWAITED_PAUSE:
        return False
    time.sleep(float(seconds))
    return True
