"""A copy of the app for as long as it is needed, started as `make run` starts it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path

from app.config import Config
from app.local.processes import kill_session, start_process
from app.local.servers import log_tail
from bench.client import Client

PROJECT = Path(__file__).resolve().parent.parent
START_SECONDS = 120
STOP_SECONDS = 60


@contextmanager
def running_app(
    folder: Path, client: Client, arguments: Sequence[str] = (), **settings: str
) -> Iterator[int]:
    """Run the app in `folder` until the block ends; yields the supervisor's process id.

    `arguments` are those of `app.local`. It gets `settings` and nothing of what the
    caller's environment says about an app: a benchmark must not end up in somebody's
    database. `client` must point at the PORT in the settings. Raises RuntimeError if it
    does not come up.
    """
    names = {field.name.upper() for field in fields(Config)}
    inherited = {name: value for name, value in os.environ.items() if name not in names}
    log = folder / "app.log"
    with log.open("wb") as output:
        process = start_process(
            [sys.executable, "-m", "app.local", *arguments],
            environment={**inherited, "DATA_DIR": str(folder / "data"), **settings},
            directory=PROJECT,
            output=output,
            death_signal=signal.SIGINT,
        )
    try:
        _await_start(process, client, log)
        yield process.pid
    finally:
        _stop(process)


def _await_start(process: subprocess.Popen[bytes], client: Client, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if client.is_up():
            return
        time.sleep(0.1)
    raise RuntimeError(f"The app did not come up. The end of what it said:\n{log_tail(log)}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        kill_session(process.pid)
        process.wait()
