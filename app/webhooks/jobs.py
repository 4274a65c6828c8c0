"""The RQ job that gets deliveries going, and the process that makes them.

A job carries nothing: what is due stands in PostgreSQL, and a job says no more
than that somebody should look. A lost one costs a second (the dispatcher looks by
itself), a superfluous one nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import redis
from flask import Flask, current_app

from app import queues
from app.config import Config
from app.counters import current_counters
from app.extensions import db
from app.webhooks.dispatcher import STOP_SECONDS, Dispatcher, start_in_thread
from app.webhooks.egress import Guard
from app.webhooks.feeding import Feed
from app.webhooks.observing import observe_attempt
from app.webhooks.vault import Vault

DELIVER_DUE = "app.webhooks.jobs.deliver_due"
EXTENSION = "webhooks"
log = logging.getLogger(__name__)


@dataclass
class Setup:
    """What sending needs; one per application. `dispatcher` is the one that runs here, if any."""

    guard: Guard
    vault: Vault
    feeds: Sequence[Feed] = ()
    dispatcher: Dispatcher | None = None


def init_app(app: Flask, config: Config, feeds: Sequence[Feed] = ()) -> None:
    """Set `app` up. `feeds` are asked for more events; see `feeding.Feed`."""
    app.extensions[EXTENSION] = Setup(
        Guard(config.webhook_allow_cidrs), Vault(config.secret_keys), feeds
    )


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
    with _make_dispatcher(setup) as dispatcher:
        dispatcher.run_until_idle()
    return "done"


def _make_dispatcher(setup: Setup) -> Dispatcher:
    observe = partial(observe_attempt, current_counters())
    return Dispatcher(db.engine, setup.guard, setup.vault, setup.feeds, observe=observe)


@contextmanager
def running_dispatcher() -> Iterator[None]:
    """Deliver in this process as long as the block lasts, and a little longer."""
    setup = current_setup()
    with _make_dispatcher(setup) as dispatcher:
        thread = start_in_thread(dispatcher)
        setup.dispatcher = dispatcher
        try:
            yield
        finally:
            setup.dispatcher = None
            dispatcher.stop()
            thread.join(STOP_SECONDS + 1)
