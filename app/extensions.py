"""The shared connections, unbound until `init_app`: database, migrations, Redis.

Nothing here knows a table or a key; packages bring their own.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import redis
import sqlalchemy as sa
from flask import Flask, current_app
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from redis.backoff import ExponentialBackoff, NoBackoff
from redis.retry import Retry

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"

LOCK_MILLISECONDS = 2000
# Connections of one process; docs/scaling.md adds them up.
KEPT_CONNECTIONS = 5
MOST_CONNECTIONS = 15
# A process that is frozen in a transaction holds up whoever waits for its locks until PostgreSQL
# ends the session. No transaction of ours is idle for long: an import that waits for its reader
# says something every few seconds (app/imports/child.py).
IDLE_MILLISECONDS = 60_000
# A Redis that hangs must not hold every thread of a web process.
ANSWER_SECONDS = 1.5
# Seconds to wait for what a request can do without, and to do without it after a failure.
BRISK_SECONDS = 0.25
PAUSE_SECONDS = 5.0
# A machine that is gone without a word, and its locks with it, is noticed by the other side
# after 10 + 3 × 5 seconds; by default it takes two hours.
KEEPALIVES = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
SILENCE_MILLISECONDS = 25_000

NAMING = {
    "ix": "%(table_name)s_%(column_0_N_name)s_ix",
    "uq": "%(table_name)s_%(column_0_N_name)s_uq",
    "ck": "%(table_name)s_%(constraint_name)s_ck",
    "fk": "%(table_name)s_%(column_0_N_name)s_fk",
    "pk": "%(table_name)s_pk",
}


class BriskRedis(redis.Redis):
    """A client for what a request can do without.

    It waits a quarter of a second, once. After a failure it raises ConnectionError without asking
    for some seconds, so that a Redis that hangs costs one request in many a moment.
    """

    _paused_until = 0.0

    def execute_command(self, *args: Any, **options: Any) -> Any:
        """See redis.Redis. Raises RedisError."""
        if time.monotonic() < self._paused_until:
            raise redis.ConnectionError("Redis did not answer a moment ago.")
        try:
            return super().execute_command(*args, **options)  # type: ignore[no-untyped-call]
        except (redis.ConnectionError, redis.TimeoutError):
            self._paused_until = time.monotonic() + PAUSE_SECONDS
            raise


class RedisExtension:
    """Connection pools of an application, found through the application context."""

    def init_app(self, app: Flask, url: str) -> None:
        """Bind the pools to `app`; no connection is made before the first command."""
        app.extensions["redis"] = connect_redis(url, retries=1, seconds=ANSWER_SECONDS)
        app.extensions["brisk_redis"] = BriskRedis.from_url(
            url,
            retry=Retry(NoBackoff(), 0),
            socket_timeout=BRISK_SECONDS,
            socket_connect_timeout=BRISK_SECONDS,
        )

    @property
    def client(self) -> redis.Redis:
        """The current application's client."""
        client: redis.Redis = current_app.extensions["redis"]
        return client

    @property
    def brisk(self) -> redis.Redis:
        """The current application's client for what a request can do without."""
        client: redis.Redis = current_app.extensions["brisk_redis"]
        return client


def connect_redis(url: str, *, retries: int, seconds: float = 30) -> redis.Redis:
    """A client that waits `seconds` for an answer and bridges `retries` short failures.

    Web requests try once more and then answer without Redis; a worker, which
    has nobody waiting, sits out a restart with many retries.
    """
    return redis.Redis.from_url(
        url,
        retry=Retry(ExponentialBackoff(cap=2, base=0.1), retries),
        health_check_interval=15,
        socket_timeout=seconds,
        socket_connect_timeout=min(seconds, 5),
    )


def _forget_inherited_connections(app: Flask) -> None:
    """A forked child must not speak on its parent's connections.

    RQ forks one process per job; two processes on one PostgreSQL connection
    corrupt each other's protocol.
    """

    def forget() -> None:
        with app.app_context():
            db.engine.dispose(close=False)

    os.register_at_fork(after_in_child=forget)


def init_app(app: Flask, database_url: str, redis_url: str) -> None:
    """Bind database, migrations and Redis to `app`."""
    app.config["SQLALCHEMY_DATABASE_URI"] = database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        "pool_pre_ping": True,
        # A thread holds one at a time. Beyond these a request waits, and is then answered 503.
        "pool_size": KEPT_CONNECTIONS,
        "max_overflow": MOST_CONNECTIONS - KEPT_CONNECTIONS,
        "pool_timeout": 10,
        # An error's text goes to the log, and values may be secrets.
        "hide_parameters": True,
        "connect_args": {
            "application_name": "product-importer",
            "connect_timeout": 5,
            **KEEPALIVES,
            "tcp_user_timeout": SILENCE_MILLISECONDS,
            # A client that is gone is noticed within two seconds, also in the
            # middle of a long statement; nobody waits long for a row that an import
            # holds; times are UTC whatever the server thinks.
            "options": (
                "-c timezone=UTC -c client_connection_check_interval=2000 "
                f"-c lock_timeout={LOCK_MILLISECONDS} "
                f"-c idle_in_transaction_session_timeout={IDLE_MILLISECONDS} "
                + " ".join(f"-c tcp_{name}={value}" for name, value in KEEPALIVES.items())
                + f" -c tcp_user_timeout={SILENCE_MILLISECONDS}"
            ),
        },
    }
    db.init_app(app)
    migrate.init_app(app, db, directory=str(MIGRATIONS))
    redis_extension.init_app(app, redis_url)
    _forget_inherited_connections(app)


db = SQLAlchemy(metadata=sa.MetaData(naming_convention=NAMING))
migrate = Migrate()
redis_extension = RedisExtension()
