"""How much memory an import takes: the worker's forked work horse, watched from outside.

A process's peak is read from the kernel (`VmHWM`, its largest resident set
ever), so that nothing between two looks is missed; where /proc is not, the
largest resident set seen is taken. Both count pages a horse still shares
with the worker that forked it: `idle_megabytes` says how many there are at most.
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
    """Looks every 50 ms at the children of the app's workers, within a `with` block."""

    def __init__(self, supervisor: int) -> None:
        self._workers = [
            child
            for child in psutil.Process(supervisor).children()
            if any(Path(word).name == "worker.py" for word in child.cmdline())
        ]
        self._peaks: dict[int, dict[int, int]] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.idle_megabytes = max(map(_resident, self._workers), default=0) / MEGABYTE

    @property
    def peak_megabytes(self) -> float | None:
        """The peak of the largest horse, its own children added; None if none was seen."""
        return (
            max((sum(own.values()) for own in self._peaks.values()), default=0) / MEGABYTE or None
        )

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
                for horse in _children(worker):
                    own = self._peaks.setdefault(horse.pid, {})
                    for process in (horse, *_children(horse)):
                        own[process.pid] = max(own.get(process.pid, 0), _peak(process))


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children()
    except psutil.Error:
        return []


def _peak(process: psutil.Process) -> int:
    """The process's largest resident set in bytes; 0 when it is gone."""
    try:
        for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return _resident(process)


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0
