"""Python programs that run in a fork of the supervisor instead of an interpreter of their own.

What the supervisor has imported is in memory once for all of them, and is read once:
five interpreters would not fit beside an import into half a gigabyte, and on a tenth of a
processor would take minutes to start. Safe because the supervisor has one thread.
"""

from __future__ import annotations

import gc
import os
import runpy
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import IO, NoReturn

PRELOADED = ("gunicorn.app.wsgiapp", "gunicorn.workers.gthread", "flask_migrate", "worker")


class ForkedProcess:
    """As much of `subprocess.Popen` as supervision asks for."""

    def __init__(self, pid: int, stdout: IO[bytes] | None) -> None:
        self.pid = pid
        self.stdout = stdout
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit code, a signal's number negated, or None while it lives."""
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def send_signal(self, number: signal.Signals) -> None:
        """Send the signal, unless the process has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)


def preload() -> None:
    """Import what the programs will. Call it before the first fork."""
    for name in PRELOADED:
        import_module(name)
    # Else the children's garbage collections would touch, and so copy, every page.
    gc.collect()
    gc.freeze()


def fork_program(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    directory: Path,
    prepare: Callable[[], None],
) -> ForkedProcess:
    """Run `command`, which is an interpreter and what it shall run, in a fork of this process.

    The fork has a session of its own, and its output is a pipe. `prepare` is called in it first.
    """
    reading, writing = os.pipe()
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        _run(command, environment, directory, writing, prepare)
    os.close(writing)
    return ForkedProcess(pid, os.fdopen(reading, "rb", buffering=0))


def _run(
    command: Sequence[str],
    environment: Mapping[str, str],
    directory: Path,
    output: int,
    prepare: Callable[[], None],
) -> NoReturn:
    """Become the program; never return, for the supervisor's own frames lie below this one."""
    code = 1
    with suppress(BaseException):
        os.setsid()
        _shed_inheritance(output)
        prepare()
        os.environ.clear()
        os.environ.update(environment)
        os.chdir(directory)
        code = _exit_code(command[1:])
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def _shed_inheritance(output: int) -> None:
    """Let go of the supervisor's signal handlers, files and terminal."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    sys.stdout = open(1, "w", buffering=1, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", buffering=1, encoding="utf-8", closefd=False)  # noqa: SIM115


def _exit_code(arguments: Sequence[str]) -> int:
    """Run `-m module …` or `file …` as the interpreter would; the code it would exit with."""
    is_module = arguments[0] == "-m"
    name, *rest = arguments[1:] if is_module else arguments
    sys.argv = [name, *rest]
    try:
        if is_module:
            runpy.run_module(name, run_name="__main__", alter_sys=True)
        else:
            runpy.run_path(name, run_name="__main__")
    except SystemExit as end:
        if isinstance(end.code, str):
            sys.stderr.write(f"{end.code}\n")
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        return 1
    return 0
