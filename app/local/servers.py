"""What the two embedded servers have in common: a folder, a password, a port, a life.

The supervisor runs a server's `command()` itself, together with everything else.
A test needs one server alone, and says `with PostgresServer(folder) as server:`.
"""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, ClassVar, Self

from app.local.errors import StartError
from app.local.privileges import Account
from app.local.processes import free_port, kill_session, start_process

# A signal to end by, and the seconds to wait before the next one. SIGKILL comes
# after the last.
StopSteps = Sequence[tuple[signal.Signals, float]]

START_ATTEMPTS = 3
START_SECONDS = 60.0
LOG_BYTES = 5_000_000


class Server(ABC):
    """One server on 127.0.0.1 that keeps everything it has in `data_dir`.

    With `port` 0 a free port is chosen at every start, and chosen again as long
    as the server has not come up on it; once it has, it keeps the port, because
    others know the `url` by then.
    """

    name: ClassVar[str]
    stop_steps: ClassVar[StopSteps]
    # What the kernel sends the server when its supervisor is killed.
    death_signal: ClassVar[signal.Signals]

    def __init__(self, data_dir: Path, port: int = 0) -> None:
        self.data_dir = data_dir.resolve()
        self.port = port
        self.account: Account | None = None
        self._port_is_free_choice = port == 0
        self._process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def prepare(self) -> None:
        """Find the program and make the folder ready. Safe to repeat; raises StartError."""

    @abstractmethod
    def command(self) -> list[str]:
        """The command line of the next start, to be run in `data_dir` as `account`."""

    @abstractmethod
    def is_ready(self) -> bool:
        """Whether the server answers to our password, and not somebody else's on this port."""

    @property
    @abstractmethod
    def url(self) -> str:
        """Where clients reach it, password included. Final once `is_ready`."""

    @property
    def log_path(self) -> Path:
        return self.data_dir.with_name(f"{self.data_dir.name}.log")

    def environment(self) -> Mapping[str, str]:
        """Nothing of ours but PATH: PGDATA and its like would speak to the server, too."""
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}

    def _choose_port(self) -> None:
        if self._port_is_free_choice:
            self.port = free_port()

    def _keep_port(self) -> None:
        self._port_is_free_choice = False

    def __enter__(self) -> Self:
        self.prepare()
        for _ in range(START_ATTEMPTS):
            with open_log(self.log_path) as log:
                self._process = start_process(
                    self.command(),
                    environment=self.environment(),
                    directory=self.data_dir,
                    output=log,
                    death_signal=self.death_signal,
                    account=self.account,
                )
            if self._came_up(self._process):
                return self
            self.__exit__(None, None, None)
        raise StartError(f"{self.name} does not come up:\n{log_tail(self.log_path)}")

    def _came_up(self, process: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            if self.is_ready():
                return True
            time.sleep(0.02)
        return False

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for step, seconds in (*self.stop_steps, (signal.SIGKILL, 5.0)):
            process.send_signal(step)
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                continue
            break
        kill_session(process.pid)


def open_log(path: Path) -> BinaryIO:
    """Open a log to append to, for its owner alone. One beyond 5 MB is set aside first."""
    if path.exists():
        path.chmod(0o600)
        if path.stat().st_size > LOG_BYTES:
            path.replace(path.with_suffix(".log.old"))
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab")


def log_tail(path: Path, lines: int = 15) -> str:
    """The last lines of a log, or nothing if there is none."""
    if not path.exists():
        return ""
    with path.open("rb") as log:
        log.seek(max(0, path.stat().st_size - 10_000))
        return "\n".join(log.read().decode(errors="replace").splitlines()[-lines:])


def stored_secret(path: Path) -> str:
    """The random text kept in `path`, for its owner's eyes only; made when missing."""
    if path.exists() and (text := path.read_text().strip()):
        return text
    text = secrets.token_urlsafe(32)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{text}\n")
    return text
