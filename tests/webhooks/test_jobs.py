"""The job that gets deliveries going, with a dispatcher in its process and without; the sweep."""

from __future__ import annotations

from functools import partial

from flask.testing import FlaskClient

from app.extensions import connect_redis
from app.queues import QueueName
from app.webhooks.jobs import current_setup, deliver_due, running_dispatcher, wake
from app.workers import InlineWorker, create_worker
from tests.conftest import wait_until
from tests.webhooks.conftest import happen, list_deliveries, subscribe
from tests.webhooks.receiver import Receiver


def test_a_job_without_a_dispatcher_beside_it_delivers_by_itself(
    client: FlaskClient, receiver: Receiver
) -> None:
    subscribe(client, receiver.url)
    happen()
    assert deliver_due() == "done"
    assert len(receiver.received) == 1


def test_a_worker_tells_the_dispatcher_beside_it(client: FlaskClient, receiver: Receiver) -> None:
    webhook = subscribe(client, receiver.url)
    redis = client.application.extensions["redis"]
    with running_dispatcher():
        worker = create_worker(QueueName.WEBHOOKS, redis, kind=InlineWorker)
        for number in range(1, 4):
            happen()
            wake(redis)
            worker.work(burst=True, logging_level="ERROR")
            wait_until(partial(_has, receiver, number), seconds=0.8)
    assert current_setup().dispatcher is None
    assert {d["status"] for d in list_deliveries(client, webhook)} == {"delivered"}


def _has(receiver: Receiver, count: int) -> bool:
    return len(receiver.received) == count


def test_many_wake_ups_make_one_job(client: FlaskClient) -> None:
    redis = client.application.extensions["redis"]
    for _ in range(5):
        wake(redis)
    assert redis.llen("rq:queue:webhooks") == 1


def test_redis_being_away_keeps_nobody_from_committing() -> None:
    wake(connect_redis("redis://127.0.0.1:1", retries=1))
