"""Whatever dies in the middle: every committed event arrives, nothing else does, ids stay.

Real processes are really killed while events are written. One round runs with
the suite; FAULT_ROUNDS runs more.
"""

from __future__ import annotations

import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
import sqlalchemy as sa

from app.config import normalise_database_url
from app.extensions import connect_redis
from app.webhooks.events import EventType, record_event
from app.webhooks.jobs import wake
from tests.conftest import answers, start_live_app, wait_until
from tests.test_faults import (
    ROUNDS,
    Running,
    kill,
    kill_postgres,
    kill_valkey,
    wipe_valkey,
)
from tests.waiting import PATIENCE
from tests.webhooks.receiver import Received, Receiver, Reply

EDITS = 1000
SECONDS = 8.0


def kill_the_webhooks_worker(copy: Running) -> None:
    kill([p for p in copy.find("worker.py") if "webhooks" in p.cmdline()])


FAULTS: list[Callable[[Running], None]] = [
    kill_the_webhooks_worker,
    wipe_valkey,
    kill_postgres,
    kill_valkey,
]


def sometimes(_: Received) -> Reply:
    """Mostly well, sometimes slow or overloaded."""
    chance = random.random()
    return Reply(503 if chance < 0.02 else 200, seconds=0.2 if chance > 0.95 else 0.0)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A copy of everything, whose webhooks may reach loopback."""
    folder = tmp_path_factory.mktemp("webhooks")
    settings = {"WEBHOOK_ALLOW_CIDRS": "127.0.0.0/8", "WEB_CONCURRENCY": "1"}
    with start_live_app(folder / "data", **settings) as live:
        yield Running(live)


class Editor:
    """Writes events as changes do, at random moments; some are taken back."""

    def __init__(self, copy: Running) -> None:
        self._engine = sa.create_engine(
            normalise_database_url(copy.database_url), pool_pre_ping=True
        )
        self._redis = connect_redis(copy.redis_url, retries=0)
        self._thread = threading.Thread(target=self._edit)

    def __enter__(self) -> Editor:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join()
        self._engine.dispose()

    def _edit(self) -> None:
        for number in range(EDITS):
            while not self._write(number):
                time.sleep(0.1)
            time.sleep(random.uniform(0, 2 * SECONDS / EDITS))

    def _write(self, number: int) -> bool:
        """False when the database is away; whether it committed first is for the test to read."""
        try:
            with self._engine.connect() as connection:
                record_event(connection, EventType.PRODUCT_UPDATED, {"id": number})
                if random.random() < 0.1:
                    connection.rollback()
                else:
                    connection.commit()
        except sa.exc.DBAPIError:
            return False
        wake(self._redis)
        return True


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_no_committed_event_is_lost_and_no_id_is_new_on_retry(
    running: Running, round_: int, tmp_path: Path
) -> None:
    with Receiver(sometimes) as receiver:
        wait_until(lambda: answers(f"{running.url}/readyz"))
        address = f"{running.url}/api/webhooks"
        webhook = requests.post(address, json={"url": receiver.url}, timeout=PATIENCE).json()
        with Editor(running):
            for fault in random.sample(FAULTS, len(FAULTS)):
                time.sleep(SECONDS / (len(FAULTS) + 1))
                fault(running)
        wait_until(lambda: answers(f"{running.url}/healthz"))
        committed = dict(
            running.query(
                "SELECT e.id::text, e.body FROM events e JOIN deliveries d ON d.event_id = e.id "
                f"WHERE d.webhook_id = '{webhook['id']}'"
            )
        )
        assert len(committed) > EDITS // 2
        wait_until(lambda: {request.event_id for request in receiver.received} >= set(committed))
        requests.delete(f"{address}/{webhook['id']}", timeout=PATIENCE).raise_for_status()
        bodies = defaultdict(set)
        for request in list(receiver.received):
            request.verify(webhook["secret"])
            bodies[request.event_id].add(request.body.decode())
    assert bodies == {event_id: {body} for event_id, body in committed.items()}
