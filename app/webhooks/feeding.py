"""A thread that has events recorded which come from something larger, such as an import.

It is a thread of its own, so that deliveries which are due do not wait until thousands of events
are recorded.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

import sqlalchemy as sa

from app.vital import start_vital_thread

# Does one bounded piece of work in transactions of its own; True where more may be left.
Feed = Callable[[sa.Engine], bool]

POLL_SECONDS = 1.0
log = logging.getLogger(__name__)


class Feeder:
    """Calls each of `feeds` when it is poked and once a second, and `tell` after each piece."""

    def __init__(self, engine: sa.Engine, feeds: Sequence[Feed], tell: Callable[[], None]) -> None:
        self._engine, self._feeds, self._tell = engine, feeds, tell
        self._wanted, self._stopped = threading.Event(), threading.Event()

    def poke(self) -> None:
        """Have the feeds called now; safe from any thread."""
        self._wanted.set()

    def stop(self) -> None:
        """End after the current piece; safe from any thread."""
        self._stopped.set()
        self._wanted.set()

    def start(self) -> None:
        """Start the thread, unless there are no feeds."""
        if self._feeds:
            start_vital_thread("feeder", self._run)

    def feed(self) -> bool:
        """Do one piece of each feed; whether one of them may have more."""
        return any([self._ask(feed) for feed in self._feeds])  # noqa: C419 - each of them is called

    def _run(self) -> None:
        while not self._stopped.is_set():
            while not self._stopped.is_set() and self.feed():
                self._tell()
            self._wanted.wait(POLL_SECONDS)
            self._wanted.clear()

    def _ask(self, feed: Feed) -> bool:
        try:
            return feed(self._engine)
        except sa.exc.OperationalError as error:
            log.warning("no events while the database is away", exc_info=error)
        except Exception:
            # The other feeds go on, and this one is called again in a second.
            log.exception("webhooks: no events from %r", feed)
        return False
