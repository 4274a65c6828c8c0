"""A worker process: `python worker.py imports` serves that one queue until SIGTERM."""

from __future__ import annotations

import logging
import sys

from app import create_app
from app.config import Config
from app.extensions import connect_redis
from app.imports import jobs as import_jobs
from app.queues import QueueName
from app.workers import create_worker

SWEEPS = {QueueName.IMPORTS: import_jobs.sweep_imports}


def main(name: str) -> None:
    """Serve the queue called `name`."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    queue = QueueName(name)
    config = Config.from_env()
    app = create_app(config)
    _, redis_url = config.services()
    with app.app_context():
        client = connect_redis(redis_url, retries=60)
        create_worker(queue, client, sweep=SWEEPS[queue]).work()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else QueueName.IMPORTS)
