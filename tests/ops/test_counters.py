"""Counting over many processes: the same total everywhere, and nothing lost while Redis is away."""

from __future__ import annotations

import time
from pathlib import Path

import redis
from flask import Flask
from redis.backoff import NoBackoff
from redis.retry import Retry

from app.counters import STEPS, Counters, load_rates, load_totals
from app.local.valkey import ValkeyServer
from tests.waiting import wait_until

NOW = 1_800_000_030.0


def count(counters: Counters, times: int, status: int = 200, seconds: float = 0.02) -> None:
    for _ in range(times):
        counters.count_request("GET", "/a", status, seconds)


def test_what_two_processes_count_is_one_total(app: Flask) -> None:
    client: redis.Redis = app.extensions["redis"]
    first, second = Counters(client), Counters(client)
    count(first, 3)
    count(second, 4, seconds=99)
    first.flush()
    second.flush()

    totals = load_totals(client)
    assert totals["requests", "GET", "/a", "200"] == 7
    assert totals["request_seconds", "GET", "/a", "0.025"] == 3
    assert totals["request_seconds", "GET", "/a", "+Inf"] == 4
    assert totals["request_seconds", "GET", "/a", "sum"] == 3 * 20_000 + 4 * 99_000_000


def test_it_is_written_by_itself(app: Flask) -> None:
    client: redis.Redis = app.extensions["redis"]
    count(Counters(client), 1)
    wait_until(lambda: load_totals(client))


def test_counts_fall_into_the_minute_and_the_quarter_of_an_hour_they_were_made_in(
    app: Flask,
) -> None:
    client: redis.Redis = app.extensions["redis"]
    clock = [NOW - 120]
    counters = Counters(client, clock=lambda: clock[0])
    count(counters, 2)
    counters.flush()
    clock[0] = NOW
    count(counters, 1, status=500)
    counters.flush()

    minutes = load_rates(client, 60, NOW)
    assert len(minutes) == STEPS[60]
    assert [step["requests"] for step in minutes[-3:]] == [2, 0, 1]
    assert [step["server_errors"] for step in minutes[-3:]] == [0, 0, 1]
    quarters = load_rates(client, 900, NOW)
    assert sum(step["requests"] for step in quarters) == 3


def test_that_something_is_missing_is_no_failed_request(app: Flask) -> None:
    client: redis.Redis = app.extensions["redis"]
    counters = Counters(client)
    counters.count_request("GET", "/readyz", 503, 0.01)
    counters.flush()
    assert sum(step["server_errors"] for step in load_rates(client, 60, time.time())) == 0


def test_what_is_counted_while_redis_is_away_is_written_when_it_is_back(tmp_path: Path) -> None:
    server = ValkeyServer(tmp_path / "valkey")
    with server:
        client = redis.Redis.from_url(server.url, retry=Retry(NoBackoff(), 0))
    counters = Counters(client)
    count(counters, 5)
    counters.flush()
    count(counters, 1)
    with server:
        counters.flush()
        assert load_totals(client)["requests", "GET", "/a", "200"] == 6
    client.close()
