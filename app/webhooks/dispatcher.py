"""Sends whatever is due, many at once: one thread for the database, many for the network.

The database's thread writes down what came back and claims what may go out, in one
transaction for all of it; a transaction for each delivery would take longer than the
delivery. It wakes when an attempt ends, when it is told that there is something
new, and once a second for what has become due meanwhile.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Self

import sqlalchemy as sa

from app.vital import start_vital_thread
from app.webhooks import outbox
from app.webhooks.delivery import Answer, Request, send
from app.webhooks.egress import Guard
from app.webhooks.errors import SecretLost
from app.webhooks.feeding import POLL_SECONDS, Feed, Feeder
from app.webhooks.outbox import Claim, Result
from app.webhooks.pace import THREADS, Pace
from app.webhooks.schedule import LOCKED
from app.webhooks.vault import Vault

Clock = Callable[[sa.Connection], datetime]

STOP_SECONDS = 12.0
PAUSE_SECONDS = 0.2
OUR_FAULT = Answer(latency_ms=0, error="The server failed while it sent this. Its log tells more.")
NOT_SIGNED = Answer(latency_ms=0, error=LOCKED, is_locked=True)
log = logging.getLogger(__name__)


class Dispatcher:
    """Claims, sends and records until it is stopped.

    `observe` hears of each attempt's end. `clock` and `chance` are for tests to set.
    """

    def __init__(
        self,
        engine: sa.Engine,
        guard: Guard,
        vault: Vault,
        feeds: Sequence[Feed] = (),
        *,
        clock: Clock = outbox.read_clock,
        chance: Callable[[], float] = random.random,
        observe: Callable[[Result], None] = lambda _: None,
    ) -> None:
        self._engine, self._guard, self._vault = engine, guard, vault
        self._feeder = Feeder(engine, feeds, tell=self._look)
        self._clock, self._chance, self._observe = clock, chance, observe
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="delivery")
        self._arrived: SimpleQueue[Result | None] = SimpleQueue()
        self._unrecorded: list[Result] = []
        self._pace = Pace()
        self._stop_at: float | None = None

    def poke(self) -> None:
        """Say that something new may be due; from any thread."""
        self._feeder.poke()
        self._look()

    def stop(self) -> None:
        """Claim nothing more; what is under way has a few seconds. From any thread."""
        self._stop_at = time.monotonic() + STOP_SECONDS
        self._feeder.stop()
        self._look()

    def run(self) -> None:
        """Work until stopped. A database that is away is waited for."""
        self._feeder.start()
        while not self._is_over():
            self._try_step()
            self._await_news(POLL_SECONDS)

    def run_until_idle(self) -> None:
        """Work until nothing is due and nothing under way. Raises what the database raises."""
        while self._feeder.feed() or self._step() or self._pace.sending:
            if self._pace.sending:
                self._await_news(POLL_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _look(self) -> None:
        self._arrived.put(None)

    def _is_over(self) -> bool:
        if self._stop_at is None:
            return False
        is_done = not self._pace.sending and not self._unrecorded
        return is_done or time.monotonic() > self._stop_at

    def _try_step(self) -> None:
        """A step, whatever goes wrong."""
        try:
            self._step()
        except sa.exc.OperationalError as error:
            # Away, or a lock that was not to be had: what has arrived is kept for the next step.
            log.warning("webhooks have to wait for the database", exc_info=error)
        except Exception:
            # What cannot be written down now could not be later: its lease will run out.
            log.exception("webhooks: a step failed")
            self._unrecorded.clear()
        else:
            return
        time.sleep(PAUSE_SECONDS)

    def _step(self) -> int:
        """Record, claim, send; how many were claimed."""
        stopping = self._stop_at is not None
        with self._engine.begin() as connection:
            now = self._clock(connection)
            outbox.record_results(connection, now, self._unrecorded)
            claims = outbox.claim_due(
                connection,
                now,
                self._pace.loads,
                shared=self._pace.shared,
                capacity=0 if stopping else self._pace.capacity,
            )
        self._unrecorded.clear()
        for claim in claims:
            self._pace.begin(claim.webhook_id)
            self._pool.submit(self._attempt, claim)
        return len(claims)

    def _attempt(self, claim: Claim) -> None:
        """One attempt, in a thread of its own; never raises, or its place would stay taken."""
        request = Request(claim.message.url, {}, b"")
        try:
            keys = self._vault.unseal_keys(claim.sealed, claim.webhook_id)
            message = replace(claim.message, keys=keys)
            request = message.make_request(int(claim.at.timestamp()))
            answer = send(self._guard, request)
        except SecretLost:
            log.error("a webhook's secret cannot be opened", extra={"webhook_id": claim.webhook_id})
            answer = NOT_SIGNED
        except Exception:
            log.exception("delivery failed", extra={"delivery_id": claim.delivery_id})
            answer = OUR_FAULT
        self._arrived.put(Result(claim, request, answer, self._chance()))

    def _await_news(self, seconds: float) -> None:
        """Wait for an attempt's end or a poke, and take whatever else has come."""
        try:
            self._take(self._arrived.get(timeout=seconds))
            while True:
                self._take(self._arrived.get_nowait())
        except Empty:
            pass

    def _take(self, news: Result | None) -> None:
        if news is None:
            return
        self._unrecorded.append(news)
        self._pace.end(news.claim.webhook_id, news.answer.latency_ms)
        try:
            self._observe(news)
        except Exception:
            # Whoever only counts must not keep anybody from being told.
            log.exception("webhooks: an attempt was not counted")


def start_in_thread(dispatcher: Dispatcher) -> threading.Thread:
    """Run it beside whatever else this process does, which ends with it."""
    return start_vital_thread("dispatcher", dispatcher.run)
