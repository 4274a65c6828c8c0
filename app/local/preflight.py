"""What is checked before anything starts: nobody else has the folder or the port."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
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
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise RefusedError(
            f"DATA_DIR={folder} cannot be written to ({error.strerror}). Choose another folder."
        ) from error
    try:
        if not _lock(descriptor):
            holder = os.pread(descriptor, 20, 0).decode().strip()
            raise RefusedError(
                f"{folder} is in use by another `make run` (process {holder}) or the servers it "
                "left. Stop that one first, or choose another folder: make run DATA_DIR=…"
            )
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield descriptor
    finally:
        os.close(descriptor)


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
