"""How long tests wait: the only place with deadlines, so that a slow machine fails no test."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
import requests

# Seconds. Only what hangs takes longer, also on a machine with ten times the work it can do.
PATIENCE = 240.0
# Seconds. An attempt that the test repeats: what it asks may have died with the question.
ATTEMPT = 20.0


def wait_until(condition: Callable[[], object], *, seconds: float = PATIENCE) -> None:
    """Await `condition`; fail when it does not come true. No deadline is below PATIENCE."""
    seconds = max(seconds, PATIENCE)
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"still not true after {seconds} s: {condition}")
        time.sleep(0.05)


def answers(url: str) -> bool:
    """Whether `url` answers 200."""
    try:
        return requests.get(url, timeout=ATTEMPT).status_code == 200
    except requests.RequestException:
        return False
