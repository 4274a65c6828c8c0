"""An upgrade may be run by several at once, and keeps nobody waiting."""

from __future__ import annotations

import time

from alembic.script import ScriptDirectory

from app.extensions import MIGRATIONS
from tests.conftest import wait_until
from tests.migrations.conftest import Database, end

HEAD = ScriptDirectory(str(MIGRATIONS)).get_current_head()
WAITING = """
SELECT 1 FROM pg_locks WHERE NOT granted
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def test_two_upgrades_at_once_are_one(database: Database) -> None:
    upgrades = [database.start_upgrade() for _ in range(2)]
    for upgrade in upgrades:
        end(upgrade)
    assert database.version() == HEAD


def test_an_upgrade_waits_for_the_one_at_work_however_long_it_takes(database: Database) -> None:
    with database.connected() as elsewhere, elsewhere.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(7220519001)")
        upgrade = database.start_upgrade()
        come = (
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() "
            "AND application_name = 'product-importer'"
        )
        wait_until(lambda: database.run(come))
        time.sleep(3)  # longer than any lock_timeout of the application
        assert upgrade.poll() is None
    end(upgrade)
    assert database.version() == HEAD


def test_a_migration_that_has_to_wait_for_an_import_keeps_others_waiting_for_a_moment_only(
    database: Database,
) -> None:
    database.upgrade("0001")
    with database.connected() as importing, importing.cursor() as cursor:
        cursor.execute("BEGIN; SELECT count(*) FROM imports")
        upgrade = database.start_upgrade()
        for _ in range(5):
            wait_until(lambda: database.run(WAITING))
            # Behind a lock that waits for the import, this would wait for the import as well.
            database.run("SELECT count(*) FROM imports")
            wait_until(lambda: not database.run(WAITING))
        assert upgrade.poll() is None
    end(upgrade)
    assert database.version() == HEAD
