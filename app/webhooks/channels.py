"""Sockets to checked addresses that keep one deadline for everything they do.

A time-out of a socket is one for each read, so that a server which sends a byte
now and then is waited for without end. These set it anew before every read and
write, to what is left. The name lookup and the handshake count as well.
"""

from __future__ import annotations

import functools
import socket
import ssl
import time
from typing import Any

import certifi

from app.webhooks.egress import Guard, parse_address
from app.webhooks.errors import UrlRefused

CONNECT_SECONDS = 5.0


class Timed:
    """A moment of `time.monotonic()` by which all has to be over."""

    deadline = float("inf")

    def seconds_left(self) -> float:
        """Raises TimeoutError when there are none."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class TimedSocket(Timed, socket.socket):
    """A plain socket."""

    def recv_into(self, *arguments: Any) -> int:
        self.settimeout(self.seconds_left())
        return super().recv_into(*arguments)

    def sendall(self, *arguments: Any) -> None:
        self.settimeout(self.seconds_left())
        super().sendall(*arguments)


class TimedTlsSocket(Timed, ssl.SSLSocket):
    """An encrypted one; its `sendall` sends piece by piece."""

    def recv_into(self, *arguments: Any) -> int:
        self.settimeout(self.seconds_left())
        return super().recv_into(*arguments)

    def send(self, *arguments: Any) -> int:
        self.settimeout(self.seconds_left())
        return super().send(*arguments)


@functools.cache
def tls_context() -> ssl.SSLContext:
    """Certificates are checked against the system's authorities and certifi's; made once."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    context.sslsocket_class = TimedTlsSocket
    return context


def open_channel(guard: Guard, host: str, port: int, deadline: float) -> TimedSocket:
    """Connect to one of `host`'s addresses; raises UrlRefused, OSError.

    What has been reached is checked once more, whatever the way there was.
    """
    problem = OSError(f"{host} has no address")
    for address in guard.find_addresses(host, deadline - time.monotonic()):
        family = socket.AF_INET if address.version == 4 else socket.AF_INET6
        channel = TimedSocket(family, socket.SOCK_STREAM)
        channel.deadline = deadline
        try:
            _connect(channel, (str(address), port))
            guard.check_address(parse_address(str(channel.getpeername()[0])))
        except OSError as error:
            channel.close()
            problem = error
        except UrlRefused:
            channel.close()
            raise
        else:
            return channel
    raise problem


def _connect(channel: TimedSocket, destination: tuple[str, int]) -> None:
    """Leaves the socket with what is left of its time, for a handshake that may follow."""
    channel.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    # An address that swallows everything must not use up the time of the next one.
    channel.settimeout(min(CONNECT_SECONDS, channel.seconds_left()))
    channel.connect(destination)
    channel.settimeout(channel.seconds_left())
