"""What `make run` shows on a terminal: lines for people, though the children write into pipes."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from app.local.processes import free_port
from tests.conftest import PROJECT
from tests.waiting import PATIENCE


def read_until(terminal: int, text: str) -> str:
    """What is shown until `text` appears."""
    shown, deadline = "", time.monotonic() + PATIENCE
    while text not in shown:
        assert time.monotonic() < deadline, shown
        shown += os.read(terminal, 65_536).decode()
    return shown


def test_on_a_terminal_the_lines_of_web_and_workers_are_text(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "app.local"],
        cwd=PROJECT,
        env={
            "PATH": os.environ["PATH"],
            "PORT": str(free_port()),
            "DATA_DIR": str(tmp_path / "data"),
            "WORKERS": "1",
        },
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    try:
        shown = read_until(ours, "Ctrl-C") + read_until(ours, "rq.worker: ")
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(PATIENCE)
        os.close(ours)
    clock = r"\d\d:\d\d:\d\d"
    assert re.search(rf"^web \| {clock} INFO gunicorn\.error: ", shown, re.MULTILINE)
    assert re.search(rf"^(worker 1|webhooks) \| {clock} INFO rq\.worker: ", shown, re.MULTILINE)
    assert '{"time"' not in shown
