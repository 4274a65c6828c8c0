"""One at a time at the work that a row stands for: an advisory lock, made of the row's UUID.

The lock is the transaction's that does the work, and goes with it, however
that ends. So it needs no lease, and no clock.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

WAIT_SECONDS = 5
# Who holds which advisory lock of this database that is named by one number.
holders = (
    sa.text(
        "SELECT (classid::bigint << 32) | objid::bigint AS key, pid FROM pg_locks "
        "WHERE locktype = 'advisory' AND granted AND objsubid = 1 "
        "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    .columns(sa.column("key", sa.BigInteger), sa.column("pid", sa.Integer))
    .subquery("holders")
)
activity = sa.table(
    "pg_stat_activity",
    sa.column("pid", sa.Integer),
    sa.column("state", sa.Text),
    sa.column("wait_event_type", sa.Text),
    sa.column("state_change", sa.DateTime(timezone=True)),
)


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


def held_keys(connection: sa.Connection) -> frozenset[int]:
    """The numbers of all advisory locks of this database that somebody holds."""
    return frozenset(connection.execute(sa.select(holders.c.key)).scalars())


def interrupt_holder(connection: sa.Connection, row_id: str) -> None:
    """Break off the statement that the lock's holder may be in, so that it looks up.

    Asked for after the row was committed that says so: a holder that is broken off and
    finds its row unchanged would take it for a failure.
    """
    interrupt = sa.select(sa.func.pg_cancel_backend(holders.c.pid))
    connection.execute(interrupt.where(holders.c.key == lock_key(row_id)))


def end_holders(connection: sa.Connection, keys: Sequence[int]) -> int:
    """End the connections, and with them the transactions, that hold these locks; how many.

    For a holder that cannot look up, because its process stands still.
    """
    return int(connection.execute(_end(keys)).scalar_one())


def end_frozen_holders(connection: sa.Connection, keys: Sequence[int], seconds: int) -> int:
    """The same for those holders whose process has sent nothing for so many seconds: within a
    transaction, or in the middle of a COPY, which no time-out of PostgreSQL ends.
    """
    long_ago = sa.func.clock_timestamp() - sa.func.make_interval(0, 0, 0, 0, 0, 0, seconds)
    frozen = sa.select(activity.c.pid).where(
        activity.c.wait_event_type == "Client",
        activity.c.state != "idle",
        activity.c.state_change < long_ago,
    )
    return int(connection.execute(_end(keys).where(holders.c.pid.in_(frozen))).scalar_one())


def _end(keys: Sequence[int]) -> sa.Select[int]:
    own = holders.c.key == sa.any_(sa.literal(list(keys), sa.ARRAY(sa.BigInteger)))
    return sa.select(sa.func.count(sa.func.pg_terminate_backend(holders.c.pid))).where(own)
