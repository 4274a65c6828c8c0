"""The RQ job that gets deliveries going, the process that makes them, the sweep.

A job carries nothing: what is due stands in PostgreSQL, and a job says no more
than that somebody should look. A lost one costs a second (the dispatcher looks by
itself), a superfluous one nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import redis
import sqlalchemy as sa
from flask import Flask, current_app

from app import queues
from app.config import Config
from app.extensions import db
from app.webhooks.dispatcher import STOP_SECONDS, Dispatcher, start_in_thread
from app.webhooks.egress import Guard
from app.webhooks.feeding import Feed
from app.webhooks.housekeeping import tidy

DELIVER_DUE = "app.webhooks.jobs.deliver_due"
EXTENSION = "webhooks"
# So often does one sweep begin anew while there is more to do.
SWEEPS = 20
log = logging.getLogger(__name__)


@dataclass
class Setup:
    """What sending needs; one per application. `dispatcher` is the one that runs here, if any."""

    guard: Guard
    feeds: Sequence[Feed] = ()
    dispatcher: Dispatcher | None = None


def init_app(app: Flask, config: Config, feeds: Sequence[Feed] = ()) -> None:
    """Set `app` up. `feeds` are asked for more events; see `feeding.Feed`."""
    app.extensions[EXTENSION] = Setup(Guard(config.webhook_allow_cidrs), feeds)


def current_setup() -> Setup:
    """The current application's."""
    setup: Setup = current_app.extensions[EXTENSION]
    return setup


def wake(client: redis.Redis) -> None:
    """Get what has just been committed going. Redis being away is left to the dispatcher's poll."""
    try:
        queues.announce(queues.QueueName.WEBHOOKS, client, DELIVER_DUE)
    except redis.RedisError as error:
        log.warning("deliveries not announced", exc_info=error)


def deliver_due() -> str:
    """The job: tell this process's dispatcher, or send here and now if it has none."""
    setup = current_setup()
    if setup.dispatcher is not None:
        setup.dispatcher.poke()
        return "told"
    with Dispatcher(db.engine, setup.guard, setup.feeds) as dispatcher:
        dispatcher.run_until_idle()
    return "done"


@contextmanager
def running_dispatcher() -> Iterator[None]:
    """Deliver in this process as long as the block lasts, and a little longer."""
    setup = current_setup()
    with Dispatcher(db.engine, setup.guard, setup.feeds) as dispatcher:
        thread = start_in_thread(dispatcher)
        setup.dispatcher = dispatcher
        try:
            yield
        finally:
            setup.dispatcher = None
            dispatcher.stop()
            thread.join(STOP_SECONDS + 1)


def sweep_webhooks() -> None:
    """Tidy up, each time in its own transaction."""
    try:
        for _ in range(SWEEPS):
            with db.engine.begin() as connection:
                if not tidy(connection):
                    break
    except sa.exc.DBAPIError as error:
        log.warning("webhooks not swept", exc_info=error)
