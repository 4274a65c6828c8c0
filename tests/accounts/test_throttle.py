"""Guessing is slow, from wherever it is done, and does not lock out the administrator."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.accounts import throttle
from app.accounts.throttle import ACCOUNT, OF_ACCOUNT, OF_ADDRESS, forgive, reserve_attempt
from app.config import Config
from tests.accounts.conftest import audited, log_in

HOME = "203.0.113.7"
OWN = f"login:{HOME}/32"


@pytest.fixture
def store(app: Flask) -> redis.Redis:
    """The Redis where attempts are counted."""
    client: redis.Redis = app.extensions["redis"]
    return client


def wait_over(store: redis.Redis, key: str) -> int:
    """Let a wait pass at once; how many milliseconds it would have taken."""
    milliseconds: int = store.pttl(f"{key}:wait")
    store.delete(f"{key}:wait")
    return milliseconds


def test_the_first_attempts_are_free_and_then_each_wait_is_twice_the_last(
    store: redis.Redis,
) -> None:
    assert [reserve_attempt(store, HOME) for _ in range(OF_ADDRESS.free)] == [0] * OF_ADDRESS.free
    waits = []
    for _ in range(12):
        assert reserve_attempt(store, HOME) > 0
        waits.append(wait_over(store, OWN))
        assert reserve_attempt(store, HOME) == 0
    expected = [min(1000 * 2**power, OF_ADDRESS.longest_ms) for power in range(12)]
    assert waits == [pytest.approx(wait, abs=900) for wait in expected]


def test_asking_while_one_has_to_wait_does_not_prolong_the_wait(store: redis.Redis) -> None:
    for _ in range(OF_ADDRESS.free + 1):
        reserve_attempt(store, HOME)
    counted = store.get(f"{OWN}:count")
    for _ in range(20):
        assert reserve_attempt(store, HOME) == 1
    assert store.get(f"{OWN}:count") == counted


def test_attempts_at_the_same_time_get_no_more_guesses_than_one_after_the_other(
    store: redis.Redis,
) -> None:
    with ThreadPoolExecutor(20) as pool:
        waits = list(pool.map(lambda _: reserve_attempt(store, HOME), range(60)))
    assert waits.count(0) == OF_ADDRESS.free


def test_from_many_addresses_no_more_than_a_few_dozen_guesses_are_let_through(
    store: redis.Redis,
) -> None:
    waits = [reserve_attempt(store, f"198.51.{n // 250}.{n % 250}") for n in range(300)]
    guesses = waits.count(0)
    # A slow machine takes seconds for them all, and after each wait one more is let through.
    assert OF_ACCOUNT.free <= guesses < OF_ACCOUNT.free + 10
    assert len(list(store.scan_iter("login:*:count"))) == guesses + 1


def test_the_wait_of_the_account_never_exceeds_a_minute(store: redis.Redis) -> None:
    store.set(f"{ACCOUNT}:count", 10_000_000)
    assert reserve_attempt(store, HOME) == 0
    assert 59 <= reserve_attempt(store, "198.51.100.1") <= 60


def test_an_ipv6_network_counts_as_one_address(store: redis.Redis) -> None:
    waits = [reserve_attempt(store, f"2001:db8::{n:x}:1") for n in range(OF_ADDRESS.free + 1)]
    assert waits[-1] == 1
    assert reserve_attempt(store, "2001:db8:0:1::1") == 0


def test_ipv4_within_ipv6_counts_as_ipv4(store: redis.Redis) -> None:
    for _ in range(OF_ADDRESS.free + 1):
        reserve_attempt(store, f"::ffff:{HOME}")
    assert reserve_attempt(store, HOME) == 1
    assert reserve_attempt(store, "::ffff:198.51.100.1") == 0


def test_an_attack_from_elsewhere_does_not_lock_out_where_somebody_has_logged_in(
    store: redis.Redis,
) -> None:
    forgive(store, HOME)
    store.set(f"{ACCOUNT}:wait", 1, px=60_000)
    assert reserve_attempt(store, "198.51.100.1") > 0
    assert reserve_attempt(store, HOME) == 0


def test_a_known_address_that_guesses_is_held_up_all_the_same(store: redis.Redis) -> None:
    forgive(store, HOME)
    waits = [reserve_attempt(store, HOME) for _ in range(OF_ADDRESS.free + 1)]
    assert waits[-1] == 1


@pytest.mark.parametrize("address", ["", "not an address", "unix:", "1.2.3.4, 5.6.7.8"])
def test_what_is_no_address_is_counted_by_what_it_is(store: redis.Redis, address: str) -> None:
    waits = [reserve_attempt(store, address) for _ in range(OF_ADDRESS.free + 1)]
    assert waits[-1] == 1


def test_while_one_has_to_wait_not_even_the_right_password_opens(stranger: FlaskClient) -> None:
    for _ in range(OF_ADDRESS.free + 1):
        log_in(stranger, "wrong")

    answer = log_in(stranger)

    assert (answer.status_code, answer.mimetype) == (429, "application/problem+json")
    assert answer.headers["Retry-After"] == str(answer.get_json()["retry_after"]) == "1"
    assert "Set-Cookie" not in answer.headers


def test_the_right_password_wipes_out_what_was_counted(
    stranger: FlaskClient, store: redis.Redis
) -> None:
    for _ in range(OF_ADDRESS.free - 1):
        assert log_in(stranger, "wrong").status_code == 401
    assert log_in(stranger).status_code == 204
    for _ in range(OF_ADDRESS.free):
        assert log_in(stranger, "wrong").status_code == 401


def test_a_throttled_login_never_looks_at_the_password(
    stranger: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(OF_ADDRESS.free):
        log_in(stranger, "wrong")
    seen: list[str] = []
    monkeypatch.setattr(
        "app.accounts.routes.is_right_password", lambda expected, given: seen.append(given)
    )
    log_in(stranger)
    assert seen == []


def test_without_redis_nobody_can_log_in_and_it_is_said_why(
    stranger: FlaskClient, closed_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = redis.Redis.from_url("redis://127.0.0.1:1/0")
    monkeypatch.setitem(closed_app.extensions, "redis", gone)

    answer = log_in(stranger)

    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert "Redis" in answer.get_json()["detail"]
    assert answer.headers["Retry-After"] == "2"
    assert "Set-Cookie" not in answer.headers


def test_a_redis_that_never_answers_holds_nobody_for_long(closed_config: Config) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        client = create_app(replace(closed_config, redis_url=address)).test_client()
        begun = time.monotonic()
        assert log_in(client).status_code == 503
        assert time.monotonic() - begun < 120


def test_without_redis_who_is_logged_in_stays_so(
    admin: FlaskClient, closed_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = redis.Redis.from_url("redis://127.0.0.1:1/0")
    monkeypatch.setitem(closed_app.extensions, "redis", gone)
    assert admin.get("/api/products").status_code == 200


def test_failures_are_written_down_once_a_minute_an_address(
    stranger: FlaskClient, store: redis.Redis
) -> None:
    for _ in range(OF_ADDRESS.free + 5):
        log_in(stranger, "wrong")
    log_in(stranger, "wrong", address="198.51.100.9")
    assert [(entry.actor, entry.address, entry.detail) for entry in audited("login_failed")] == [
        ("anonymous", HOME, {"throttled": False}),
        ("anonymous", "198.51.100.9", {"throttled": False}),
    ]

    store.delete(f"{OWN}:noted")
    log_in(stranger, "wrong")
    assert audited("login_failed")[-1].detail == {"throttled": True}


def test_what_is_counted_is_forgotten_after_a_day(store: redis.Redis) -> None:
    reserve_attempt(store, HOME)
    for key in (f"{OWN}:count", f"{ACCOUNT}:count"):
        assert store.ttl(key) == throttle.REMEMBERED_SECONDS
