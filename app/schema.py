"""Whether the database has the tables this code needs.

The platform starts the workers while the migrations may still run, and the database
itself may come up after both. Deliberately absent: running the migrations.
"""

from __future__ import annotations

import logging
import time

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import OperationalError

from app.extensions import MIGRATIONS

LOOK_SECONDS = 2.0
# Somebody who looks at the log learns what is waited for, and the log stays short.
SAY_SECONDS = 30.0

log = logging.getLogger(__name__)


def is_at_head(connection: sa.Connection) -> bool:
    """Whether every migration this code knows has been applied.

    A revision it does not know is a newer release's. Migrations leave the release
    before them working, so that counts as well; else rolling back would stop everything.
    """
    scripts = ScriptDirectory(str(MIGRATIONS))
    found = MigrationContext.configure(connection).get_current_revision()
    if found is None or found == scripts.get_current_head():
        return found is not None
    return found not in {script.revision for script in scripts.walk_revisions()}


def await_head(engine: sa.Engine) -> None:
    """Return when the schema is there, however long that takes; the log says what is missing."""
    said = float("-inf")
    while missing := _missing(engine):
        if time.monotonic() - said >= SAY_SECONDS:
            said = time.monotonic()
            log.info("waiting: %s", missing)
        time.sleep(LOOK_SECONDS)
    if said > float("-inf"):
        log.info("the schema is there")


def _missing(engine: sa.Engine) -> str | None:
    try:
        with engine.connect() as connection:
            return None if is_at_head(connection) else "the migrations have not been run yet"
    except OperationalError:
        return "the database does not answer"
