"""`python -m bench.webhooks`: how many events a second one webhook worker delivers, how soon.

The app runs as `make run` starts it. Events are written as a change writes them, one
transaction each where the time from commit to receipt is measured, and the receiver is a
process of its own on the same machine. Fails when an event is missing.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import redis
import requests
import sqlalchemy as sa

from app.config import normalise_database_url
from app.extensions import connect_redis
from app.local.postgres import PostgresServer
from app.local.processes import free_port
from app.local.valkey import ValkeyServer
from app.webhooks.events import EventType, record_event, record_events
from app.webhooks.jobs import wake
from bench.client import Client
from bench.local_app import running_app
from bench.report import machine
from bench.run import WrongResultError

PER_SECOND = 50
PATIENCE = 120.0
Receipts = dict[str, float]


def say(line: str) -> None:
    """Progress, apart from the result: standard output holds the report alone."""
    print(line, file=sys.stderr, flush=True)


class Receiver:
    """Answers 204 at once, in a process of its own, and remembers what came when."""

    def __init__(self, stack: ExitStack) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs,), daemon=True)
        process.start()
        stack.callback(process.terminate)
        self.url = f"http://127.0.0.1:{self._pipe.recv()}/hooks"

    def count(self) -> int:
        """How many events have come."""
        self._pipe.send(True)
        count: int = self._pipe.recv()
        return count

    def await_count(self, count: int) -> Receipts:
        """Event id → when it first came, once there are `count`; raises WrongResultError."""
        deadline = time.monotonic() + PATIENCE
        while (found := self.count()) < count:
            if time.monotonic() > deadline:
                raise WrongResultError(f"{count - found} of {count} events never came.")
            time.sleep(0.2)
        self._pipe.send(False)
        receipts: Receipts = self._pipe.recv()
        return receipts


def _serve(pipe: Connection) -> None:
    asyncio.run(_Endpoint(pipe).run())


class _Endpoint:
    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._receipts: Receipts = {}

    async def run(self) -> None:
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0, backlog=500)
        self._pipe.send(server.sockets[0].getsockname()[1])
        loop = asyncio.get_running_loop()
        while True:
            only_count = await loop.run_in_executor(None, self._pipe.recv)
            self._pipe.send(len(self._receipts) if only_count else self._receipts)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        headers = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if line)
        await reader.readexactly(int(headers["content-length"]))
        self._receipts.setdefault(headers["webhook-id"], time.time())
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        writer.close()


@dataclass(frozen=True)
class Outbox:
    """Writes events as a change does."""

    engine: sa.Engine
    client: redis.Redis

    def write_many(self, count: int) -> float:
        """So many at once; the moment of the commit."""
        with self.engine.begin() as connection:
            items = [{"id": number, "sku": f"SKU-{number}"} for number in range(count)]
            record_events(connection, EventType.PRODUCT_CREATED, items)
        committed = time.time()
        wake(self.client)
        return committed

    def write_steadily(self, count: int) -> dict[int, float]:
        """So many one by one at the rate of the measurement; number → moment of its commit."""
        began = time.monotonic()
        committed: dict[int, float] = {}
        for number in range(count):
            time.sleep(max(0.0, began + number / PER_SECOND - time.monotonic()))
            with self.engine.begin() as connection:
                record_event(connection, EventType.PRODUCT_UPDATED, {"id": number})
            committed[number] = time.time()
            wake(self.client)
        return committed

    def event_ids(self) -> dict[int, str]:
        """The number of each steadily written event → its id."""
        statement = sa.text(
            "SELECT (body::json #>> '{data,id}')::int, id::text FROM events "
            "WHERE type = 'product.updated'"
        )
        with self.engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(statement)}


def measure(events: int, seconds: int) -> str:
    """The report. Raises WrongResultError, and what the servers' start raises."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        postgres = stack.enter_context(PostgresServer(folder / "postgres"))
        valkey = stack.enter_context(ValkeyServer(folder / "valkey"))
        port = free_port()
        client = Client(f"http://127.0.0.1:{port}")
        settings = {
            "PORT": str(port),
            "WORKERS": "1",
            "DATABASE_URL": postgres.url,
            "REDIS_URL": valkey.url,
            "WEBHOOK_ALLOW_CIDRS": "127.0.0.0/8",
        }
        stack.enter_context(running_app(folder, client, **settings))
        receiver = Receiver(stack)
        answer = requests.post(f"{client.url}/api/webhooks", json={"url": receiver.url}, timeout=10)
        answer.raise_for_status()
        engine = sa.create_engine(normalise_database_url(postgres.url))
        stack.callback(engine.dispose)
        outbox = Outbox(engine, connect_redis(valkey.url, retries=1))
        with engine.connect() as connection:
            version = connection.scalar(sa.text("SHOW server_version"))
        return "\n\n".join(
            [
                _time_throughput(outbox, receiver, events),
                _time_latency(outbox, receiver, seconds),
                machine(str(version)),
            ]
        )


def _time_throughput(outbox: Outbox, receiver: Receiver, count: int) -> str:
    say(f"{count:,} events at once.")
    committed = outbox.write_many(count)
    elapsed = max(receiver.await_count(count).values()) - committed
    return f"{count:,} events at once: {count / elapsed:,.0f} delivered a second."


def _time_latency(outbox: Outbox, receiver: Receiver, seconds: int) -> str:
    say(f"{PER_SECOND} events a second, for {seconds} s.")
    before = receiver.count()
    committed = outbox.write_steadily(PER_SECOND * seconds)
    receipts = receiver.await_count(before + len(committed))
    ids = outbox.event_ids()
    waits = [(receipts[ids[number]] - at) * 1000 for number, at in committed.items()]
    cuts = statistics.quantiles(waits, n=20)
    return (
        f"{PER_SECOND} events a second: from commit to receipt p50 {statistics.median(waits):.0f} "
        f"ms, p95 {cuts[18]:.0f} ms, at most {max(waits):.0f} ms."
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 measured, 1 not, or an event is missing."""
    parser = argparse.ArgumentParser(prog="python -m bench.webhooks", description=__doc__)
    parser.add_argument("--events", type=int, default=6_000)
    parser.add_argument("--seconds", type=int, default=20)
    options = parser.parse_args(arguments)
    try:
        print(measure(options.events, options.seconds))
    except (WrongResultError, RuntimeError, requests.RequestException) as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
