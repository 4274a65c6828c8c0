"""Threads that a process must not outlive.

A thread that dies by an exception takes nothing with it: the process goes on, gives signs of
life, and does not do its work. So such a process ends, and whoever supervises it starts it again.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable

# Seconds that the process has to end in good order, before it is cut off.
GRACE_SECONDS = 30.0
FAILED = 1
_has_died = threading.Event()
log = logging.getLogger(__name__)


def start_vital_thread(name: str, work: Callable[[], None]) -> threading.Thread:
    """Run `work` in a thread; the process ends if that raises anything."""

    def run() -> None:
        try:
            work()
        except BaseException:
            log.critical("the thread %s has died, and this process ends", name, exc_info=True)
            _end_process()

    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    return thread


def exit_code() -> int:
    """What the process has to exit with: FAILED where one of its threads has died."""
    return FAILED if _has_died.is_set() else 0


def _end_process() -> None:
    """As when its supervisor stops it."""
    _has_died.set()
    cut_off = threading.Timer(GRACE_SECONDS, os._exit, [FAILED])
    cut_off.daemon = True
    cut_off.start()
    os.kill(os.getpid(), signal.SIGTERM)
