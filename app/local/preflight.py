"""What is checked before anything starts: nobody else has the folder or the port."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.local.errors import RefusedError

# Servers whose supervisor was killed need a moment to shut down.
LOCK_SECONDS = 5.0


@contextmanager
def locked_folder(folder: Path) -> Iterator[int]:
    """Hold `folder`, made if missing, against a second start; gives the lock's descriptor.

    The lock lasts until every process that has the descriptor is gone, so a
    crash leaves none behind. Raises RefusedError.
    """
    try:
        # Under root the servers run as another user, who has to pass through.
        folder.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise RefusedError(
            f"DATA_DIR={folder} cannot be written to ({error.strerror}). Choose another folder."
        ) from error
    try:
        if not _lock(descriptor):
            starter = os.pread(descriptor, 20, 0).decode().strip()
            raise RefusedError(_describe_holders(folder, starter, find_holders(folder / "lock")))
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield descriptor
    finally:
        os.close(descriptor)


def find_holders(file: Path) -> dict[int, str]:
    """The other processes that have `file` open, by number, with their names (Linux only).

    Of a server and its children only the server is listed. What we may not look into is not.
    """
    found: dict[int, str] = {}
    for process in Path("/proc").glob("[0-9]*"):
        # It may end while it is looked at, or be another user's.
        with suppress(OSError):
            opened = [link for link in (process / "fd").iterdir() if _leads_to(link, file)]
            if opened and int(process.name) != os.getpid():
                found[int(process.name)] = (process / "comm").read_text().strip()
    return {pid: name for pid, name in found.items() if _parent_of(pid) not in found}


def _leads_to(link: Path, file: Path) -> bool:
    with suppress(OSError):
        return link.readlink() == file
    return False


def _parent_of(pid: int) -> int:
    """Field 4 of /proc/PID/stat (proc(5)); the name before it may hold anything. 0 if it ended."""
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return 0


def _describe_holders(folder: Path, starter: str, holders: dict[int, str]) -> str:
    """Who has the folder and how to end it, or whom its lock file names where nobody can tell."""
    another = "or choose another folder: make run DATA_DIR=…"
    if not holders or (starter.isdigit() and int(starter) in holders):
        return (
            f"{folder} is in use by another `make run` (process {starter}). "
            f"Stop that one first, {another}"
        )
    listed = " and ".join(f"{name} (process {pid})" for pid, name in sorted(holders.items()))
    numbers = " ".join(str(pid) for pid in sorted(holders))
    return (
        f"{folder} is in use by {listed}, which a `make run` that was killed has left. "
        f"Stop it first: kill -QUIT {numbers}, {another}"
    )


def _lock(descriptor: int) -> bool:
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.1)


def chosen_port(host: str, port: int) -> int:
    """`port`, or a free one for 0. Raises RefusedError if the address cannot be bound."""
    try:
        # As the web server will: a name means IPv4, and a port whose connections
        # are merely fading is free.
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            free: int = probe.getsockname()[1]
            return free
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise RefusedError(
                f"Port {port} on {host} is taken by another program. "
                f"Choose another: make run PORT={port + 1 if port < 65535 else 8000}"
            ) from error
        raise RefusedError(f"HOST={host} PORT={port} cannot be used: {error.strerror}.") from error
