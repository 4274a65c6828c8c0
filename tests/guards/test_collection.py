"""The names of the tests are the same in every process, for workers share them out by name."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import PROJECT

COLLECT = ("-m", "pytest", "--collect-only", "-o", "addopts=", "-q", "-p", "no:cacheprovider")


def collect_elsewhere(seed: str, folder: Path) -> list[str]:
    """All tests in their order, as a process of its own collects them.

    Its hash seed, its temporary folder and the second it starts in are others than this process's.
    """
    inherited = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST_")}
    ended = subprocess.run(
        [sys.executable, *COLLECT],
        cwd=PROJECT,
        env={**inherited, "PYTHONHASHSEED": seed, "TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout
    return [line for line in ended.stdout.splitlines() if line.startswith("tests/")]


def test_two_processes_collect_the_same_tests_in_the_same_order(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    first = collect_elsewhere("1", tmp_path)
    assert len(first) > 3_000
    here = [item.nodeid for item in request.session.items]
    # This process is the second, unless it was asked for a part of the tests only.
    assert first == (here if len(here) >= len(first) else collect_elsewhere("2", tmp_path))
