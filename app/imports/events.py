"""An import as Server-Sent Events (WHATWG HTML, section 9.2): one at each change, until it ends.

A stream holds a thread of its web process. So it ends after a while, the client coming
back by itself, and a process serves only so many at once. Neither Flask nor a database here.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

# Below the minute after which proxies give up on an answer.
STREAM_SECONDS = 55.0
LOOK_SECONDS = 0.2
# A comment as sign of life, by which it is also noticed that nobody listens any more.
HEARTBEAT_SECONDS = 5.0
RETRY_MS = 1000
# Half of a process's threads: pages and programs that ask for something else have the others.
MOST_STREAMS = 8
places = threading.BoundedSemaphore(MOST_STREAMS)


@dataclass(frozen=True)
class Snapshot:
    """An import at one moment: its JSON, and whether nothing will come after it."""

    text: str
    is_final: bool

    @property
    def name(self) -> str:
        """The event's id. A client that comes back says it, and is not told the same again."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]


def write_events(
    look: Callable[[], Snapshot | None],
    *,
    known: str | None = None,
    seconds: float = STREAM_SECONDS,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[str]:
    """The stream's text. `known` is the id of the last event that the client has.

    `look` answers None when it cannot tell just now.
    """
    yield f"retry: {RETRY_MS}\n\n"
    began = told = clock()
    while True:
        found = look()
        now = clock()
        if found is not None and found.name != known:
            known, told = found.name, now
            yield f"id: {found.name}\ndata: {found.text}\n\n"
        if (found is not None and found.is_final) or now - began >= seconds:
            return
        if now - told >= HEARTBEAT_SECONDS:
            told = now
            yield ": still here\n\n"
        sleep(LOOK_SECONDS)
