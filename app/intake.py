"""How many bodies may be on their way into one web process at once.

A body that is still to come holds a thread until it is there, and its sender decides how long
that takes. A share of the threads may be held so; beyond it a request is answered 503 before
anything of its body is read, and the other threads answer everybody else.

What is deliberately absent: the least rate at which a body has to come, which is `app/pacing.py`'s.
"""

from __future__ import annotations

import threading
from typing import IO, Any

from flask import Flask, g, request

from app.errors import DomainError
from app.problems import UNAVAILABLE, ProblemType

# Of the 16 threads of a process 8 may be held by event streams (app/imports/event_routes.py).
MOST_BODIES = 6
# What is smaller has arrived before a thread is given to the request (app/pacing.py).
LARGE_BYTES = 16 * 1024
RETRY_SECONDS = 5


class TooManyBodies(DomainError):
    """As many bodies are on their way as may hold a thread each."""

    def __init__(self) -> None:
        super().__init__(
            f"{MOST_BODIES} uploads are on their way to this process, and it takes no more at "
            f"once. Nothing was changed. Send it again in {RETRY_SECONDS} seconds.",
            data={"retry_after": RETRY_SECONDS},
        )


PROBLEM_TYPES: dict[type[DomainError], ProblemType] = {TooManyBodies: UNAVAILABLE}


class Place:
    """A body's place among those on their way, given back once."""

    def __init__(self, places: threading.Semaphore) -> None:
        self._places: threading.Semaphore | None = places

    def give_back(self) -> None:
        """The body is there, or nobody waits for it any more. Safe to repeat."""
        places, self._places = self._places, None
        if places is not None:
            places.release()


class ArrivingBody:
    """`wsgi.input`, which gives its place back when the body is there."""

    def __init__(self, body: IO[bytes], length: int | None, place: Place) -> None:
        self._body, self._left, self._place = body, length, place

    def read(self, size: int = -1) -> bytes:
        """See io.RawIOBase."""
        return self._count(self._body.read(size) if size >= 0 else self._body.read(), size)

    def readline(self, size: int = -1) -> bytes:
        """See io.RawIOBase."""
        return self._count(self._body.readline(size) if size >= 0 else self._body.readline(), size)

    def _count(self, data: bytes, size: int) -> bytes:
        if self._left is not None:
            self._left -= len(data)
        if self._left == 0 or (not data and size):
            self._place.give_back()
        return data


def init_app(app: Flask) -> None:
    """Comes behind the gate: whoever is turned away there needs no place."""
    app.extensions["intake"] = threading.Semaphore(MOST_BODIES)
    app.before_request(lambda: take_place(app.extensions["intake"]))
    app.teardown_request(give_place_back)


def take_place(places: threading.Semaphore) -> None:
    """Take a place for the request's body if it is large. Raises TooManyBodies."""
    length = request.content_length
    is_chunked = "Transfer-Encoding" in request.headers
    if not is_chunked and (length or 0) <= LARGE_BYTES:
        return
    if not places.acquire(blocking=False):
        raise TooManyBodies
    g.intake_place = place = Place(places)
    body = request.environ["wsgi.input"]
    request.environ["wsgi.input"] = ArrivingBody(body, None if is_chunked else length, place)


def give_place_back(_error: BaseException | None) -> None:
    """Give back the place of a body that was not read to its end."""
    place: Any = g.get("intake_place")
    if place is not None:
        place.give_back()
