"""Slow clients keep nobody out: of the real server, and what each of them is granted."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
import requests

from app import pacing
from app.pacing import PacedSocket
from tests.conftest import LiveApp
from tests.waiting import PATIENCE

# Seconds. Before the server cuts off the slow clients, which would help without its pacing.
SOONER = pacing.HEADER_SECONDS - 1
# More than the server has threads.
CLIENTS = 40
HEAD = b"Host: 127.0.0.1\r\nContent-Type: application/json\r\n"
SLOW = {
    "sends nothing": b"",
    "sends half a header": b"GET /healthz HTTP/1.1\r\nHost: 127",
    "sends half a small body": b"POST /api/session HTTP/1.1\r\n"
    + HEAD
    + b"Content-Length: 1000\r\n\r\n{",
    "sends half a body nobody waits for": b"POST /none HTTP/1.1\r\n"
    + HEAD
    + b"Content-Length: 1000000\r\n\r\n{",
    "sends a body in chunks before it is known": b"POST /api/session HTTP/1.1\r\n"
    + HEAD
    + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
    "sends half an upload": b"POST /api/imports HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    + b"Content-Type: text/csv\r\nContent-Length: 1000000\r\n\r\nsku,name\n",
    "does not close": b"GET /healthz HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n",
}


@pytest.mark.parametrize("what", SLOW)
def test_while_forty_clients_are_slow_others_are_answered(live_app: LiveApp, what: str) -> None:
    """One that a client refuses to read or to close for costs a thread half a second at most."""
    where = urlsplit(live_app.url)
    assert where.hostname is not None
    with ExitStack() as stack:
        for _ in range(CLIENTS):
            slow = stack.enter_context(socket.create_connection((where.hostname, where.port or 0)))
            slow.sendall(SLOW[what])
        for _ in range(5):
            assert requests.get(f"{live_app.url}/healthz", timeout=SOONER).status_code == 200


def test_a_request_that_comes_bit_by_bit_is_answered(live_app: LiveApp) -> None:
    where = urlsplit(live_app.url)
    request = b"POST /api/products HTTP/1.1\r\nConnection: close\r\nContent-Length: 2\r\n" + HEAD
    with socket.create_connection(
        (where.hostname or "", where.port or 0), timeout=PATIENCE
    ) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in request + b"\r\n{}":
            client.sendall(bytes([byte]))
        assert client.recv(65536).startswith(b"HTTP/1.1 422 ")


def test_an_answer_before_the_end_of_a_large_body_says_that_it_is_the_last(
    live_app: LiveApp,
) -> None:
    where = urlsplit(live_app.url)
    request = b"POST /api/products HTTP/1.1\r\nContent-Length: 99999999\r\n" + HEAD
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=60) as client:
        client.sendall(request + b"\r\n{")
        answer = b""
        while block := client.recv(65536):
            answer += block
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"\r\nConnection: close\r\n" in answer


@pytest.fixture
def ends() -> Iterator[tuple[PacedSocket, socket.socket]]:
    """The server's end of a connection, and the client's."""
    served, client = socket.socketpair()
    with served, client:
        yield PacedSocket(served), client


def test_a_request_is_collected_without_waiting(
    ends: tuple[PacedSocket, socket.socket],
) -> None:
    served, client = ends
    for part in (b"POST / HTTP/1.1\r\n", b"Content-Length: 3\r\n\r\n", b"ab"):
        assert not served.collect(b"")
        client.sendall(part)
    assert not served.collect(b"")
    client.sendall(b"cGET ")
    assert served.collect(b"")
    served.begin()
    assert served.recv(1024) == b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcGET "


def test_a_request_of_which_something_was_read_before_is_collected_behind_it(
    ends: tuple[PacedSocket, socket.socket],
) -> None:
    served, client = ends
    client.sendall(b"/ HTTP/1.1\r\n\r\n")
    assert served.collect(b"GET ")
    assert served.take_rest() == b"GET / HTTP/1.1\r\n\r\n"


def test_a_large_body_is_not_collected(ends: tuple[PacedSocket, socket.socket]) -> None:
    served, client = ends
    client.sendall(b"POST / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n")
    assert served.collect(b"")


def test_a_client_that_is_gone_is_nothing_to_wait_for(
    ends: tuple[PacedSocket, socket.socket],
) -> None:
    served, client = ends
    client.sendall(b"GET ")
    client.close()
    assert served.collect(b"")


def test_a_header_that_takes_too_long_is_late(
    ends: tuple[PacedSocket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    served, client = ends
    assert not served.is_late()
    client.sendall(b"GET ")
    served.collect(b"")
    assert not served.is_late()
    monkeypatch.setattr(pacing, "HEADER_SECONDS", -1)
    assert served.is_late()


def test_a_body_that_stalls_is_cut_off_and_one_that_keeps_coming_is_not(
    ends: tuple[PacedSocket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    served, client = ends
    monkeypatch.setattr(pacing, "PATIENCE_SECONDS", 0.05)
    served.begin()
    for _ in range(50):
        client.sendall(b"x" * pacing.BYTES_PER_SECOND)
        assert served.recv(pacing.BYTES_PER_SECOND)
    monkeypatch.setattr(pacing, "BYTES_PER_SECOND", 10**9)
    served.begin()
    with pytest.raises(ConnectionResetError):
        served.recv(1)


def test_a_client_that_does_not_read_is_cut_off(
    ends: tuple[PacedSocket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    served, _ = ends
    monkeypatch.setattr(pacing, "PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr(pacing, "BYTES_PER_SECOND", 10**9)
    served.begin()
    with pytest.raises(ConnectionResetError):
        served.sendall(b"x" * 10_000_000)
