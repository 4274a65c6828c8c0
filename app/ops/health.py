"""Whether the process lives (/healthz) and whether it can do its work (/readyz)."""

from __future__ import annotations

from collections.abc import Callable

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, Response, jsonify
from redis.exceptions import RedisError
from rq import Worker
from sqlalchemy.exc import SQLAlchemyError

from app.extensions import MIGRATIONS, db, redis_extension


def init_app(app: Flask) -> None:
    """Register both addresses; neither asks for credentials nor tells anything of value."""
    app.add_url_rule("/healthz", "healthz", healthz)
    app.add_url_rule("/readyz", "readyz", readyz)


def healthz() -> Response:
    """200 while the process answers; nothing else is looked at."""
    return jsonify(status="ok")


def readyz() -> tuple[Response, int]:
    """200 when every part is there, else 503; each part by name."""
    checks: dict[str, Callable[[], bool]] = {
        "database": _database_answers,
        "redis": _redis_answers,
        "schema": _schema_is_at_head,
        "worker": _a_worker_lives,
    }
    parts = {name: _holds(check) for name, check in checks.items()}
    ready = all(parts.values())
    shown = {name: "ok" if fine else "failed" for name, fine in parts.items()}
    return jsonify(status="ready" if ready else "not ready", parts=shown), 200 if ready else 503


def _holds(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (SQLAlchemyError, RedisError):
        return False


def _database_answers() -> bool:
    with db.engine.connect() as connection:
        return bool(connection.exec_driver_sql("SELECT 1").scalar_one())


def _redis_answers() -> bool:
    return bool(redis_extension.client.ping())


def _schema_is_at_head() -> bool:
    head = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head


def _a_worker_lives() -> bool:
    # Looks each worker up: the set that is merely counted keeps the killed ones.
    return bool(Worker.all(connection=redis_extension.client))
