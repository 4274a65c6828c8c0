"""What the code of one release needs is still there after the migrations of the next.

Old and new processes run side by side while a release takes over from the one
before it. So a migration adds, and what it adds the old code need not know of; what is no
longer used goes with the release after that (docs/scaling.md).
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from alembic.script import ScriptDirectory

from app.extensions import MIGRATIONS
from tests.migrations.conftest import Database

SCRIPTS = list(ScriptDirectory(str(MIGRATIONS)).walk_revisions())
REVISIONS = [script.revision for script in reversed(SCRIPTS)]
COLUMNS = """
SELECT table_name::text, column_name::text, data_type::text, is_nullable = 'YES',
    column_default IS NOT NULL OR is_identity = 'YES'
FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'
"""
INDEXES = "SELECT indexname::text, indexdef FROM pg_indexes WHERE schemaname = 'public'"
CONSTRAINTS = """
SELECT conrelid::regclass::text, conname::text, pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f', 'u', 'p')
"""
Rows = set[tuple[Any, ...]]


class Schema:
    """What a database holds."""

    def __init__(self, database: Database) -> None:
        rows = database.run(COLUMNS)
        self.columns = {row[:2]: row[2:] for row in rows}
        self.tables = {row[0] for row in rows}
        self.indexes: Rows = set(database.run(INDEXES))
        self.constraints: Rows = set(database.run(CONSTRAINTS))


@pytest.fixture
def schemas(database: Database) -> list[Schema]:
    """The schema after each migration."""
    found = []
    for revision in REVISIONS:
        database.upgrade(revision)
        found.append(Schema(database))
    return found


def test_no_migration_takes_from_the_code_before_it_what_that_needs(schemas: list[Schema]) -> None:
    for before, after in pairwise(schemas):
        assert before.columns.items() <= after.columns.items()
        assert before.indexes <= after.indexes
        assert before.constraints <= after.constraints
        added = after.columns.keys() - before.columns.keys()
        into_old_tables = {key for key in added if key[0] in before.tables}
        for key in into_old_tables:
            _, is_nullable, has_default = after.columns[key]
            assert is_nullable or has_default, f"the code before does not write {key}"
        new = {row for row in after.constraints - before.constraints if row[0] in before.tables}
        assert new == set(), "the code before does not keep to it"
