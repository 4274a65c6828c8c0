"""Starts programs stage by stage, restarts the dead, stops them in the opposite order.

One thread and no callbacks: a loop that looks at every child a few times a
second. Knows nothing about the product; `plan` says what is run.
"""

from __future__ import annotations

import itertools
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from app.local.errors import StartError
from app.local.output import Output, print_line
from app.local.programs import Child, Program
from app.local.servers import log_tail

Stage = Sequence[Program]

UP_SECONDS = 60.0
TICK = 0.1


class Supervisor:
    """Runs the stages until it is told to stop; leaves no process behind."""

    def __init__(
        self,
        stages: Sequence[Stage],
        *,
        say: Callable[[str], None] = print_line,
        up_seconds: float = UP_SECONDS,
    ) -> None:
        self._stages = [[Child(program) for program in stage] for stage in stages]
        self._started: list[list[Child]] = []
        self._say = say
        self._up_seconds = up_seconds
        self._output = Output(say)
        self._stop_requests = 0

    def run(self, announce: Callable[[], None]) -> None:
        """Start everything, call `announce`, and return when stopped by SIGINT, SIGTERM or SIGHUP.

        A second signal while stopping shortens every wait. Raises StartError if
        something does not come up; then, too, everything has been stopped.
        """
        with self._signals():
            try:
                for stage in self._stages:
                    self._start_stage(stage)
                if not self._stop_requests:
                    announce()
                while not self._stop_requests:
                    self._output.pump(TICK)
                    self._revive()
            finally:
                self._stop_all()
                self._output.close()

    @contextmanager
    def _signals(self) -> Iterator[None]:
        def on_signal(number: int, frame: FrameType | None) -> None:
            self._stop_requests += 1

        caught = [signal.SIGINT, signal.SIGTERM]
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # as nohup has it
            caught.append(signal.SIGHUP)
        before = [(number, signal.signal(number, on_signal)) for number in caught]
        try:
            yield
        finally:
            for number, handler in before:
                signal.signal(number, handler)

    def _start_stage(self, stage: list[Child]) -> None:
        if self._stop_requests:
            return
        self._started.append(stage)
        for child in stage:
            self._start(child)
        deadline = time.monotonic() + self._up_seconds
        while not self._stop_requests:
            waiting = [child for child in stage if not child.check_up()]
            if not waiting:
                break
            late = [child.program.name for child in waiting if not child.program.once]
            if late and time.monotonic() > deadline:
                names = ", ".join(late)
                raise StartError(f"{names} did not come up within {self._up_seconds:.0f} s.")
            self._output.pump(TICK / 2)
            self._revive()
        self._output.drain()

    def _start(self, child: Child) -> None:
        child.start()
        if child.process and child.process.stdout:
            self._output.attach(child.program.name, child.process.stdout)

    def _revive(self) -> None:
        """Restart whoever is dead. Raises StartError for one that never came up."""
        for child in [child for stage in self._started for child in stage]:
            if child.program.once and child.check_up():
                continue
            delay = child.bury()
            if delay is not None:
                self._output.drain()
                if not child.is_up and child.deaths >= child.program.attempts:
                    raise self._failure(child)
                when = f"in {delay:.0f} s" if delay else "now"
                path = child.program.log_path
                log = f" Its log: {path}" if path else ""
                self._say(f"{child.program.name} {child.ending}; it is started again {when}.{log}")
            if child.is_due and (not child.program.once or self._has_what_it_needs(child)):
                self._start(child)

    def _has_what_it_needs(self, child: Child) -> bool:
        """Whether the stages before the child's are ready at this moment."""
        before = itertools.takewhile(lambda stage: child not in stage, self._started)
        return all(needed.is_ready for stage in before for needed in stage)

    def _failure(self, child: Child) -> StartError:
        path = child.program.log_path
        log = f" The end of {path}:\n{log_tail(path)}" if path else ""
        return StartError(f"{child.program.name} does not come up: it {child.ending}.{log}")

    def _stop_all(self) -> None:
        """Stop the stages, last one first; those of one stage together."""
        self._stop_requests = min(self._stop_requests, 1)
        for stage in reversed(self._started):
            left = stage
            while left:
                hurried = self._stop_requests > 1
                left = [child for child in left if not child.advance_stop(hurried=hurried)]
                self._output.pump(TICK / 2)
