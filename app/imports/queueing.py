"""Putting imports into the queue, and the sweep that finds those whose job was lost."""

from __future__ import annotations

import logging

import redis
import sqlalchemy as sa

from app import queues
from app.extensions import db, redis_extension
from app.imports import storage
from app.imports.storage import Unfinished
from app.imports.stuck import AbandonedFinder
from app.locks import try_number

RUN_IMPORT = "app.imports.jobs.run_import"
LOST_AFTER_SECONDS = 5
# Any number will do that no other advisory lock of this database has.
SWEEPING = 7_220_519_008
finder = AbandonedFinder()
log = logging.getLogger(__name__)


def enqueue_import(client: redis.Redis, import_id: str, run: int) -> bool:
    """Queue the work on a committed import; False if it is queued already, or Redis is away.

    That is left to the sweep.
    """
    try:
        return queues.enqueue(queues.QueueName.IMPORTS, client, RUN_IMPORT, import_id, run)
    except redis.RedisError as error:
        log.warning("import not queued yet", extra={"import_id": import_id}, exc_info=error)
        return False


def sweep_imports() -> None:
    """Queue again every unfinished import that no job carries any more."""
    try:
        # Under the lock to the end: two that swept at once would queue the same twice.
        with db.engine.begin() as connection:
            if not try_number(connection, SWEEPING):
                return
            unfinished = storage.find_unfinished(connection, LOST_AFTER_SECONDS)
            abandoned = finder.find(connection, unfinished)
            for item in unfinished:
                is_abandoned = item.import_id in abandoned
                if _queue_again(connection, item, is_abandoned=is_abandoned):
                    extra = {"import_id": item.import_id}
                    log.info("import %s: queued again", item.import_id, extra=extra)
    except sa.exc.DBAPIError as error:
        log.warning("imports not swept", exc_info=error)


def _queue_again(connection: sa.Connection, item: Unfinished, *, is_abandoned: bool) -> bool:
    client = redis_extension.client
    if enqueue_import(client, item.import_id, item.run):
        return True
    if not is_abandoned or not _is_believed_running(client, item):
        return False
    # RQ may believe for hours in the job of this run: the next run has one of its own.
    run = storage.begin_next_run(connection, item.import_id, item.run)
    return run is not None and enqueue_import(client, item.import_id, run)


def _is_believed_running(client: redis.Redis, item: Unfinished) -> bool:
    try:
        return queues.is_started(client, RUN_IMPORT, item.import_id, item.run)
    except redis.RedisError as error:
        log.warning("import not looked for", extra={"import_id": item.import_id}, exc_info=error)
        return False
