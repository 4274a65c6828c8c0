"""The image without an engine: the folder that the Dockerfile copies together, and its user."""

from __future__ import annotations

import compileall
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil

from app.local.privileges import Account, able_to_run, service_account
from app.local.processes import kill_session, start_process
from tests.conftest import PROJECT
from tests.waiting import PATIENCE


def copied_files() -> Iterator[tuple[list[str], str]]:
    """What the Dockerfile takes from the project, with where it goes in the image."""
    for line in (PROJECT / "Dockerfile").read_text().splitlines():
        keyword, *names = line.split() or [""]
        if keyword == "COPY" and not names[0].startswith("--from"):
            yield names[:-1], names[-1]


class Image:
    """The assembled folder, in which `start.sh` is run by a user who may write nowhere."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for sources, target in copied_files():
            for source in sources:
                place = folder / target / ("" if target != "./" else source)
                _copy(PROJECT / source, place)
        self.account: Account | None = able_to_run(
            service_account(folder), Path(sys.executable), folder
        )
        # Unlike the image, so that not every process of the tests compiles all of it.
        compileall.compile_dir(folder, quiet=1)
        for path in (folder, *folder.rglob("*")):
            path.chmod(path.stat().st_mode & ~0o222)

    def files(self) -> set[Path]:
        return set(self.folder.rglob("*"))

    def start(self, *role: str, log: Path, **environment: str) -> Part:
        """Run the entry script for `role`, as tini would, with nothing but `environment`."""
        with log.open("ab") as output:
            process = start_process(
                ["sh", str(self.folder / "deploy/start.sh"), *role],
                environment={**_surroundings(), **environment},
                directory=Path("/"),
                output=output,
                account=self.account,
            )
        return Part(process, log)


class Part:
    """One running part of the application."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self.log = log

    def said(self) -> str:
        return self.log.read_text()

    def users(self) -> set[int]:
        """The ids of the users as whom it and its descendants run."""
        process = psutil.Process(self.process.pid)
        return {one.uids().effective for one in (process, *process.children(recursive=True))}

    def stop(self) -> int:
        """Ask it to end as platforms do; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)

    def end(self) -> None:
        """Leave nothing of it behind."""
        if self.process.poll() is None:
            kill_session(self.process.pid)
            self.process.wait(PATIENCE)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)


def _surroundings() -> Mapping[str, str]:
    return {
        "PATH": f"{Path(sys.executable).parent}:{os.defpath}",
        "HOME": "/nonexistent",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
    }
