"""Starts supervisors for the tests of this folder."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.local.running import PROJECT, Running, Start
from tests.waiting import PATIENCE


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a supervisor over the given stages; everything is gone after the test."""
    started: list[Running] = []

    def start_supervisor(
        *stages: Sequence[dict[str, Any]], up_seconds: float = PATIENCE
    ) -> Running:
        command = [sys.executable, str(Path(__file__).with_name("scenario.py"))]
        process = subprocess.Popen(
            [*command, json.dumps(stages), str(tmp_path), str(up_seconds)],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(Running(process))
        return started[-1]

    yield start_supervisor
    for running in started:
        if running.process.poll() is None:
            running.process.terminate()
            running.process.wait(PATIENCE)
        running.said()
        if running.process.stdout:
            running.process.stdout.close()
