"""Databases of the tests' own, migrated as far as a test wants."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import psycopg2
import psycopg2.extensions
import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade

from app.config import normalise_database_url
from app.extensions import db, init_app
from tests.conftest import PROJECT
from tests.waiting import PATIENCE


@dataclass(frozen=True)
class Database:
    """A database and the Redis that goes with it."""

    url: str
    redis_url: str

    @contextmanager
    def connected(self) -> Iterator[psycopg2.extensions.connection]:
        """A plain connection, where each statement is a transaction."""
        with closing(psycopg2.connect(self.url)) as connection:
            connection.autocommit = True
            yield connection

    def run(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Run a statement as it stands; its rows."""
        with self.connected() as connection, connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    def start_upgrade(self, revision: str = "head") -> subprocess.Popen[str]:
        """Begin `flask db upgrade` as a deployment runs it."""
        keep = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade", revision],
            cwd=PROJECT,
            env={**keep, "DATABASE_URL": self.url, "REDIS_URL": self.redis_url},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def upgrade(self, revision: str = "head") -> None:
        """Upgrade in this process; it is quicker."""
        app = Flask("upgrade")
        init_app(app, normalise_database_url(self.url), self.redis_url)
        with app.app_context():
            upgrade(revision=revision)
            db.engine.dispose()

    def downgrade(self, revision: str) -> None:
        """Go back in this process."""
        app = Flask("downgrade")
        init_app(app, normalise_database_url(self.url), self.redis_url)
        with app.app_context():
            downgrade(revision=revision)
            db.engine.dispose()

    def version(self) -> str:
        """The revision it is at."""
        [(version,)] = self.run("SELECT version_num FROM alembic_version")
        return str(version)


def end(process: subprocess.Popen[str]) -> str:
    """Await an upgrade; what it said. Fails if it did."""
    said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, said
    return said


@pytest.fixture
def database(database_url: str, redis_url: str) -> Iterator[Database]:
    """An empty one."""
    name = f"upgrade_{uuid4().hex}"
    server = Database(database_url, redis_url)
    server.run(f"CREATE DATABASE {name}")
    with_other_jobs = f"{redis_url.rpartition('/')[0]}/1"
    yield Database(f"{database_url.rpartition('/')[0]}/{name}", with_other_jobs)
    server.run(f"DROP DATABASE {name} WITH (FORCE)")
