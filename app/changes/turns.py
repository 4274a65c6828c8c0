"""Who may write many products, or move a SKU, just now: one at a time.

Imports hold the turn from their first written row to their commit, and so do
single edits that change a SKU. Everything else locks one row and waits for
nothing beside it, so that no two writers can wait for each other in a circle.
The lock is the transaction's and goes with it, however that ends.
"""

from __future__ import annotations

import sqlalchemy as sa

# Any number will do that no other advisory lock of this database has.
TURN = 7_220_519_002


def try_turn(connection: sa.Connection) -> bool:
    """Take the turn if nobody has it."""
    return bool(connection.execute(sa.select(sa.func.pg_try_advisory_xact_lock(TURN))).scalar())


def await_turn(connection: sa.Connection) -> None:
    """Take the turn, or fail as any wait for a lock does after the connection's `lock_timeout`."""
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(TURN)))
