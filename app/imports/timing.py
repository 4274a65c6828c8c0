"""Where an import's time goes, by what its process was doing."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TypeVar

Item = TypeVar("Item")


class Activity(StrEnum):
    """What takes time. The file is read in another process: here is only the waiting for it."""

    READING = "waiting for the reader"
    STAGING = "staging"
    COMPARING = "comparing"
    WRITING = "writing"
    COMMITTING = "committing"


class Stopwatch:
    """Adds up seconds by activity."""

    def __init__(self) -> None:
        self.seconds = dict.fromkeys(Activity, 0.0)

    @contextmanager
    def measure(self, activity: Activity) -> Iterator[None]:
        """Count the time until the block's end."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[activity] += time.perf_counter() - began

    def wait(self, activity: Activity, items: Iterable[Item]) -> Iterator[Item]:
        """The items, the time that they take to come being counted."""
        remaining = iter(items)
        while True:
            with self.measure(activity):
                item = next(remaining, None)
            if item is None:
                return
            yield item

    def describe(self) -> dict[str, float]:
        """The seconds of each activity, to hundredths."""
        return {name.value: round(self.seconds[name], 2) for name in Activity}
