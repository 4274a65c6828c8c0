"""One at a time at the work that a row stands for: an advisory lock, made of the row's UUID.

The lock is the transaction's that does the work, and goes with it, however
that ends. So it needs no lease, and no clock.
"""

from __future__ import annotations

import time
from uuid import UUID

import sqlalchemy as sa

WAIT_SECONDS = 5


def lock_key(row_id: str) -> int:
    """The number of the row's lock: its UUID's last 62 bits, all random (RFC 9562, version 7)."""
    return UUID(row_id).int & (2**62 - 1)


def await_lock(connection: sa.Connection, row_id: str) -> bool:
    """Take the lock, waiting a little: a worker killed just now may not have let go."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not try_lock(connection, row_id):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def try_lock(connection: sa.Connection, row_id: str) -> bool:
    """Take the lock until the transaction's end, if it is free."""
    return try_number(connection, lock_key(row_id))


def try_number(connection: sa.Connection, number: int) -> bool:
    """Take the lock that stands for some work, rather than a row, if it is free."""
    lock = sa.func.pg_try_advisory_xact_lock(number)
    return bool(connection.execute(sa.select(lock)).scalar())


def interrupt_holder(connection: sa.Connection, row_id: str) -> None:
    """Break off the statement that the lock's holder may be in, so that it looks up.

    Asked for after the row was committed that says so: a holder that is broken off and
    finds its row unchanged would take it for a failure.
    """
    statement = sa.text(
        "SELECT pg_cancel_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted "
        "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
        "AND objsubid = 1 AND ((classid::bigint << 32) | objid::bigint) = :key"
    )
    connection.execute(statement, {"key": lock_key(row_id)})
