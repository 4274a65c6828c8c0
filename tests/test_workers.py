"""RQ's worker, tuned."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta

import pytest
import redis
from flask import Flask
from rq import Worker

from app.changes.jobs import RUN_UNDO
from app.imports.queueing import RUN_IMPORT
from app.products.jobs import RUN_BULK
from app.queues import CLEANING_SECONDS, PromptQueue, QueueName, enqueue, open_queue
from app.webhooks.jobs import DELIVER_DUE
from app.workers import InlineWorker, Prompt, PromptWorker, create_worker
from tests.conftest import PROJECT


@pytest.mark.parametrize("kind", [InlineWorker, PromptWorker])
def test_a_worker_is_known_again_after_redis_has_lost_its_data(
    app: Flask, kind: type[Prompt]
) -> None:
    client: redis.Redis = app.extensions["redis"]
    worker = create_worker(QueueName.IMPORTS, client, kind=kind)
    worker.register_birth()  # type: ignore[no-untyped-call]
    client.flushdb()
    worker.heartbeat()
    assert [known.name for known in Worker.all(connection=client)] == []
    worker.run_maintenance_tasks()
    assert [known.name for known in Worker.all(connection=client)] == [worker.name]
    worker.register_death()  # type: ignore[no-untyped-call]


@pytest.fixture
def queue(app: Flask) -> PromptQueue:
    """The imports' queue."""
    return open_queue(QueueName.IMPORTS, app.extensions["redis"])


def test_who_dies_while_cleaning_up_keeps_nobody_from_it_for_long(queue: PromptQueue) -> None:
    assert queue.acquire_maintenance_lock()
    assert not queue.acquire_maintenance_lock()
    assert 0 < queue.connection.ttl(queue.registry_cleaning_key) <= CLEANING_SECONDS


def test_a_job_whose_worker_died_before_it_began_is_queued_again(
    queue: PromptQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.queues.STUCK", timedelta())
    enqueue(QueueName.IMPORTS, queue.connection, "app.imports.jobs.run_import", "x", run=1)
    queue.connection.lmove(queue.key, queue.intermediate_queue_key)
    worker = create_worker(QueueName.IMPORTS, queue.connection)
    assert queue.get_job_ids() == []
    for _ in range(2):  # it is seen, and then still there
        worker.clean_registries()  # type: ignore[no-untyped-call]
    assert queue.get_job_ids() == ["run_import-x-1"]


def test_a_worker_has_loaded_what_its_jobs_run_before_it_forks() -> None:
    program = "import json, sys, worker; print(json.dumps([*sys.modules]))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT, capture_output=True, check=True, text=True
    )
    functions = (RUN_IMPORT, RUN_UNDO, RUN_BULK, DELIVER_DUE)
    assert {name.rpartition(".")[0] for name in functions} <= {*json.loads(done.stdout)}
