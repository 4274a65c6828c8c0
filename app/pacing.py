"""gunicorn's threaded worker, made so that slow clients hold none of its threads for long.

As it comes, the worker gives a thread to a connection with its first byte and waits for the rest
without end; and what a client has still to send after the last answer it awaits in the thread
that accepts connections. Forty slow clients then keep everybody else out. Here

- a request's header, and a small body with it, is collected before a thread is given to it;
- a thread waits for a large body, and for a client to read the answer, at a least rate only;
- the end of a connection is awaited in its thread, and only briefly;
- an answer given before a body was read says that it is the connection's last.

Deliberately absent: limits on the number of connections, which are the reverse proxy's, and on that
of uploads under way, which is `app/intake.py`'s.
"""

from __future__ import annotations

import errno
import math
import re
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from gunicorn import util
from gunicorn.workers import gthread

HEADER_SECONDS = 15
HEADER_BYTES = 64 * 1024
SMALL_BODY_BYTES = 16 * 1024
PATIENCE_SECONDS = 20
BYTES_PER_SECOND = 8 * 1024
LINGER_SECONDS = 0.5
find_length = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,6})[ \t]*\r\n", re.IGNORECASE).search


class PacedSocket:
    """A client's socket on which nothing is awaited without end."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._ahead = b""  # what has been collected and not yet been read
        self._begun: float | None = None
        self._left = 0.0  # seconds that may still be spent waiting
        self._rate = math.inf  # bytes that buy another second

    def __getattr__(self, name: str) -> Any:
        return getattr(self._socket, name)

    def collect(self, buffered: bytes) -> bool:
        """Take what has arrived; whether it is enough to begin, or will never be. Does not wait."""
        self._ahead = buffered + self._ahead
        try:
            self._socket.setblocking(False)
            while not self._is_enough():
                data = self._socket.recv(HEADER_BYTES)
                if not data:
                    return True
                self._begun = self._begun or time.monotonic()
                self._ahead += data
        except BlockingIOError:
            return False
        except OSError:
            return True  # the parser meets the same, and knows what it means
        return True

    def is_late(self) -> bool:
        """Whether the request that is being collected has taken too long."""
        return self._begun is not None and time.monotonic() - self._begun > HEADER_SECONDS

    def begin(self) -> None:
        """A thread begins with what was collected."""
        self._begun, self._left, self._rate = None, PATIENCE_SECONDS, BYTES_PER_SECOND

    def hurry(self) -> None:
        """Nobody wants to know what else is sent; it is read for a moment."""
        self._left, self._rate = LINGER_SECONDS, math.inf

    def take_rest(self) -> bytes:
        """What has been collected beyond the request."""
        rest, self._ahead = self._ahead, b""
        return rest

    def setblocking(self, flag: bool) -> None:
        """See socket.setblocking. The worker does it once more to what is closed already."""
        if self._socket.fileno() >= 0:
            self._socket.setblocking(flag)

    def recv(self, size: int) -> bytes:
        """The next bytes; raises ConnectionResetError where they come too slowly."""
        if self._ahead:
            data, self._ahead = self._ahead[:size], self._ahead[size:]
            return data
        with self._waiting(self._left):
            data = self._socket.recv(size)
        self._left += len(data) / self._rate
        return data

    def sendall(self, data: bytes) -> None:
        """Send it all; raises ConnectionResetError where the client reads it too slowly."""
        self._left += len(data) / self._rate
        with self._waiting(self._left):
            self._socket.sendall(data)

    @contextmanager
    def _waiting(self, seconds: float) -> Iterator[None]:
        """What waits no longer than that, nor than the socket was told to."""
        before = self._socket.gettimeout()
        started = time.monotonic()
        try:
            self._socket.settimeout(max(0.001, min(seconds, before or math.inf)))
            yield
        except TimeoutError as error:
            raise ConnectionResetError(errno.ECONNRESET, "The client is too slow.") from error
        finally:
            self._left -= time.monotonic() - started
            self._socket.settimeout(before)

    def linger(self) -> None:
        """Tell the client that this is the end, and close.

        What it has sent meanwhile is read for a moment: unread, it would cost it the answer.
        """
        util.close_graceful(self._socket, timeout=LINGER_SECONDS)

    def _is_enough(self) -> bool:
        end = self._ahead.find(b"\r\n\r\n")
        if end < 0:
            return len(self._ahead) >= HEADER_BYTES
        length = find_length(self._ahead, 0, end + 2)
        size = int(length[1]) if length else 0
        return size > SMALL_BODY_BYTES or len(self._ahead) >= end + 4 + size


class PacedWorker(gthread.ThreadWorker):  # type: ignore[misc]
    """gunicorn's `gthread`, for connections without TLS: that is the reverse proxy's."""

    def load_wsgi(self) -> None:
        """Load the application, which then says `close` where its connection will be closed."""
        super().load_wsgi()
        self.wsgi = say_close(self.wsgi)  # type: ignore[has-type]

    def handle(self, conn: Any) -> Any:
        """Answer a request if it has arrived, else let the poller wait for the rest of it."""
        if not isinstance(conn.sock, PacedSocket):
            conn.sock = PacedSocket(conn.sock)
        client: PacedSocket = conn.sock
        if not client.collect(conn.parser.unreader.take_buffered() if conn.parser else b""):
            if self.alive and not client.is_late():
                return gthread._DEFER  # the poller's word for: not yet
            client.close()
            return False
        client.begin()
        conn.data_ready = True
        answer = super().handle(conn)
        if not answer:
            client.linger()
        elif rest := client.take_rest():
            # The poller asks the parser whether another request has been read already.
            conn.parser.unreader.unread(conn.parser.unreader.take_buffered() + rest)
        return answer

    def _keepalive_after(self, conn: Any, keepalive: bool) -> bool:
        """Whether the connection can be used again: not if much of a body is unread."""
        conn.sock.hurry()
        return bool(super()._keepalive_after(conn, keepalive))


def say_close(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """`application`, whose answer ends the connection if much of the request's body is unread.

    gunicorn would announce keep-alive, try to read the rest, and close.
    """

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        body = environ["wsgi.input"]

        def start(status: str, *arguments: Any) -> Any:
            if leaves_much(body, status):
                start_response.__self__.force_close()
            return start_response(status, *arguments)

        return application(environ, start)

    return answer


def leaves_much(body: Any, status: str) -> bool:
    """Whether more of a body may be unread than the connection's end is worth waiting for.

    Of one in chunks nobody knows; an answer other than an error has read it.
    """
    left = getattr(body.reader, "length", None)
    return status >= "4" if left is None else left > SMALL_BODY_BYTES
