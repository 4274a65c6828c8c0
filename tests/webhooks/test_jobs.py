"""The job that gets deliveries going, with a dispatcher in its process and without; the sweep."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial

import pytest
from flask.testing import FlaskClient
from rq import Worker

from app.extensions import connect_redis
from app.queues import QueueName
from app.webhooks import dispatcher, feeding
from app.webhooks.jobs import current_setup, deliver_due, running_dispatcher, wake
from app.workers import InlineWorker, create_worker
from tests.conftest import PROJECT, wait_until
from tests.waiting import PATIENCE
from tests.webhooks.conftest import happen, list_deliveries, subscribe
from tests.webhooks.receiver import Receiver


def test_a_job_without_a_dispatcher_beside_it_delivers_by_itself(
    client: FlaskClient, receiver: Receiver
) -> None:
    subscribe(client, receiver.url)
    happen()
    assert deliver_due() == "done"
    assert len(receiver.received) == 1


def test_a_worker_tells_the_dispatcher_beside_it(
    client: FlaskClient, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (dispatcher, feeding):  # It does not look by itself.
        monkeypatch.setattr(module, "POLL_SECONDS", 2 * PATIENCE)
    webhook = subscribe(client, receiver.url)
    redis = client.application.extensions["redis"]
    with running_dispatcher():
        worker = create_worker(QueueName.WEBHOOKS, redis, kind=InlineWorker)
        for number in range(1, 4):
            happen()
            wake(redis)
            worker.work(burst=True, logging_level="ERROR")
            wait_until(partial(_has, receiver, number))
    assert current_setup().dispatcher is None
    assert {d["status"] for d in list_deliveries(client, webhook)} == {"delivered"}


def _has(receiver: Receiver, count: int) -> bool:
    return len(receiver.received) == count


# The worker as it is, but for a fault that comes with the first word to its dispatcher.
BROKEN_WORKER = """
import worker
from app.webhooks.dispatcher import Dispatcher
Dispatcher._take = lambda *_: 1 / 0
worker.main("webhooks")
"""


def test_a_worker_whose_dispatcher_dies_ends_itself_and_is_known_no_more(
    client: FlaskClient, database_url: str, redis_url: str
) -> None:
    redis = client.application.extensions["redis"]
    settings = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "SECRET_KEY": "k" * 40}
    process = subprocess.Popen(
        [sys.executable, "-c", BROKEN_WORKER],
        cwd=PROJECT,
        env={**os.environ, **settings},
        stderr=subprocess.PIPE,
    )
    try:
        wait_until(lambda: Worker.all(connection=redis))
        wake(redis)
        _, said = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    assert process.returncode == 1
    assert b"the thread dispatcher has died" in said
    assert Worker.all(connection=redis) == []


def test_many_wake_ups_make_one_job(client: FlaskClient) -> None:
    redis = client.application.extensions["redis"]
    for _ in range(5):
        wake(redis)
    assert redis.llen("rq:queue:webhooks") == 1


def test_redis_being_away_keeps_nobody_from_committing() -> None:
    wake(connect_redis("redis://127.0.0.1:1", retries=1))
