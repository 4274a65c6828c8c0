"""Having events written that are to come out of something larger, such as an import's changes.

In a thread of its own, so that what is due already does not wait until thousands
of events have been written.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

import sqlalchemy as sa

from app.vital import start_vital_thread

# One bounded piece of work in a transaction of its own; True when it has written something.
Feed = Callable[[sa.Engine], bool]

POLL_SECONDS = 1.0
log = logging.getLogger(__name__)


class Feeder:
    """Asks `feeds` for more whenever it is poked and once a second; then says so by `tell`."""

    def __init__(self, engine: sa.Engine, feeds: Sequence[Feed], tell: Callable[[], None]) -> None:
        self._engine, self._feeds, self._tell = engine, feeds, tell
        self._wanted, self._stopped = threading.Event(), threading.Event()

    def poke(self) -> None:
        """Say that there may be more; from any thread."""
        self._wanted.set()

    def stop(self) -> None:
        """End after the piece at hand; from any thread."""
        self._stopped.set()
        self._wanted.set()

    def start(self) -> None:
        """Work in a thread of its own until stopped, if there is anything to ask."""
        if self._feeds:
            start_vital_thread("feeder", self._run)

    def feed(self) -> bool:
        """A piece from each; True when one of them has written something."""
        return any([self._ask(feed) for feed in self._feeds])  # noqa: C419 - each of them is asked

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
            # It harms nobody else, and is asked again in a second.
            log.exception("webhooks: no events from %r", feed)
        return False
