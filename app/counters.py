"""What is counted over all processes together: added up here, written to Redis once a second.

One hash holds the totals, so that whoever is asked answers the same. Beside it stand
counts by the minute and by the quarter of an hour, for pictures of the last hour and the
last day. Redis being away loses nothing: what could not be written waits; a Redis
that has lost its data begins at nought, which those who read counters expect.
"""

from __future__ import annotations

import atexit
import json
import logging
import threading
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

import redis
from flask import Flask, current_app

EXTENSION = "counters"
TOTALS = "counters:totals"
FLUSH_SECONDS = 1.0
# Upper ends of a histogram's buckets, in seconds; a delivery may take fifteen.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0)
# Seconds a count by time is for → how many of them are kept.
STEPS = {60: 60, 900: 96}
Key = tuple[str, ...]
log = logging.getLogger(__name__)


class Measure(StrEnum):
    """What is counted, and in brackets by what."""

    REQUESTS = "requests"  # method, route, status
    REQUEST_SECONDS = "request_seconds"  # method, route
    ATTEMPTS = "attempts"  # result
    ATTEMPT_SECONDS = "attempt_seconds"
    UNTOLD = "untold"


class Rate(StrEnum):
    """What is counted by time as well."""

    REQUESTS = "requests"
    SERVER_ERRORS = "server_errors"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"


class Counters:
    """Adds up in memory; a timer that runs only while there is something writes it down."""

    def __init__(self, client: redis.Redis, clock: Callable[[], float] = time.time) -> None:
        self._client, self._clock = client, clock
        self._lock = threading.Lock()
        self._totals: Counter[Key] = Counter()
        self._rates: Counter[str] = Counter()
        self._timer: threading.Timer | None = None
        self._is_lost = False

    def count_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered."""
        # That something is missing is what /readyz is there to say.
        failed = status >= 500 and route != "/readyz"
        rates = [Rate.REQUESTS, Rate.SERVER_ERRORS] if failed else [Rate.REQUESTS]
        self._add(
            rates,
            (Measure.REQUESTS, method, route, str(status)),
            *observe((Measure.REQUEST_SECONDS, method, route), seconds),
            microseconds=((Measure.REQUEST_SECONDS, method, route, "sum"), seconds),
        )

    def count_attempt(self, result: str, seconds: float, *, is_delivered: bool) -> None:
        """A webhook's message was sent, or could not be."""
        self._add(
            [Rate.DELIVERED if is_delivered else Rate.UNDELIVERED],
            (Measure.ATTEMPTS, result),
            *observe((Measure.ATTEMPT_SECONDS,), seconds),
            microseconds=((Measure.ATTEMPT_SECONDS, "sum"), seconds),
        )

    def count_untold(self, changes: int) -> None:
        """Webhooks are not told of so many changes, since nobody knows what they were."""
        with self._lock:
            self._totals[(Measure.UNTOLD,)] += changes
            if self._timer is None:
                self._start_timer()

    def _add(self, rates: Sequence[str], *keys: Key, microseconds: tuple[Key, float]) -> None:
        key, seconds = microseconds
        with self._lock:
            for rate in rates:
                self._rates[rate] += 1
            for counted in keys:
                self._totals[counted] += 1
            self._totals[key] += round(seconds * 1_000_000)
            if self._timer is None:
                self._start_timer()

    def _start_timer(self) -> None:
        self._timer = threading.Timer(FLUSH_SECONDS, self.flush)
        self._timer.daemon = True
        self._timer.start()

    def flush(self) -> None:
        """Write down what has been counted; never raises. From any thread."""
        with self._lock:
            totals, self._totals = self._totals, Counter()
            rates, self._rates = self._rates, Counter()
            self._timer = None
        try:
            if totals or rates:
                self._write(totals, rates)
            self._is_lost = False
        except redis.RedisError as error:
            with self._lock:
                self._totals.update(totals)
                self._rates.update(rates)
            if not self._is_lost:
                log.warning("counts are kept until Redis is back", extra={"error": str(error)})
            self._is_lost = True

    def close(self) -> None:
        """Write down what there is, for this process ends; nobody is told if that fails."""
        self._is_lost = True
        self.flush()

    def _write(self, totals: Mapping[Key, int], rates: Mapping[str, int]) -> None:
        now = self._clock()
        with self._client.pipeline() as pipeline:
            for key, number in totals.items():
                pipeline.hincrby(TOTALS, json.dumps(key), number)
            for step, kept in STEPS.items():
                name = _rate_key(step, int(now) // step)
                for rate, number in rates.items():
                    pipeline.hincrby(name, rate, number)
                pipeline.expire(name, step * (kept + 2))
            pipeline.execute()


def observe(key: Key, seconds: float) -> tuple[Key, ...]:
    """The bucket of the histogram `key` that so many seconds fall into."""
    place = bisect_left(BUCKETS, seconds)
    return ((*key, str(BUCKETS[place]) if place < len(BUCKETS) else "+Inf"),)


def load_totals(client: redis.Redis) -> dict[Key, int]:
    """Everything counted so far, by all processes. Raises RedisError."""
    found = client.hgetall(TOTALS)
    return {tuple(json.loads(key)): int(number) for key, number in found.items()}


def load_rates(client: redis.Redis, step: int, now: float) -> list[dict[str, int]]:
    """The counts of each step of time, the oldest first and the present one last.

    Raises RedisError.
    """
    last = int(now) // step
    with client.pipeline(transaction=False) as pipeline:
        for number in range(last - STEPS[step] + 1, last + 1):
            pipeline.hgetall(_rate_key(step, number))
        found = pipeline.execute()
    return [{rate: int(counts.get(rate.encode(), 0)) for rate in Rate} for counts in found]


def _rate_key(step: int, number: int) -> str:
    return f"counters:{step}:{number}"


def init_app(app: Flask) -> None:
    """Give `app` its counters; Redis must have been bound."""
    counters = Counters(app.extensions["redis"])
    app.extensions[EXTENSION] = counters
    # What was counted in the process's last second.
    atexit.register(counters.close)


def current_counters() -> Counters:
    """The current application's."""
    counters: Counters = current_app.extensions[EXTENSION]
    return counters
