"""A program under supervision: what it is, and the process it is at the moment."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.local.forks import ForkedProcess, fork_program
from app.local.privileges import Account
from app.local.processes import die_with, kill_session, start_process
from app.local.servers import StopSteps, open_log

# Seconds to wait before a restart, by how often it died in a row.
RESTART_DELAYS = (0.0, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
# Having lived this long, a process counts as healthy, and its next death as the first.
HEALTHY_SECONDS = 30.0
HURRIED_SECONDS = 1.0


@dataclass(frozen=True, kw_only=True)
class Program:
    """How to run one program.

    `command` and `environment` are asked at every start, since a port may be
    chosen only then. A `once` program is up when it has ended well, however long that
    takes; any other when `is_ready` says so, or at once if it is None. One that has died
    `attempts` times before it was up ends the start. Without a `log_path` the output goes
    to the terminal. A `forked` one is a Python program that runs in a fork of us.
    """

    name: str
    command: Callable[[], Sequence[str]]
    environment: Callable[[], Mapping[str, str]]
    directory: Path
    stop_steps: StopSteps = ((signal.SIGTERM, 10.0),)
    death_signal: signal.Signals = signal.SIGKILL
    is_ready: Callable[[], bool] | None = None
    once: bool = False
    attempts: int = 3
    log_path: Path | None = None
    account: Account | None = None
    keep_open: Sequence[int] = ()
    forked: bool = False


class Child:
    """One program's process, whichever it is just now."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.process: subprocess.Popen[bytes] | ForkedProcess | None = None
        self.is_up = False
        self.deaths = 0
        self._started = 0.0
        self._start_at: float | None = None
        self._steps_left: list[tuple[signal.Signals, float]] | None = None
        self._step_deadline = 0.0

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start the process. Its output is a pipe at `process.stdout`, or goes to the log."""
        self.process = _fork(self.program) if self.program.forked else _execute(self.program)
        self._started = time.monotonic()
        self._start_at = None

    @property
    def is_ready(self) -> bool:
        """Whether the program is up at this moment."""
        if self.program.once:
            return self.process is not None and self.process.poll() == 0
        ready = self.program.is_ready
        return self.is_alive and (ready is None or ready())

    def check_up(self) -> bool:
        """Whether the program is up, now or before."""
        self.is_up = self.is_up or self.is_ready
        return self.is_up

    def bury(self) -> float | None:
        """Notice a death, once: end what the process left and say in how many seconds to restart.

        None if it lives, has not been started, or its death is known.
        """
        if self.process is None or self._start_at is not None or self.is_alive:
            return None
        kill_session(self.process.pid)
        if time.monotonic() - self._started > HEALTHY_SECONDS:
            self.deaths = 0
        delay = RESTART_DELAYS[min(self.deaths, len(RESTART_DELAYS) - 1)]
        self.deaths += 1
        self._start_at = time.monotonic() + delay
        return delay

    @property
    def is_due(self) -> bool:
        """Whether it is dead and the wait before its restart is over."""
        return self._start_at is not None and time.monotonic() >= self._start_at

    @property
    def ending(self) -> str:
        """How the last process ended, in words."""
        code = self.process.returncode if self.process else None
        if code is not None and code < 0:
            return f"was killed by {signal.Signals(-code).name}"
        return f"ended with exit code {code}"

    def advance_stop(self, *, hurried: bool) -> bool:
        """Ask the process to end, harder each time it did not; True when done."""
        if self.process is None:
            return True
        if not self.is_alive:
            kill_session(self.process.pid)
            return True
        if self._steps_left is None:
            self._steps_left = [*self.program.stop_steps, (signal.SIGKILL, 5.0)]
            self._step_deadline = time.monotonic()
        if hurried:
            self._step_deadline = min(self._step_deadline, time.monotonic() + HURRIED_SECONDS)
        if time.monotonic() >= self._step_deadline:
            if not self._steps_left:  # Not even SIGKILL helped: it hangs in the kernel.
                return True
            step, seconds = self._steps_left.pop(0)
            self.process.send_signal(step)
            self._step_deadline = time.monotonic() + seconds
        return False


def _execute(program: Program) -> subprocess.Popen[bytes]:
    log = open_log(program.log_path) if program.log_path else None
    try:
        return start_process(
            program.command(),
            environment=program.environment(),
            directory=program.directory,
            output=log or subprocess.PIPE,
            death_signal=program.death_signal,
            account=program.account,
            keep_open=program.keep_open,
        )
    finally:
        if log:
            log.close()


def _fork(program: Program) -> ForkedProcess:
    parent = os.getpid()
    return fork_program(
        program.command(),
        environment=program.environment(),
        directory=program.directory,
        prepare=lambda: die_with(parent, program.death_signal),
    )
