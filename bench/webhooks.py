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
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
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
FAST = tuple(f"/fast/{number}" for number in range(9))
SLOW, SLOW_SECONDS = "/slow", 14.0
# Path and event id → when it first came, as `time.time()` has it.
Receipts = dict[tuple[str, str], float]


def say(line: str) -> None:
    """Progress, apart from the result: standard output holds the report alone."""
    print(line, file=sys.stderr, flush=True)


class Receiver:
    """Answers 204 in a process of its own, at once but for /slow; remembers what came when."""

    def __init__(self, stack: ExitStack) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs,), daemon=True)
        process.start()
        stack.callback(process.terminate)
        self.url = f"http://127.0.0.1:{self._pipe.recv()}"

    def count(self) -> int:
        """How many have come."""
        self._pipe.send(True)
        count: int = self._pipe.recv()
        return count

    def await_count(self, count: int) -> Receipts:
        """What has come, once it is `count`; raises WrongResultError."""
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
        path = head.split(" ", 2)[1]
        self._receipts.setdefault((path, headers["webhook-id"]), time.time())
        await asyncio.sleep(seconds_of(path))
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        writer.close()


def seconds_of(path: str) -> float:
    """How long the receiver takes to answer: as many milliseconds as /after/… says."""
    if path.startswith("/after/"):
        return int(path.split("/")[2]) / 1000
    return SLOW_SECONDS if path == SLOW else 0.0


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

    def write_steadily(self, count: int, per_second: int) -> dict[str, float]:
        """So many one by one at that rate; event id → moment of its commit."""
        began = time.monotonic()
        committed: dict[str, float] = {}
        for number in range(count):
            time.sleep(max(0.0, began + number / per_second - time.monotonic()))
            with self.engine.begin() as connection:
                record_event(connection, EventType.PRODUCT_UPDATED, {"id": number})
                newest = sa.text("SELECT id::text FROM events ORDER BY id DESC LIMIT 1")
                event_id = connection.execute(newest).scalar_one()
            committed[event_id] = time.time()
            wake(self.client)
        return committed


@dataclass(frozen=True)
class Subscriptions:
    """Makes and deletes webhooks; `address` is that of the app's API for them."""

    address: str
    receiver: Receiver

    @contextmanager
    def of(self, *paths: str) -> Iterator[Receiver]:
        """A webhook for each path of the receiver, within the block."""
        made = []
        for path in paths:
            url = {"url": f"{self.receiver.url}{path}"}
            answer = requests.post(self.address, json=url, timeout=10)
            answer.raise_for_status()
            made.append(answer.json()["id"])
        yield self.receiver
        for webhook_id in made:
            requests.delete(f"{self.address}/{webhook_id}", timeout=10).raise_for_status()


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
        subscriptions = Subscriptions(f"{client.url}/api/webhooks", receiver)
        engine = sa.create_engine(normalise_database_url(postgres.url))
        stack.callback(engine.dispose)
        outbox = Outbox(engine, connect_redis(valkey.url, retries=1))
        with engine.connect() as connection:
            version = connection.scalar(sa.text("SHOW server_version"))
        return "\n\n".join(
            [
                _time_throughput(outbox, subscriptions, events),
                _time_latency(outbox, subscriptions, seconds),
                _time_beside_a_slow_one(outbox, subscriptions, seconds),
                machine(str(version)),
            ]
        )


def _time_throughput(outbox: Outbox, subscriptions: Subscriptions, count: int) -> str:
    say(f"{count:,} events at once.")
    with subscriptions.of("/hooks") as receiver:
        committed = outbox.write_many(count)
        elapsed = max(receiver.await_count(count).values()) - committed
    return f"{count:,} events at once: {count / elapsed:,.0f} delivered a second."


def _time_latency(outbox: Outbox, subscriptions: Subscriptions, seconds: int) -> str:
    waits = _time_steadily(outbox, subscriptions, ["/steady"], seconds)
    return f"{PER_SECOND} events a second: from commit to receipt {waits}."


def _time_beside_a_slow_one(outbox: Outbox, subscriptions: Subscriptions, seconds: int) -> str:
    with subscriptions.of(SLOW):
        waits = _time_steadily(outbox, subscriptions, FAST, seconds, per_second=10)
    return (
        f"10 events a second to nine endpoints that answer at once, beside one that takes "
        f"{SLOW_SECONDS:.0f} s: {waits}."
    )


def _time_steadily(
    outbox: Outbox,
    subscriptions: Subscriptions,
    paths: Sequence[str],
    seconds: int,
    per_second: int = PER_SECOND,
) -> str:
    """The times from commit to receipt, in words."""
    say(f"{per_second} events a second to {len(paths)}, for {seconds} s.")
    with subscriptions.of(*paths) as receiver:
        before = receiver.count()
        committed = outbox.write_steadily(per_second * seconds, per_second)
        receipts = receiver.await_count(before + len(committed) * len(paths))
        while not all((path, event) in receipts for path in paths for event in committed):
            receipts = receiver.await_count(len(receipts) + 1)
    waits = [
        (receipts[path, event] - at) * 1000 for event, at in committed.items() for path in paths
    ]
    p95 = statistics.quantiles(waits, n=20)[18]
    return f"p50 {statistics.median(waits):.0f} ms, p95 {p95:.0f} ms, at most {max(waits):.0f} ms"


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
