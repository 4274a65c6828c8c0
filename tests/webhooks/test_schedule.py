"""When a delivery is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.webhooks.schedule import MAX_RETRY_AFTER, RETRY_DELAYS, next_attempt, parse_retry_after

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SECONDS = [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]


@pytest.mark.parametrize(("tries", "seconds"), list(enumerate(SECONDS, start=1)))
@pytest.mark.parametrize(("chance", "factor"), [(0.0, 0.8), (0.5, 1.0), (1.0, 1.2)])
def test_each_retry_comes_after_its_delay_give_or_take_a_fifth(
    tries: int, seconds: float, chance: float, factor: float
) -> None:
    following = next_attempt(tries, NOW, None, chance)
    assert following is not None
    assert (following - NOW).total_seconds() == pytest.approx(seconds * factor)


def test_after_the_last_retry_it_is_given_up() -> None:
    assert next_attempt(len(RETRY_DELAYS) + 1, NOW, "1", 0.5) is None


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, 0), ("", 0), ("120", 120), (" 120 ", 120), ("0", 0), ("-5", 0), ("1.5", 0),
        ("soon", 0), ("٥", 0), ("9" * 400, 86400), ("86401", 86400),
        ("Sat, 21 Nov 2026 12:01:40 GMT", 100), ("Sat, 21 Nov 2026 11:00:00 GMT", 0),
        ("Sat, 21 Nov 2026 12:01:40 -0000", 100), ("Sat, 21 Nov 2026 13:01:40 +0100", 100),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86400), ("Fri, 31 Dec 9999 23:59:59 -2359", 86400),
        ("Mon, 01 Jan 0001 00:00:00 +2359", 0), ("Sat, 99 Nov 2026 12:01:40 GMT", 0),
    ],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date_and_bounded(header: str | None, seconds: int) -> None:
    assert parse_retry_after(header, NOW) == timedelta(seconds=seconds)


def test_retry_after_puts_a_retry_off_and_never_brings_it_forward() -> None:
    assert next_attempt(1, NOW, "60", 0.5) == NOW + timedelta(seconds=60)
    assert next_attempt(2, NOW, "60", 0.5) == NOW + timedelta(seconds=300)
    assert next_attempt(1, NOW, "9999999", 0.5) == NOW + MAX_RETRY_AFTER
