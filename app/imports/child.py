"""An iterator run in a forked process, while the caller works with what it has yielded.

A thread would not do: it shares the interpreter's lock with the caller, who
is busy copying. The child dies with its parent, and is killed when the caller
stops early. What it raises is told by its text, in a `ChildFailed`.
"""

from __future__ import annotations

import gc
import logging
import os
import pickle
import queue
import signal
import threading
from collections.abc import Callable, Generator, Iterator
from typing import Any, TypeVar

from app.workers import die_with_parent

Item = TypeVar("Item")
log = logging.getLogger(__name__)
ITEM, DONE, FAILED = range(3)
AHEAD = 24
WAIT_SECONDS = 5.0
# A child that gives nothing for so long is taken to stand still.
PATIENCE_SECONDS = 600.0


class ChildFailed(RuntimeError):
    """The child raised, or was killed; the message tells which and why."""


def iterate_in_child(
    make: Callable[[], Iterator[Item]], on_wait: Callable[[], object] = lambda: None
) -> Generator[Item, None, None]:
    """The items of `make()`, made in a child process; each has to be picklable.

    `on_wait` is called every WAIT_SECONDS while one is waited for, PATIENCE_SECONDS long at most.

    A thread takes them off the pipe, so that the child goes on while the
    caller waits for something else; it is never more than AHEAD items ahead.
    Raises ChildFailed.
    """
    reading, writing = os.pipe()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _run_child(make, writing, parent)
    os.close(writing)
    arrived: queue.Queue[tuple[int, Any]] = queue.Queue(AHEAD)
    stopped = threading.Event()
    thread = threading.Thread(target=_receive, args=(reading, arrived, stopped), daemon=True)
    thread.start()
    try:
        yield from _take(arrived, on_wait)
    finally:
        os.kill(child, signal.SIGKILL)  # it has ended already, or nobody listens to it any more
        os.waitpid(child, 0)
        stopped.set()
        thread.join()


def _take(arrived: queue.Queue[tuple[int, Any]], on_wait: Callable[[], object]) -> Iterator[Any]:
    while True:
        kind, content = _await(arrived, on_wait)
        if kind == DONE:
            return
        if kind == FAILED:
            raise ChildFailed(content)
        yield content


def _await(arrived: queue.Queue[tuple[int, Any]], on_wait: Callable[[], object]) -> tuple[int, Any]:
    for _ in range(round(PATIENCE_SECONDS / WAIT_SECONDS)):
        try:
            return arrived.get(timeout=WAIT_SECONDS)
        except queue.Empty:
            on_wait()
    return arrived.get()


def _receive(reading: int, arrived: queue.Queue[tuple[int, Any]], stopped: threading.Event) -> None:
    """Put everything that comes over the pipe into the queue, until its end or until stopped."""
    kind = ITEM
    with os.fdopen(reading, "rb") as pipe:
        while kind == ITEM:
            try:
                message = pickle.load(pipe)  # noqa: S301 - our own child at the other end
            except (EOFError, pickle.UnpicklingError):
                message = (FAILED, "the reading process was killed")
            except Exception as error:  # whatever it is, nobody must wait for ever
                message = (FAILED, f"{type(error).__name__}: {error}")
            kind = message[0]
            while not stopped.is_set():
                try:
                    arrived.put(message, timeout=0.1)
                    break
                except queue.Full:
                    continue


def _run_child(make: Callable[[], Iterator[Item]], writing: int, parent: int) -> None:
    """The child's whole life; never returns, so that nothing of the parent's runs twice."""
    status = 1
    try:
        die_with_parent(parent)
        # Hundreds of thousands of lists and no cycle among them: looking for one at every
        # turn costs a quarter of the reading.
        gc.freeze()
        gc.disable()
        with os.fdopen(writing, "wb") as pipe:
            try:
                for item in make():
                    pickle.dump((ITEM, item), pipe, pickle.HIGHEST_PROTOCOL)
                    pipe.flush()
                pickle.dump((DONE, None), pipe)
            except BrokenPipeError:
                raise
            except Exception as error:
                log.exception("the reading process failed")
                pickle.dump((FAILED, f"{type(error).__name__}: {error}"), pipe)
        status = 0
    finally:
        os._exit(status)
