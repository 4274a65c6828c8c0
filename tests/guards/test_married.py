"""Small tests that keep things that belong together from drifting apart."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade

import worker
from app.config import Config
from app.extensions import MIGRATIONS, db
from app.queues import QueueName
from tests.conftest import PROJECT

README = (PROJECT / "README.md").read_text()
ROUTES_OUTSIDE_THE_DOCUMENT = {"/api/openapi.json", "/api/docs"}


def test_the_readme_lists_exactly_the_variables_that_are_read() -> None:
    listed = set(re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE))
    assert listed == {field.name.upper() for field in fields(Config)}


def test_every_make_target_of_the_readme_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))
    mentioned = set(re.findall(r"`make ([a-z-]+)", README))
    assert mentioned
    assert mentioned <= targets


def test_every_file_the_readme_names_exists() -> None:
    named = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    assert named
    assert [path for path in named if not (PROJECT / path).exists()] == []


def test_every_queue_has_a_worker() -> None:
    assert set(worker.SWEEPS) == set(QueueName)


def test_every_api_route_is_in_the_openapi_document(app: Flask) -> None:
    document = app.test_client().get("/api/openapi.json").get_json()
    documented = {
        (re.sub(r"{[^}]*}", "{}", path), method.upper())
        for path, methods in document["paths"].items()
        for method in methods
        if method != "parameters"
    }
    routed = {
        (re.sub(r"<[^>]*>", "{}", rule.rule), method)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api") and rule.rule not in ROUTES_OUTSIDE_THE_DOCUMENT
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routed == documented


def test_there_is_one_migration_head() -> None:
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1


def test_the_migrated_schema_is_the_one_the_code_declares(app: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, db.metadata) == []


def test_every_migration_can_be_taken_back(app: Flask) -> None:
    downgrade(revision="base")
    try:
        with db.engine.connect() as connection:
            assert sa.inspect(connection).get_table_names() == ["alembic_version"]
    finally:
        upgrade()


@pytest.mark.parametrize("name", [name.value for name in QueueName])
def test_a_worker_serves_each_queue_by_its_name(name: str) -> None:
    assert QueueName(name) in worker.SWEEPS
