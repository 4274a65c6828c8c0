"""Programs in forks of the supervisor: they behave like programs of their own."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.local.running import Running, Start, all_gone
from tests.waiting import PATIENCE

SLEEP = "import time\nprint('hello')\ntime.sleep(60)\n"


def forked(folder: Path, code: str, *arguments: str, **options: Any) -> dict[str, Any]:
    """A program of the scenario that runs `code` in a fork of its supervisor."""
    (folder / "program.py").write_text(code)
    command = ["python", "program.py", *arguments]
    return {"name": "program", "command": command, "forked": True, **options}


def process_of(running: Running) -> psutil.Process:
    [process] = running.descendants()
    return process


def test_it_has_its_own_arguments_environment_folder_and_session(
    start: Start, tmp_path: Path
) -> None:
    code = (
        "import os, sys\n"
        "print(sys.argv, __name__)\n"
        "print(os.environ['COLOUR'], os.getcwd())\n"
        "print(os.getsid(0) == os.getpid())\n"
    )
    running = start([forked(tmp_path, code, "one", once=True, environment={"COLOUR": "blue"})])
    running.wait_for("all up")
    assert running.lines == [
        "program | ['program.py', 'one'] __main__",
        f"program | blue {tmp_path}",
        "program | True",
        "all up",
    ]


@pytest.mark.parametrize(
    ("last_words", "ending"),
    [
        ("sys.exit(3)", "ended with exit code 3"),
        ("sys.exit('no luck')", "ended with exit code 1"),
        ("raise ValueError('no luck')", "ended with exit code 1"),
        ("os._exit(7)", "ended with exit code 7"),
        ("os.kill(os.getpid(), 9)", "was killed by SIGKILL"),
    ],
)
def test_it_ends_as_an_interpreter_would(
    start: Start, tmp_path: Path, last_words: str, ending: str
) -> None:
    running = start([forked(tmp_path, f"import os, sys\n{last_words}\n", once=True)])
    said = running.said()
    assert said[-1] == f"program does not come up: it {ending}."
    if "no luck" in last_words:
        assert said[-2].endswith("no luck")
    assert running.process.wait(PATIENCE) == 1


@pytest.mark.parametrize("last_words", ["", "sys.exit()", "sys.exit(0)"])
def test_it_may_end_well(start: Start, tmp_path: Path, last_words: str) -> None:
    start([forked(tmp_path, f"import sys\n{last_words}\n", once=True)]).wait_for("all up")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux lists a process's files")
def test_it_has_none_of_the_supervisors_files_and_signal_handlers(
    start: Start, tmp_path: Path
) -> None:
    code = (
        "import os, signal\n"
        "print(signal.getsignal(signal.SIGTERM) is signal.SIG_DFL)\n"
        "print(len(os.listdir('/proc/self/fd')) - 1)\n"
    )
    sleeper = {**forked(tmp_path, SLEEP), "name": "sleeper"}
    (tmp_path / "program.py").rename(tmp_path / "sleeper.py")
    sleeper["command"] = ["python", "sleeper.py"]
    running = start([sleeper], [forked(tmp_path, code, once=True)])
    running.wait_for("all up")
    assert "program | True" in running.lines
    # Nothing but input, output and errors.
    assert "program | 3" in running.lines


def test_one_that_was_killed_is_started_again(start: Start, tmp_path: Path) -> None:
    running = start([forked(tmp_path, SLEEP)])
    running.wait_for("hello")
    process_of(running).kill()
    running.wait_for("program was killed by SIGKILL; it is started again now.")
    running.wait_for("hello")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux ties processes together")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_it_ends_with_its_supervisor(start: Start, tmp_path: Path, number: signal.Signals) -> None:
    running = start([forked(tmp_path, SLEEP)])
    running.wait_for("hello")
    before = running.descendants()
    running.process.send_signal(number)
    running.process.wait(PATIENCE)
    assert all_gone(before)
