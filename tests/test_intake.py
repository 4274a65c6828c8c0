"""Bodies on their way hold a share of the threads, and give it back."""

from __future__ import annotations

import io
import threading

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.imports import events
from app.intake import LARGE_BYTES, MOST_BODIES, ArrivingBody, Place
from tests.conftest import PROJECT

FILE = b"sku,name\n" + b"A,Chair\n" * LARGE_BYTES


@pytest.fixture
def places(app: Flask) -> threading.Semaphore:
    found: threading.Semaphore = app.extensions["intake"]
    return found


def left(places: threading.Semaphore) -> int:
    """How many bodies more may be on their way."""
    free = 0
    while places.acquire(blocking=False):
        free += 1
    for _ in range(free):
        places.release()
    return free


def test_event_streams_and_bodies_together_leave_threads_for_everybody_else() -> None:
    settings = (PROJECT / "gunicorn.conf.py").read_text()
    assert "threads = 16\n" in settings
    assert MOST_BODIES + events.MOST_STREAMS < 16


def test_an_upload_beyond_the_share_is_told_to_come_again(
    client: FlaskClient, places: threading.Semaphore
) -> None:
    for _ in range(MOST_BODIES):
        places.acquire()
    answer = client.post("/api/imports", data=FILE, content_type="text/csv")
    small = client.post("/api/products", json={"sku": "A", "name": "Chair"})
    places.release(MOST_BODIES)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "6 uploads are on their way" in answer.get_json()["detail"]
    assert small.status_code == 201


@pytest.mark.parametrize("kind", ["text/csv", "image/png"])
def test_an_answered_request_has_given_its_place_back(
    client: FlaskClient, places: threading.Semaphore, kind: str
) -> None:
    client.post("/api/imports", data=FILE, content_type=kind)
    assert left(places) == MOST_BODIES


@pytest.mark.parametrize("length", [10, None])
def test_a_body_that_is_there_has_given_its_place_back(length: int | None) -> None:
    places = threading.Semaphore(0)
    body = ArrivingBody(io.BytesIO(b"0123\n56789"), length, Place(places))
    assert (body.readline(), body.read(4)) == (b"0123\n", b"5678")
    assert left(places) == 0
    assert body.read() + body.read() == b"9"
    assert left(places) == 1
