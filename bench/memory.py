"""How much memory an import takes: a worker, its forked work horse and the reading process.

Together they share most of what they begin with, so each page is counted once: the
proportional set size that Linux tells (`/proc/…/smaps_rollup`), looked at every 50 ms. Where
that is not, resident sets are added up, and the sum is too large.
"""

from __future__ import annotations

import threading
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

SECONDS = 0.05
MEGABYTE = 1e6


class HorseWatch:
    """Looks at the app's workers and all that they have forked, within a `with` block."""

    def __init__(self, supervisor: int) -> None:
        self._workers = [
            child
            for child in psutil.Process(supervisor).children()
            if any(Path(word).name == "worker.py" for word in child.cmdline())
            and "imports" in child.cmdline()
        ]
        self._peak = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.idle_megabytes = max(map(_size, self._workers), default=0) / MEGABYTE

    @property
    def peak_megabytes(self) -> float | None:
        """The most that a worker and its children held at one look; None if there was no child."""
        return self._peak / MEGABYTE or None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(SECONDS):
            for worker in self._workers:
                forked = _descendants(worker)
                if forked:
                    self._peak = max(self._peak, sum(map(_size, (worker, *forked))))


def _descendants(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.Error:
        return []


def _size(process: psutil.Process) -> int:
    """The process's share of memory in bytes; 0 when it is gone."""
    try:
        for line in Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0
