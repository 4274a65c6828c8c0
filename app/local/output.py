"""The children's output, line by line, each line with the name of who said it."""

from __future__ import annotations

import json
import os
import selectors
import sys
from collections.abc import Callable
from typing import IO

CHUNK_BYTES = 65_536
LONGEST_LINE = 16_384


def print_line(line: str) -> None:
    """Print at once; a terminal that has gone away is no reason to fall over."""
    try:
        print(line, flush=True)
    except OSError:
        # Python prints what is left in its buffer at the end; let that go nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def sign(name: str, line: str) -> str:
    """The name in front of the line; in a line of JSON as a member, so that it stays JSON."""
    is_json = line.startswith('{"') and line.endswith("}")
    return f'{{"process": {json.dumps(name)}, {line[1:]}' if is_json else f"{name} | {line}"


class Output:
    """Reads any number of pipes without threads: forking is safe in a process that has none."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._selector = selectors.DefaultSelector()
        self._unfinished: dict[int, bytes] = {}

    def attach(self, name: str, pipe: IO[bytes]) -> None:
        """Read `pipe` until its end, then close it."""
        os.set_blocking(pipe.fileno(), False)
        self._unfinished[pipe.fileno()] = b""
        self._selector.register(pipe, selectors.EVENT_READ, (name, pipe))

    def pump(self, seconds: float) -> None:
        """Pass on what has come, waiting for it `seconds` at most."""
        for key, _ in self._selector.select(seconds):
            name, pipe = key.data
            chunk = os.read(key.fd, CHUNK_BYTES)
            *lines, rest = (self._unfinished[key.fd] + chunk).split(b"\n")
            if rest and (not chunk or len(rest) > LONGEST_LINE):
                lines.append(rest)
                rest = b""
            self._unfinished[key.fd] = rest
            for line in lines:
                self._say(sign(name, line.decode(errors="replace").rstrip()))
            if not chunk:
                self._selector.unregister(pipe)
                del self._unfinished[key.fd]
                pipe.close()

    def drain(self) -> None:
        """Pass on what is in the pipes by now."""
        while self._selector.get_map() and self._selector.select(0):
            self.pump(0)

    def close(self) -> None:
        self.drain()
        for key in list(self._selector.get_map().values()):
            key.data[1].close()
        self._selector.close()
