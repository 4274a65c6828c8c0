"""Whether the schema is there, and the wait for it."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import psycopg2
import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import downgrade, upgrade

from app import schema
from app.extensions import db
from app.local.processes import free_port
from app.schema import await_head, is_at_head
from tests.conftest import wait_until
from tests.waiting import PATIENCE


@pytest.fixture
def revision(connection: sa.Connection) -> Iterator[sa.Connection]:
    """A connection in whose transaction the revision may be changed."""
    yield connection
    connection.rollback()


def set_revision(connection: sa.Connection, revision: str) -> None:
    connection.execute(
        sa.text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision}
    )


def test_the_migrated_schema_is_at_its_head(connection: sa.Connection) -> None:
    assert is_at_head(connection)


def test_an_older_schema_is_not_enough(revision: sa.Connection) -> None:
    set_revision(revision, "0001")
    assert not is_at_head(revision)


def test_an_empty_database_is_not_enough(revision: sa.Connection) -> None:
    revision.execute(sa.text("DROP TABLE alembic_version"))
    assert not is_at_head(revision)


def test_the_schema_of_a_newer_release_is_enough(revision: sa.Connection) -> None:
    set_revision(revision, "9999")
    assert is_at_head(revision)


def test_the_wait_ends_when_the_migrations_have_been_run(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger=schema.__name__)
    monkeypatch.setattr(schema, "LOOK_SECONDS", 0.02)
    engine = db.engine
    downgrade(revision="0001")
    waiting = threading.Thread(target=await_head, args=(engine,))
    try:
        waiting.start()
        wait_until(lambda: "the migrations have not been run yet" in caplog.text)
        assert waiting.is_alive()
    finally:
        upgrade()
    waiting.join(PATIENCE)
    assert not waiting.is_alive()
    assert caplog.messages[-1] == "the schema is there"


def test_a_database_that_does_not_answer_is_waited_for_and_said_once(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger=schema.__name__)
    monkeypatch.setattr(schema, "LOOK_SECONDS", 0)
    address = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    addresses = iter([f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"] * 3 + [address])
    engine = sa.create_engine(
        "postgresql+psycopg2://", creator=lambda: psycopg2.connect(next(addresses))
    )
    await_head(engine)
    engine.dispose()
    assert caplog.messages == ["waiting: the database does not answer", "the schema is there"]
