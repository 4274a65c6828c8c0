"""An upgrade may be run by several at once, and keeps nobody waiting."""

from __future__ import annotations

import time

from alembic.script import ScriptDirectory

from app.extensions import MIGRATIONS
from tests.conftest import wait_until
from tests.migrations.conftest import Database, end

HEAD = ScriptDirectory(str(MIGRATIONS)).get_current_head()
# Any wait of a client: the 250 ms that a migration waits at most, and the machine's moods.
PATIENCE = 1.0


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
        wait_until(lambda: database.run(come), seconds=60)
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
        longest, is_waited_for = 0.0, False
        until = time.monotonic() + 60
        while time.monotonic() < until:
            began = time.monotonic()
            database.run("SELECT count(*) FROM imports")
            took = time.monotonic() - began
            longest = max(longest, took)
            if took > 0.1 and not is_waited_for:
                is_waited_for, until = True, time.monotonic() + 4
        assert upgrade.poll() is None
        assert is_waited_for
        assert longest < PATIENCE
    end(upgrade)
    assert database.version() == HEAD
