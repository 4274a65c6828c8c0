"""How many attempts a webhook may have under way."""

from __future__ import annotations

from app.webhooks.pace import QUICK_LIMIT, SHARED, THREADS, USUAL_LIMIT, Pace


def test_whoever_answers_at_once_may_have_more_under_way() -> None:
    pace = Pace()
    pace.begin("quick")
    pace.begin("slow")
    assert [load.limit for load in pace.loads] == [USUAL_LIMIT] * 2
    pace.end("quick", 3)
    pace.end("slow", 14_000)
    assert [load.limit for load in pace.loads] == [QUICK_LIMIT, USUAL_LIMIT]


def test_a_quick_endpoint_that_becomes_slow_is_given_less_within_a_few_answers() -> None:
    pace = Pace()
    for latency in [5] * 50 + [500] * 4:
        pace.begin("a")
        pace.end("a", latency)
    assert [load.limit for load in pace.loads] == [USUAL_LIMIT]


def test_half_of_the_threads_are_for_first_attempts() -> None:
    pace = Pace()
    assert (pace.shared, pace.capacity) == (SHARED, THREADS)
    for number in range(SHARED + 5):
        pace.begin(str(number))
    assert (pace.shared, pace.capacity) == (0, THREADS - SHARED - 5)
    assert pace.sending == SHARED + 5
