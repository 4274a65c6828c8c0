"""RQ's worker, tuned."""

from __future__ import annotations

import pytest
import redis
from flask import Flask
from rq import Worker

from app.queues import QueueName
from app.workers import InlineWorker, Prompt, PromptWorker, create_worker


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
