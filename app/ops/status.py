"""How the whole of it is just now, for the people who run it."""

from __future__ import annotations

import logging
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

import sqlalchemy as sa
from alembic.migration import MigrationContext
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from app.counters import STEPS, current_counters
from app.extensions import db, redis_extension
from app.ops import database_state as database
from app.ops import queue_state
from app.ops.failures import Failure, list_failed_jobs, list_failures
from app.ops.health import check_parts
from app.ops.rates import Series, make_series, read_counted, read_rows

VERSION = "0.1.0"
T = TypeVar("T")
log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Status:
    """None is what cannot be told because the database or Redis is away."""

    at: datetime
    is_ready: bool
    parts: Mapping[str, bool]
    versions: Mapping[str, str | None]
    queues: Sequence[queue_state.QueueState] | None
    workers: Sequence[queue_state.WorkerState] | None
    deliveries: database.DeliveryState | None
    webhooks: Mapping[str, int] | None
    server: database.ServerState | None
    tables: Sequence[database.TableState] | None
    failures: Sequence[Failure]
    rates: Sequence[Series]


@dataclass(frozen=True)
class _Stored:
    """What the database tells."""

    deliveries: database.DeliveryState
    webhooks: Mapping[str, int]
    server: database.ServerState
    tables: Sequence[database.TableState]
    failures: Sequence[Failure]
    rows: Mapping[int, list[int]]
    revision: str | None


def read_status() -> Status:
    """Look at everything; never raises for a part that is away."""
    now = time.time()
    client = redis_extension.client
    current_counters().flush()
    parts = check_parts()
    # What does not answer is not asked again, since each question may take its time to fail.
    in_database = _attempt if parts["database"] else _skip
    in_redis = _attempt if parts["redis"] else _skip
    stored = in_database(lambda: _read_stored(now))
    rows = stored.rows if stored else {}
    counted = in_redis(lambda: {step: read_counted(client, step, now) for step in STEPS}) or {}
    failed_jobs = in_redis(lambda: list_failed_jobs(client))
    failures = [*(stored.failures if stored else ()), *(failed_jobs or ())]
    return Status(
        at=datetime.fromtimestamp(now, UTC),
        is_ready=all(parts.values()),
        parts=parts,
        versions={
            "application": VERSION,
            "python": platform.python_version(),
            "postgresql": stored.server.version.split()[0] if stored else None,
            "redis": in_redis(_read_redis_version),
            "schema": stored.revision if stored else None,
        },
        queues=in_redis(lambda: queue_state.read_queues(client)),
        workers=in_redis(lambda: queue_state.read_workers(client)),
        deliveries=stored.deliveries if stored else None,
        webhooks=stored.webhooks if stored else None,
        server=stored.server if stored else None,
        tables=stored.tables if stored else None,
        failures=sorted(failures, key=lambda f: f.at or datetime.min.replace(tzinfo=UTC))[::-1],
        rates=[make_series(step, now, rows.get(step), counted.get(step)) for step in STEPS],
    )


def _attempt(read: Callable[[], T]) -> T | None:
    try:
        return read()
    except (SQLAlchemyError, RedisError) as error:
        log.warning("the status is incomplete", exc_info=error)
        return None


def _skip(_read: Callable[[], object]) -> None:
    """Nothing can be told."""


def _read_stored(now: float) -> _Stored:
    with db.engine.connect() as connection:
        database.limit_time(connection)
        return _Stored(
            deliveries=database.read_deliveries(connection),
            webhooks=database.read_webhooks(connection),
            server=database.read_server(connection),
            tables=database.read_tables(connection),
            failures=list_failures(connection),
            rows={step: read_rows(connection, step, now) for step in STEPS},
            revision=_read_revision(connection),
        )


def _read_revision(connection: sa.Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _read_redis_version() -> str:
    info = redis_extension.client.info("server")
    return str(info.get("valkey_version") or info.get("redis_version"))
