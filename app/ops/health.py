"""Whether the process lives (/healthz) and whether it can do its work (/readyz)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

from flask import Flask, Response, current_app, jsonify
from redis.exceptions import RedisError
from rq import Worker
from sqlalchemy.exc import SQLAlchemyError

from app.access import Access, requires
from app.extensions import db, redis_extension
from app.queues import QueueName
from app.schema import is_at_head

# Whoever asks wants an answer also while a part hangs; one that takes longer does not work.
PATIENCE_SECONDS = 4.0
# So many checks may hang in a process; those of later requests then fail without being begun.
_checkers = ThreadPoolExecutor(max_workers=8, thread_name_prefix="check")


def init_app(app: Flask) -> None:
    """Register both addresses; neither asks for credentials nor tells anything of value."""
    app.add_url_rule("/healthz", "healthz", healthz)
    app.add_url_rule("/readyz", "readyz", readyz)


@requires(Access.PUBLIC)
def healthz() -> Response:
    """200 while the process answers; nothing else is looked at."""
    return jsonify(status="ok")


@requires(Access.PUBLIC)
def readyz() -> tuple[Response, int]:
    """200 when every part is there, else 503; each part by name."""
    parts = check_parts()
    ready = all(parts.values())
    shown = {name: "ok" if fine else "failed" for name, fine in parts.items()}
    return jsonify(status="ready" if ready else "not ready", parts=shown), 200 if ready else 503


def check_parts() -> dict[str, bool]:
    """Whether each part is there that is needed; known within PATIENCE_SECONDS."""
    checks: dict[str, Callable[[], bool]] = {
        "database": _database_answers,
        "redis": _redis_answers,
        "schema": _schema_is_at_head,
        "worker": _each_queue_is_served,
    }
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    begun = {name: _checkers.submit(_holds, app, check) for name, check in checks.items()}
    wait(begun.values(), timeout=PATIENCE_SECONDS)
    for check in begun.values():
        check.cancel()
    return {
        name: check.done() and not check.cancelled() and check.result()
        for name, check in begun.items()
    }


def _holds(app: Flask, check: Callable[[], bool]) -> bool:
    try:
        with app.app_context():
            return check()
    except (SQLAlchemyError, RedisError):
        return False


def _database_answers() -> bool:
    with db.engine.connect() as connection:
        return bool(connection.exec_driver_sql("SELECT 1").scalar_one())


def _redis_answers() -> bool:
    return bool(redis_extension.client.ping())


def _schema_is_at_head() -> bool:
    with db.engine.connect() as connection:
        return is_at_head(connection)


def _each_queue_is_served() -> bool:
    """Whether a worker of each queue gives signs of life: imports alone send no webhooks."""
    # Looks each worker up: the set that is merely counted keeps the killed ones.
    workers = Worker.all(connection=redis_extension.client)
    served = {name for worker in workers for name in worker.queue_names()}
    return served >= {name.value for name in QueueName}
