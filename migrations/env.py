"""Alembic's environment: the application's engine and metadata.

One upgrade at a time: an advisory lock makes a second process wait and then
find nothing left to do. It asks for the lock again and again rather than wait
inside a statement, whose snapshot would hold up an index that the first one
builds CONCURRENTLY.

A migration waits for nobody for longer than LOCK_WAIT, because everybody who
comes after it waits for as long; it is rolled back then and tried again. It needs a session
of its own: the address must be the database's, not that of a pooler by transactions.
"""

from __future__ import annotations

import logging
import random
import time

import sqlalchemy as sa
from alembic import context
from flask import current_app
from psycopg2.errors import LockNotAvailable

LOCK = 7_220_519_001
LOCK_WAIT = "250ms"
PAUSE_SECONDS = (0.5, 2.0)
# An import of many millions of rows may hold what a migration needs until it ends.
PATIENCE_SECONDS = 60 * 60.0
log = logging.getLogger("migrations")


def run_migrations() -> None:
    """Run what is missing, each migration in its own transaction."""
    database = current_app.extensions["migrate"].db
    with database.engine.connect() as connection:
        await_turn(connection)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not migrate(connection, database.metadata, is_last=time.monotonic() > deadline):
            time.sleep(random.uniform(*PAUSE_SECONDS))  # noqa: S311 - only to spread the tries
        connection.execute(sa.select(sa.func.pg_advisory_unlock(LOCK)))
        connection.commit()


def await_turn(connection: sa.Connection) -> None:
    """Take the lock, which lasts as long as the connection."""
    turn = sa.select(sa.func.pg_try_advisory_lock(LOCK))
    has_said = False
    while not connection.execute(turn).scalar():
        connection.rollback()
        if not has_said:
            log.info("waiting: another process is migrating")
            has_said = True
        time.sleep(PAUSE_SECONDS[0])
    connection.commit()


def migrate(connection: sa.Connection, metadata: sa.MetaData, *, is_last: bool) -> bool:
    """Run what is missing; False if somebody holds what it needs, and it can be tried again."""

    def limit_waiting(**_: object) -> None:
        connection.execute(sa.text(f"SET lock_timeout = '{LOCK_WAIT}'"))

    limit_waiting()
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_server_default=True,
        transaction_per_migration=True,
        on_version_apply=limit_waiting,  # a migration may have set it otherwise
    )
    try:
        with context.begin_transaction():
            context.run_migrations()
    except sa.exc.OperationalError as error:
        if is_last or not isinstance(error.orig, LockNotAvailable):
            raise
        log.info("a migration waits for a lock, and is tried again")
        connection.rollback()
        return False
    return True


run_migrations()
