"""Web and worker as a deployment starts them, their logs kept in files."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.config import Config
from app.local.processes import free_port
from tests.conftest import PROJECT, answers, wait_until
from tests.waiting import PATIENCE

WEB = ("-m", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app")
WORKER = ("worker.py", "imports")


class Running:
    """The processes; `url` is where web answers."""

    def __init__(self, config: Config, folder: Path) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._folder = folder
        self._environment = {
            "PATH": os.environ["PATH"],
            "PORT": str(port),
            "DATABASE_URL": config.database_url or "",
            "REDIS_URL": config.redis_url or "",
            "SECRET_KEY": "a key that is only used by the tests",
        }
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self, name: str, *command: str) -> None:
        """Start Python with `command`; what it says goes to the log of that name."""
        with (self._folder / name).open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, *command],
                cwd=PROJECT,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._processes.append(process)

    def stop(self) -> None:
        """End them all as a platform does."""
        for process in self._processes:
            process.send_signal(signal.SIGTERM)
        for process in self._processes:
            process.wait(PATIENCE)

    def read_log(self, name: str) -> list[dict[str, Any]]:
        """Every line, parsed; a line that is no JSON fails the test."""
        return [json.loads(line) for line in (self._folder / name).read_text().splitlines()]


@contextmanager
def running(config: Config, folder: Path, *, with_worker: bool) -> Iterator[Running]:
    """Web with its two processes, and a worker if wanted; the schema must be there."""
    processes = Running(config, folder)
    processes.start("web", *WEB)
    if with_worker:
        processes.start("worker", *WORKER)
    try:
        wait_until(lambda: answers(f"{processes.url}/healthz"))
        yield processes
    finally:
        processes.stop()
