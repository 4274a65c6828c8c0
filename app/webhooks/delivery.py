"""One attempt: the request as it is sent, and what came of it. No database, no retry.

Redirects are not followed, proxies are not asked, answers are not unpacked,
and every attempt makes a connection of its own through the guard.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, ReadTimeoutError
from urllib3.response import BaseHTTPResponse

from app.webhooks.channels import Timed, TimedSocket, open_channel, tls_context
from app.webhooks.egress import Guard, parse_url
from app.webhooks.errors import UrlRefused
from app.webhooks.responses import FinalResponse, explain_redirect
from app.webhooks.signing import sign

SECONDS = 15.0
EXCERPT_BYTES = 20_000
USER_AGENT = "Product-Importer-Webhooks/1"


@dataclass(frozen=True)
class Request:
    """What is sent where."""

    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Message:
    """An event on its way to one webhook; `keys` are the secrets that sign it, newest first."""

    url: str
    event_id: str
    event_type: str
    body: str
    keys: tuple[str, ...] = field(default=(), repr=False)

    def make_request(self, timestamp: int) -> Request:
        """The request of an attempt at `timestamp`, in whole seconds since 1970."""
        body = self.body.encode()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": USER_AGENT,
            "X-Webhook-Event": self.event_type,
            "webhook-id": self.event_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": sign(self.keys, self.event_id, timestamp, body),
        }
        return Request(self.url, headers, body)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came of an attempt; `error` says why there is no answer, or what is wrong with it.

    `is_locked`: nothing was sent, since no key opens the secret that has to sign it.
    """

    latency_ms: int
    status_code: int | None = None
    error: str | None = None
    excerpt: str = ""
    retry_after: str | None = None
    is_locked: bool = False

    @property
    def is_success(self) -> bool:
        """2xx and nothing else, and all of it within the time."""
        return self.error is None and self.status_code is not None and self.status_code // 100 == 2


def send(guard: Guard, request: Request, seconds: float = SECONDS) -> Answer:
    """POST once; `seconds` are for all of it. What goes wrong is an Answer, too."""
    began = time.monotonic()
    seen = _Seen()
    error: str | None = None
    try:
        _exchange(guard, request, began + seconds, seen)
    except (OSError, HTTPException, HTTPError, UrlRefused) as failure:
        error = describe_failure(failure, seconds)
    if error is None and seen.status_code is not None:
        error = explain_redirect(seen.status_code, seen.location)
    return Answer(
        latency_ms=round((time.monotonic() - began) * 1000),
        status_code=seen.status_code,
        error=error,
        excerpt=bytes(seen.content).decode("utf-8", "replace").replace("\x00", "\ufffd"),
        retry_after=seen.retry_after,
    )


class _Seen:
    """What has arrived of an answer, however it ends."""

    def __init__(self) -> None:
        self.status_code: int | None = None
        self.retry_after: str | None = None
        self.location: str | None = None
        self.content = bytearray()


def _exchange(guard: Guard, request: Request, deadline: float, seen: _Seen) -> None:
    target = parse_url(request.url)
    kind = _GuardedHttps if target.scheme == "https" else _GuardedHttp
    connection = kind(target.host, target.port)
    connection.guard, connection.deadline = guard, deadline
    try:
        connection.request(
            "POST",
            target.path,
            request.body,
            request.headers,
            preload_content=False,
            decode_content=False,
        )
        response = connection.getresponse()
        seen.status_code = response.status
        seen.retry_after = response.headers.get("Retry-After")
        seen.location = response.headers.get("Location")
        _read(response, seen.content)
    finally:
        connection.close()


def _read(response: BaseHTTPResponse, content: bytearray) -> None:
    """Read until the end, or until there is enough to show."""
    while len(content) < EXCERPT_BYTES:
        block = response.read1(EXCERPT_BYTES - len(content), decode_content=False)
        if not block:
            return
        content += block


class _GuardedHttp(HTTPConnection):
    response_class = FinalResponse
    guard: Guard
    deadline: float

    def _new_conn(self) -> TimedSocket:
        return open_channel(self.guard, self._dns_host, self.port, self.deadline)


class _GuardedHttps(HTTPSConnection):
    response_class = FinalResponse
    guard: Guard
    deadline: float

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port, ssl_context=tls_context())

    def _new_conn(self) -> TimedSocket:
        return open_channel(self.guard, self._dns_host, self.port, self.deadline)

    def connect(self) -> None:
        super().connect()
        channel: Any = self.sock
        if isinstance(channel, Timed):
            channel.deadline = self.deadline


# The first kind that fits says it.
_FAILURES: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
    ((TimeoutError, ReadTimeoutError), "There was no complete answer within {seconds:g} seconds."),
    (socket.gaierror, "The host's name could not be resolved."),
    (ssl.SSLCertVerificationError, "The certificate was not accepted."),
    (ssl.SSLError, "No encrypted connection could be made."),
    (ConnectionRefusedError, "The connection was refused."),
    (ConnectionError, "The connection was closed before there was an answer."),
    (OSError, "The host could not be reached."),
    (Exception, "What came back is not a complete answer in HTTP."),
)


def describe_failure(failure: Exception, seconds: float) -> str:
    """Why there is no answer, for the webhook's owner."""
    if isinstance(failure, UrlRefused):
        return failure.detail
    text = next(text for kinds, text in _FAILURES if isinstance(failure, kinds))
    return text.format(seconds=seconds)
