"""How much memory an import takes: a worker, its forked work horse and the reading process,
or all that runs in one container.

Together they share most of what they begin with, so each page is counted once: the
proportional set size that Linux tells (`/proc/…/smaps_rollup`), looked at every 50 ms. Where
that is not, resident sets are added up, and the sum is too large.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

SECONDS = 0.05
MEGABYTE = 1e6


class Watch:
    """Looks at processes and all that they have forked, within a `with` block."""

    def __init__(self, processes: Sequence[psutil.Process]) -> None:
        self._processes = processes
        self._peak = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    @property
    def peak_megabytes(self) -> float | None:
        """The most that one of them and its children held at one look; None if there was none."""
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
            for process in self._processes:
                forked = _descendants(process)
                if forked:
                    self._peak = max(self._peak, sum(map(_size, (process, *forked))))


class HorseWatch(Watch):
    """Looks at the app's workers that serve imports."""

    def __init__(self, supervisor: int) -> None:
        workers = [
            child
            for child in psutil.Process(supervisor).children()
            if any(Path(word).name == "worker.py" for word in child.cmdline())
            and "imports" in child.cmdline()
        ]
        super().__init__(workers)
        self.idle_megabytes = max(map(_size, workers), default=0) / MEGABYTE


class TreeWatch(Watch):
    """Looks at the supervisor and everything below it: what a container would hold."""

    def __init__(self, supervisor: int) -> None:
        root = psutil.Process(supervisor)
        super().__init__([root])
        self.idle_megabytes = sum(map(_size, (root, *_descendants(root)))) / MEGABYTE


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
