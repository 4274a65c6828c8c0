"""What all processes have counted together (app/counters.py), as metrics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import redis
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric

from app.counters import BUCKETS, Key, Measure, load_totals

ENDS = [*map(str, BUCKETS), "+Inf"]


def request_families(prefix: str, client: redis.Redis) -> Iterator[Metric]:
    """Requests, attempts of deliveries and what could not be told: how many, and how long it took.

    Raises RedisError.
    """
    totals = load_totals(client)
    yield _count(
        prefix + "http_requests",
        "Requests answered.",
        ("method", "route", "status"),
        _select(totals, Measure.REQUESTS),
    )
    yield _measure(
        prefix + "http_request_duration_seconds",
        "Time until the answer to a request began.",
        ("method", "route"),
        _select(totals, Measure.REQUEST_SECONDS),
    )
    yield _count(
        prefix + "delivery_attempts",
        "Attempts to deliver a message, by what came of them.",
        ("result",),
        _select(totals, Measure.ATTEMPTS),
    )
    yield _measure(
        prefix + "delivery_attempt_duration_seconds",
        "Time that an attempt to deliver a message took.",
        (),
        _select(totals, Measure.ATTEMPT_SECONDS),
    )
    yield _count(
        prefix + "changes_untold",
        "Changes of products deleted past the journal, of which no webhook could be told.",
        (),
        {(): 0, **_select(totals, Measure.UNTOLD)},
    )


def _select(totals: Mapping[Key, int], measure: Measure) -> dict[Key, int]:
    return {key[1:]: number for key, number in totals.items() if key[0] == measure}


def _count(name: str, text: str, labels: Sequence[str], counts: Mapping[Key, int]) -> Metric:
    family = CounterMetricFamily(name, text, labels=labels)
    for key, number in sorted(counts.items()):
        family.add_metric(key, number)
    return family


def _measure(name: str, text: str, labels: Sequence[str], counts: Mapping[Key, int]) -> Metric:
    """A histogram of keys that end in a bucket's upper end, or in `sum` (microseconds)."""
    family = HistogramMetricFamily(name, text, labels=labels)
    for key in sorted({key[:-1] for key in counts}):
        found = [counts.get((*key, end), 0) for end in ENDS]
        buckets = [(end, float(sum(found[: place + 1]))) for place, end in enumerate(ENDS)]
        family.add_metric(key, buckets, counts.get((*key, "sum"), 0) / 1_000_000)
    return family


def make_histogram(
    name: str, text: str, within: Mapping[str, int], count: int, seconds: float
) -> Metric:
    """A histogram without labels; `within` counts what took no longer than the key."""
    family = HistogramMetricFamily(name, text)
    buckets = [(end, float(number)) for end, number in {**within, "+Inf": count}.items()]
    family.add_metric([], buckets, seconds)
    return family
