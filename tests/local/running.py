"""A supervisor in a process of its own, to be sent signals and killed."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import psutil

from tests.waiting import PATIENCE

PROJECT = Path(__file__).resolve().parents[2]

Start = Callable[..., "Running"]


class Running:
    """A started supervisor: what it says, and every process it ever had."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []
        self._has_ended = False
        self._incoming: Queue[str | None] = Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self._incoming.put(line.rstrip("\n"))
        self._incoming.put(None)

    def wait_for(self, text: str) -> str:
        """The next line that contains `text`."""
        for line in self._coming():
            if text in line:
                return line
        raise AssertionError(f"{text!r} was not said, but:\n" + "\n".join(self.lines))

    def said(self) -> list[str]:
        """Every line until its end."""
        for _ in self._coming():
            pass
        return self.lines

    def _coming(self) -> Iterator[str]:
        """The lines to come, until it ends or says nothing for too long."""
        while not self._has_ended:
            try:
                line = self._incoming.get(timeout=PATIENCE)
            except Empty:
                return
            if line is None:
                self._has_ended = True
                return
            self.lines.append(line)
            yield line

    def descendants(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


def program(name: str, code: str, **options: Any) -> dict[str, Any]:
    """A program of the scenario that runs `code` in Python."""
    return {"name": name, "command": [sys.executable, "-uc", code], **options}


def all_gone(processes: Sequence[psutil.Process]) -> bool:
    """Whether every one of them ends within a moment. Zombies are gone."""
    return not psutil.wait_procs(processes, timeout=PATIENCE)[1] or all(
        not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
        for process in processes
    )
