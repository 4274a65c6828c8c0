"""A worker process: `python worker.py imports` serves that one queue until SIGTERM."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from functools import partial

# Not used here, but by jobs: each forks, and would load it anew (0.13 s), also in another version.
import app.imports.jobs  # noqa: F401
from app import create_app, vital
from app.audit import retention
from app.changes import jobs as change_jobs
from app.config import Config
from app.extensions import connect_redis, db
from app.housekeeping import running_housekeeper
from app.imports import housekeeping as import_chores
from app.imports import queueing, stuck
from app.logs import configure_logging
from app.products import comparing, index_jobs
from app.products import jobs as product_jobs
from app.queues import QueueName
from app.schema import await_head
from app.webhooks import housekeeping as webhook_chores
from app.webhooks import jobs as webhook_jobs
from app.webhooks import resealing
from app.workers import InlineWorker, PromptWorker, create_worker

# What each queue's workers do every five to ten seconds, beside their jobs.
SWEEPS: dict[QueueName, tuple[Callable[[], None], ...]] = {
    QueueName.IMPORTS: (
        queueing.sweep_imports,
        stuck.end_frozen_imports,
        change_jobs.sweep_undos,
        product_jobs.sweep_bulk_operations,
    ),
    # There may be one worker for imports only, and that one may be what stands still.
    QueueName.WEBHOOKS: (stuck.end_frozen_imports,),
}
# What is done now and then, by one process for all of them.
CHORES = (
    *import_chores.CHORES,
    change_jobs.JOURNAL,
    *webhook_chores.CHORES,
    resealing.RESEALING,
    retention.FORGETTING,
    comparing.COMPARING,
)
# Webhooks are sent beside the jobs, which only announce that there are some. The catalog's index
# follows the journal from here as well: this worker never forks, and no import waits for it.
BESIDE: dict[QueueName, tuple[Callable[[], AbstractContextManager[None]], ...]] = {
    QueueName.WEBHOOKS: (
        webhook_jobs.running_dispatcher,
        index_jobs.running_indexer,
        partial(running_housekeeper, CHORES),
    )
}


def main(name: str) -> None:
    """Serve the queue called `name`."""
    queue = QueueName(name)
    config = Config.from_env()
    config.require_secret_key()
    configure_logging(config)
    app = create_app(config)
    _, redis_url = config.services()
    kind = InlineWorker if queue in BESIDE else PromptWorker
    with app.app_context(), ExitStack() as stack:
        await_head(db.engine)
        for beside in BESIDE.get(queue, ()):
            stack.enter_context(beside())
        client = connect_redis(redis_url, retries=60)
        # What is here now stays: a job's process that looked through it for garbage would get a
        # copy of its own of every page.
        gc.collect()
        gc.freeze()
        create_worker(queue, client, sweeps=SWEEPS[queue], kind=kind).work()
    sys.exit(vital.exit_code())


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else QueueName.IMPORTS)
