"""Alembic's environment: the application's engine and metadata.

One upgrade at a time: an advisory lock makes a second process wait and then
find nothing left to do.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context
from flask import current_app

LOCK = 7_220_519_001


def run_migrations() -> None:
    """Run what is missing, each migration in its own transaction."""
    database = current_app.extensions["migrate"].db
    with database.engine.connect() as connection:
        connection.execute(sa.select(sa.func.pg_advisory_lock(LOCK)))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            compare_server_default=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.execute(sa.select(sa.func.pg_advisory_unlock(LOCK)))
        connection.commit()


run_migrations()
