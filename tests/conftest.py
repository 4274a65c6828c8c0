"""Real servers, one set for the whole run; every test begins with empty tables and queues."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from hypothesis import settings
from rq import SimpleWorker
from rq.serializers import JSONSerializer
from xdist.remote import Producer

from app import create_app
from app.config import Config, normalise_database_url
from app.extensions import db
from app.local.postgres import PostgresServer
from app.local.processes import free_port
from app.local.valkey import ValkeyServer
from app.queues import QueueName, open_queue
from tests.sharing import ByServers, rank
from tests.thorough import THOROUGH
from tests.waiting import PATIENCE, answers, wait_until

__all__ = ["answers", "wait_until"]

PROJECT = Path(__file__).resolve().parent.parent

# The tests are the same in every run; with THOROUGH they are others each time.
settings.register_profile("suite", derandomize=THOROUGH == 1, deadline=None, database=None)
settings.load_profile("suite")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that take longest first."""
    items.sort(key=lambda item: rank(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByServers | None:
    """What `--dist loadfile` means here."""
    return ByServers(config, log) if config.getoption("dist") == "loadfile" else None


# A server without these waits for the disk at each commit.
FLEETING = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server of the tests' own, which need not survive a crash of the machine."""
    folder = tmp_path_factory.mktemp("servers") / "postgres"
    with PostgresServer(folder, settings=FLEETING) as server:
        yield server.url


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Valkey server of the tests' own."""
    with ValkeyServer(tmp_path_factory.mktemp("servers") / "valkey") as server:
        yield server.url


@pytest.fixture(scope="session")
def config(database_url: str, redis_url: str) -> Config:
    """The settings of the tests' application."""
    return Config(
        database_url=normalise_database_url(database_url),
        redis_url=redis_url,
        max_upload_bytes=5_000_000,
        secret_key="the tests' own secret key, of 41 characters",
    )


@pytest.fixture(scope="session")
def migrated_app(config: Config) -> Iterator[Flask]:
    """The application on a migrated database."""
    app = create_app(config)
    app.testing = True
    with app.app_context():
        upgrade()
        with db.engine.begin() as connection:
            for name in db.metadata.tables:  # whose statistics come at no moment of chance
                connection.execute(sa.text(f"ALTER TABLE {name} SET (autovacuum_enabled = false)"))
        yield app
        db.engine.dispose()


USED_TABLES = """
SELECT relname, pg_relation_size(oid) AS size FROM pg_class
WHERE oid = ANY(CAST(:names AS regclass[])) AND pg_relation_size(oid) > 0
"""
# Bytes. Up to here a table's rows are deleted sooner than its indexes are made anew.
SMALL_TABLE = 65_536
# As TRUNCATE does: a test's plans are not made for the rows of the last.
FORGET_SIZES = """
SELECT pg_clear_relation_stats('public', relname) FROM pg_class
WHERE oid = ANY(CAST(:names AS regclass[])) AND reltuples >= 0
"""
RESTART_SEQUENCES = """
SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL
"""


def empty_tables(connection: sa.Connection) -> None:
    """Empty all tables, the audit log as well, although its triggers refuse it otherwise.

    Only the tables that have a page on disk are emptied, and truncated only where they are large:
    all of them would take each test a tenth of a second.
    """
    names = {"names": list(db.metadata.tables)}
    found = connection.execute(sa.text(USED_TABLES), names)
    used = {table.relname: table.size for table in found}
    large = [name for name, size in used.items() if size > SMALL_TABLE]
    connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
    if large:
        connection.execute(sa.text(f"TRUNCATE {', '.join(large)} CASCADE"))
    deletions = [f"DELETE FROM {name}" for name in used if name not in large]
    connection.execute(sa.text("; ".join([*deletions, FORGET_SIZES, RESTART_SEQUENCES])), names)


@pytest.fixture
def app(migrated_app: Flask) -> Iterator[Flask]:
    """The application on empty tables and queues."""
    with migrated_app.app_context():
        with db.engine.begin() as connection:
            empty_tables(connection)
        migrated_app.extensions["redis"].flushdb()
        yield migrated_app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """An HTTP client that needs no server."""
    return app.test_client()


@pytest.fixture
def connection(app: Flask) -> Iterator[sa.Connection]:
    """A connection whose changes are rolled back."""
    with db.engine.connect() as connection:
        yield connection


class BurstWorker(SimpleWorker):
    """Takes no commands: RQ would start a thread for them, and wait for its end."""

    def subscribe(self) -> None:
        """Start no thread."""


@pytest.fixture
def run_jobs(app: Flask) -> Callable[[], None]:
    """Run whatever is queued, in this process, until nothing is left."""

    def run() -> None:
        client: redis.Redis = app.extensions["redis"]
        queues = [open_queue(name, client) for name in QueueName]
        worker = BurstWorker(queues, connection=client, serializer=JSONSerializer)
        worker.work(burst=True, logging_level="ERROR")

    return run


@dataclass(frozen=True)
class LiveApp:
    """A running copy of everything `make run` starts."""

    url: str
    process: subprocess.Popen[bytes]
    data_dir: Path


@pytest.fixture(scope="session")
def live_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveApp]:
    """The real supervisor with its own embedded servers, web and worker; sends to this machine."""
    data_dir = tmp_path_factory.mktemp("live") / "data"
    with start_live_app(data_dir, WEBHOOK_ALLOW_CIDRS="127.0.0.0/8") as live:
        yield live


class start_live_app:  # noqa: N801 - used as a context manager function
    """Start `python -m app.local` in `data_dir`; stop it by SIGINT, as Ctrl-C does."""

    def __init__(self, data_dir: Path, **environment: str) -> None:
        port = free_port()
        keep = ("PATH", "HOME", "LANG", "VIRTUAL_ENV")
        self.environment = {
            **{name: os.environ[name] for name in keep if name in os.environ},
            "PORT": str(port),
            "DATA_DIR": str(data_dir),
            "WORKERS": "1",
            **environment,
        }
        self.url = f"http://127.0.0.1:{port}"
        self.data_dir = data_dir

    def __enter__(self) -> LiveApp:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app.local"],
            cwd=PROJECT,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_until(lambda: answers(f"{self.url}/readyz"))
        except BaseException:
            self.__exit__()
            raise
        return LiveApp(self.url, self.process, self.data_dir)

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(PATIENCE)
