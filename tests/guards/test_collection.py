"""The names of the tests are the same in every process, for workers share them out by name."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import PROJECT

COLLECT = ("-m", "pytest", "--collect-only", "-o", "addopts=", "-q", "-p", "no:cacheprovider")


@dataclass(frozen=True)
class Collection:
    """A process that collects, and the file of what it prints."""

    process: subprocess.Popen[bytes]
    printed: Path

    def read_names(self) -> list[str]:
        """The collected tests, in their order."""
        self.process.wait()
        printed = self.printed.read_text()
        assert self.process.returncode == 0, printed
        return [line for line in printed.splitlines() if line.startswith("tests/")]


@pytest.fixture
def two_collections(tmp_path: Path) -> Iterator[list[Collection]]:
    """Two processes that collect all tests: other hash seeds, seconds, and temporary folders."""
    inherited = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST_")}
    started: list[Collection] = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        with (folder / "printed").open("w") as printed:
            process = subprocess.Popen(
                [sys.executable, *COLLECT],
                cwd=PROJECT,
                env={**inherited, "PYTHONHASHSEED": seed, "TMPDIR": str(folder)},
                stdout=printed,
                stderr=subprocess.STDOUT,
            )
        started.append(Collection(process, folder / "printed"))
        time.sleep(1.1)  # The clock shows another second to the next.
    yield started
    for collection in started:
        collection.process.kill()
        collection.process.wait()


def test_two_processes_collect_the_same_tests_in_the_same_order(
    two_collections: list[Collection],
) -> None:
    first, second = (collection.read_names() for collection in two_collections)
    assert len(first) > 3_000
    assert first == second
