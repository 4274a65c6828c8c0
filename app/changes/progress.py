"""How far a change set's work is, in a Redis hash while it is at work. Redis may lose it."""

from __future__ import annotations

import logging
from typing import Any

import redis

from app.changes.status import Progress

KEEP_SECONDS = 24 * 60 * 60
log = logging.getLogger(__name__)


def save_progress(client: redis.Redis, change_set_id: str, progress: Progress) -> None:
    """Write the hash. A Redis that cannot be reached is logged, and nothing else happens."""
    fields: dict[Any, Any] = {
        "percent": str(progress.percent),
        "done": str(progress.done),
        "total": "" if progress.total is None else str(progress.total),
    }
    try:
        with client.pipeline() as pipeline:
            pipeline.hset(_key(change_set_id), mapping=fields)
            pipeline.expire(_key(change_set_id), KEEP_SECONDS)
            pipeline.execute()
    except redis.RedisError as error:
        log.warning("progress not written", extra={"change_set_id": change_set_id}, exc_info=error)


def load_progress(client: redis.Redis, change_set_id: str) -> Progress | None:
    """The progress written last; None where Redis cannot be reached or has none."""
    try:
        found: Any = client.hgetall(_key(change_set_id))
    except redis.RedisError as error:
        log.warning("progress not read", extra={"change_set_id": change_set_id}, exc_info=error)
        return None
    fields = {key.decode(): value.decode() for key, value in found.items()}
    if "percent" not in fields:
        return None
    total = fields["total"]
    return Progress(float(fields["percent"]), int(fields["done"]), int(total) if total else None)


def _key(change_set_id: str) -> str:
    return f"change-set:{change_set_id}"
