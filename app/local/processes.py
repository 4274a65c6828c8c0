"""Starting processes that cannot outlive us, and ending them with all their descendants.

Every process gets a session of its own: Ctrl-C in the terminal then reaches the
supervisor alone, and whatever the process forked can be found by its session,
even if it moved to another process group, as RQ's work horses do.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from app.local.privileges import Account

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def start_process(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    directory: Path,
    output: int | IO[bytes],
    death_signal: signal.Signals = signal.SIGKILL,
    account: Account | None = None,
    keep_open: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own, as `account` if one is given.

    On Linux the process gets `death_signal` when we die, however we die. The
    kernel takes the death of the starting *thread* for ours, so call this from
    the main thread only.
    """
    parent = os.getpid()

    def before_exec() -> None:
        if account:
            account.assume()
        # After the change of user, which clears the wish.
        die_with(parent, death_signal)

    return subprocess.Popen(
        command,
        env=environment,
        cwd=directory,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=before_exec,  # noqa: PLW1509 - the supervisor has one thread
        pass_fds=keep_open,
    )


def die_with(parent: int, death_signal: signal.Signals) -> None:
    """Have the kernel send this process `death_signal` when `parent` ends (Linux); else nothing."""
    if not sys.platform.startswith("linux"):
        return
    _libc.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
    if os.getppid() != parent:  # It died before we could ask to be told.
        os.kill(os.getpid(), signal.SIGKILL)


def kill_session(leader: int) -> None:
    """Kill every process of the session `leader` began; nothing happens if none is left."""
    for pid in _process_ids():
        with suppress(OSError):
            if os.getsid(pid) == leader:
                os.kill(pid, signal.SIGKILL)


def _process_ids() -> Iterator[int]:
    proc = Path("/proc")
    if (proc / "self").exists():
        return (int(entry.name) for entry in proc.iterdir() if entry.name.isdigit())
    listing = subprocess.run(["ps", "-A", "-o", "pid="], capture_output=True, text=True, check=True)
    return map(int, listing.stdout.split())


def free_port() -> int:
    """A port of 127.0.0.1 nobody listens on at this moment; somebody may have it the next."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
