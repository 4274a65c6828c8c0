"""An iterator in a process of its own."""

from __future__ import annotations

import itertools
import os
import signal
import time
from collections.abc import Iterator

import psutil
import pytest

from app.imports import child
from app.imports.child import ChildFailed, iterate_in_child
from app.imports.errors import AmbiguousDecimal, AmbiguousDelimiter, FileProblem, MissingColumns


def test_the_items_come_in_order_and_from_another_process() -> None:
    items = list(iterate_in_child(lambda: ((n, os.getpid()) for n in range(1000))))
    assert [number for number, _ in items] == list(range(1000))
    assert {process for _, process in items} != {os.getpid()}


def test_a_large_item_comes_whole() -> None:
    [item] = iterate_in_child(lambda: iter([b"x" * 5_000_000]))
    assert item == b"x" * 5_000_000


def test_what_the_child_raises_is_told(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> Iterator[int]:
        yield 1
        raise ValueError("no more")

    items = iterate_in_child(fail)
    assert next(items) == 1
    with pytest.raises(ChildFailed, match="ValueError: no more"):
        next(items)


def test_who_waits_for_the_child_may_do_something_now_and_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(child, "WAIT_SECONDS", 0.01)
    reading, writing = os.pipe()

    def wait_to_be_told() -> Iterator[bytes]:
        yield os.read(reading, 1)

    assert list(iterate_in_child(wait_to_be_told, lambda: os.write(writing, b"x"))) == [b"x"]
    os.close(reading)
    os.close(writing)


def test_a_killed_child_is_noticed() -> None:
    items = iterate_in_child(lambda: (os.getpid() for _ in itertools.count()))
    os.kill(next(items), signal.SIGKILL)
    with pytest.raises(ChildFailed, match="killed"):
        list(items)


def test_a_caller_that_stops_early_leaves_no_process() -> None:
    items = iterate_in_child(lambda: (os.getpid() for _ in itertools.count()))
    child = next(items)
    items.close()
    assert not psutil.pid_exists(child)


@pytest.mark.parametrize(
    "problem",
    [
        MissingColumns("None.", headers=["a"]),
        AmbiguousDelimiter([(",", ["a", "b"])]),
        AmbiguousDecimal("price", ["1,299"], contradictory=False),
    ],
)
def test_a_problem_of_the_file_survives_the_way(problem: FileProblem) -> None:
    [found] = iterate_in_child(lambda: iter([problem]))
    assert type(found) is type(problem)
    assert (found.detail, found.data) == (problem.detail, problem.data)


def test_who_waits_for_an_item_is_asked_now_and_then_and_may_give_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(child, "WAIT_SECONDS", 0.01)
    asked = itertools.count(1)

    def give_up() -> None:
        if next(asked) == 3:
            raise TimeoutError

    def dawdle() -> Iterator[int]:
        time.sleep(60)
        yield 1

    items = iterate_in_child(dawdle, give_up)
    with pytest.raises(TimeoutError):
        next(items)
    assert next(asked) == 4
