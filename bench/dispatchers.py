"""`python -m bench.dispatchers`: how many webhooks a second one, two and three workers deliver.

All in one run on one machine, with PostgreSQL and the receiver beside them; so only the ratios
mean something, and where the endpoints answer at once they all share its processors. Where each
answer takes a while, as over a network, what counts is how many may be under way.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import sqlalchemy as sa
from rq import Worker

from app.config import normalise_database_url
from app.extensions import connect_redis
from app.local.postgres import PostgresServer
from app.local.processes import free_port
from app.local.valkey import ValkeyServer
from bench.client import Client
from bench.local_app import PROJECT, running_app
from bench.report import machine
from bench.run import WrongResultError
from bench.webhooks import Outbox, Receiver, Subscriptions, say

ENDPOINTS = 8
MOST_WORKERS = 3
START_SECONDS = 60
# Milliseconds that an endpoint takes → events, each of which goes to every endpoint.
CASES = {0: 400, 500: 120}


def measure() -> str:
    """The report. Raises WrongResultError, and what the servers' start raises."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        postgres = stack.enter_context(PostgresServer(folder / "postgres"))
        valkey = stack.enter_context(ValkeyServer(folder / "valkey"))
        client = Client(f"http://127.0.0.1:{free_port()}")
        settings = {
            "PORT": client.url.rpartition(":")[2],
            "WORKERS": "1",
            "DATABASE_URL": postgres.url,
            "REDIS_URL": valkey.url,
            "SECRET_KEY": "for the benchmark alone, and long enough",
            "WEBHOOK_ALLOW_CIDRS": "127.0.0.0/8",
        }
        stack.enter_context(running_app(folder, client, **settings))
        subscriptions = Subscriptions(f"{client.url}/api/webhooks", Receiver(stack))
        engine = sa.create_engine(normalise_database_url(postgres.url))
        stack.callback(engine.dispose)
        outbox = Outbox(engine, connect_redis(valkey.url, retries=1))
        rates = []
        for workers in range(1, MOST_WORKERS + 1):
            if workers > 1:
                _start_worker(stack, settings, outbox)
            rates.append([_time(outbox, subscriptions, ms) for ms in CASES])
        with engine.connect() as connection:
            version = connection.scalar(sa.text("SHOW server_version"))
        return f"{_report(rates)}\n\n{machine(str(version))}"


def _start_worker(stack: ExitStack, settings: dict[str, str], outbox: Outbox) -> None:
    """One more worker for webhooks, once it is known."""
    known = len(Worker.all(connection=outbox.client))
    process = subprocess.Popen(
        [sys.executable, "worker.py", "webhooks"],
        cwd=PROJECT,
        env={**os.environ, **settings},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    stack.callback(process.wait)
    stack.callback(process.terminate)
    deadline = time.monotonic() + START_SECONDS
    while len(Worker.all(connection=outbox.client)) == known:
        if time.monotonic() > deadline:
            raise RuntimeError("A worker did not come up.")
        time.sleep(0.1)


def _time(outbox: Outbox, subscriptions: Subscriptions, milliseconds: int) -> float:
    """Deliveries a second."""
    say(f"{CASES[milliseconds]} events to {ENDPOINTS} endpoints that take {milliseconds} ms.")
    count = CASES[milliseconds] * ENDPOINTS
    paths = [f"/after/{milliseconds}/{number}" for number in range(ENDPOINTS)]
    with subscriptions.of(*paths) as receiver:
        before = receiver.count()
        committed = outbox.write_many(CASES[milliseconds])
        receipts = receiver.await_count(before + count)
        return count / (max(receipts.values()) - committed)


def _report(rates: Sequence[Sequence[float]]) -> str:
    heads = [f"{ms} ms, a second | ratio" for ms in CASES]
    lines = ["| workers | " + " | ".join(heads) + " |", "|---:|" + "---:|---:|" * len(CASES)]
    for number, row in enumerate(rates, start=1):
        pairs = zip(row, rates[0], strict=True)
        cells = [f"{rate:,.0f} | {rate / first:.2f}" for rate, first in pairs]
        lines.append(f"| {number} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> int:
    """The exit code: 0 measured, 1 not."""
    try:
        print(measure())
    except (WrongResultError, RuntimeError) as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
