"""Where requests may go: the guard between webhooks and the network we stand in.

A URL is read by one strict grammar instead of by a library's forgiving one,
since whatever two parsers read differently is a way around the guard. A name is
resolved once, all of its addresses are checked, and the connection is made to
one of those addresses and not to the name, so that a second answer of the DNS
is never asked for. Redirects and proxies do not exist here.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

from app.webhooks.addresses import Address, Network, is_refused
from app.webhooks.errors import UrlRefused

Resolve = Callable[[str, float], Sequence[str]]

MAX_URL = 2000
_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<target>[/?][!-\[\]-~]*)?",
    re.IGNORECASE,
)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.IGNORECASE)
# What inet_aton(3) takes for a number; a name that ends in one is an address in disguise.
_NUMBER = re.compile(r"(?:[0-9]+|0x[0-9a-f]*)", re.IGNORECASE)
GRAMMAR = (
    "Give a URL such as https://example.com/hooks: http or https, no user name, no fragment, and "
    "nothing but ASCII (a host's international name begins with xn--)."
)
INSIDE = (
    "This host is, or resolves to, an address inside a private or reserved network, and nothing "
    "is sent there. WEBHOOK_ALLOW_CIDRS opens a network that is meant."
)


@dataclass(frozen=True)
class Target:
    """Where a URL points. `host` is a name or an address without brackets, in lower case."""

    scheme: str
    host: str
    port: int
    path: str


def parse_url(url: str) -> Target:
    """Read a webhook's URL; raises UrlRefused.

    Right: `https://example.com/a?b=c`, `http://[2a00::1]:8080`. Wrong: `file:/etc/passwd`,
    `http://user@example.com`, `http://2130706433`, `http://127.1`, `http://exa\u2024mple.com`.
    """
    match = _URL.fullmatch(url) if len(url) <= MAX_URL else None
    if match is None or "#" in url:
        raise UrlRefused(GRAMMAR)
    scheme = match["scheme"].lower()
    port = int(match["port"] or {"http": 80, "https": 443}[scheme])
    if port not in (80, 443) and not 1024 <= port <= 65535:
        raise UrlRefused("Only the ports 80, 443 and 1024 to 65535 are allowed.")
    target = match["target"] or "/"
    path = target if target.startswith("/") else f"/{target}"
    return Target(scheme, _parse_host(match["host"].lower()), port, path)


def _parse_host(host: str) -> str:
    """A canonical address, or a name that nobody takes for an address."""
    if host.startswith("["):
        try:
            return str(ipaddress.IPv6Address(host[1:-1]))
        except ValueError as error:
            raise UrlRefused(GRAMMAR) from error
    labels = host.removesuffix(".").split(".")
    if _NUMBER.fullmatch(labels[-1]):
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError as error:
            raise UrlRefused("Write an IP address as four plain decimal numbers.") from error
    if len(host) > 253 or not all(map(_LABEL.fullmatch, labels)):
        raise UrlRefused(GRAMMAR)
    return host


def resolve_name(host: str, seconds: float) -> list[str]:
    """All addresses of `host`; raises OSError, TimeoutError after `seconds` among them.

    In a thread, because the C library's resolver cannot be interrupted.
    """
    answer: SimpleQueue[list[str] | OSError] = SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
            answer.put([str(entry[4][0]) for entry in found])
        except (OSError, UnicodeError) as error:
            answer.put(error if isinstance(error, OSError) else OSError(str(error)))

    threading.Thread(target=ask, daemon=True, name="resolve").start()
    try:
        outcome = answer.get(timeout=max(seconds, 0))
    except Empty:
        raise TimeoutError(f"{host} could not be resolved in time") from None
    if isinstance(outcome, OSError):
        raise outcome
    return outcome


@dataclass(frozen=True)
class Guard:
    """Decides which addresses requests may go to; `resolve` is the DNS."""

    allowed: Sequence[Network] = ()
    resolve: Resolve = field(default=resolve_name)

    def check_url(self, url: str, seconds: float = 3.0) -> Target:
        """Where `url` points; raises UrlRefused for what may not be asked.

        A name that cannot be resolved at present passes: it is asked for again at every attempt.
        """
        target = parse_url(url)
        with suppress(OSError):
            self.find_addresses(target.host, seconds)
        return target

    def find_addresses(self, host: str, seconds: float) -> list[Address]:
        """The addresses of `host`, every one of them allowed.

        Raises UrlRefused if a single one is not, and OSError if there is none.
        """
        addresses = [parse_address(text) for text in self._texts(host, seconds)]
        if not addresses:
            raise OSError(f"{host} has no address")
        for address in addresses:
            self.check_address(address)
        return list(dict.fromkeys(addresses))

    def check_address(self, address: Address) -> None:
        """Raise UrlRefused unless requests may go to `address`."""
        if is_refused(address, self.allowed):
            raise UrlRefused(INSIDE)

    def _texts(self, host: str, seconds: float) -> Sequence[str]:
        try:
            return [str(ipaddress.ip_address(host))]
        except ValueError:
            return self.resolve(host, seconds)


def parse_address(text: str) -> Address:
    """The address that a resolver or a socket has named; raises UrlRefused if it is none."""
    try:
        return ipaddress.ip_address(text)
    except ValueError as error:
        raise UrlRefused(INSIDE) from error
