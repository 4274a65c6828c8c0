"""Where a request came from when others have passed it on.

Of what proxies say in headers as much is believed as there are proxies in front (PROXY_HOPS): what
stands further to the left has been sent by the client, and may be made up. `Host` is taken as it
comes, so that the proxy has to pass it on.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, request
from werkzeug.middleware.proxy_fix import ProxyFix

from app.config import Config
from app.errors import DomainError
from app.problems import ProblemType

# What proxies and tunnels add, each a few of these.
MARKS = (
    "Forwarded",
    "X-Forwarded",
    "X-Forwarded-By",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Port",
    "X-Forwarded-Proto",
    "X-Forwarded-Scheme",
    "X-Forwarded-Server",
    "X-Forwarded-Ssl",
    "Front-End-Https",
    "X-Client-Ip",
    "X-Cluster-Client-Ip",
    "X-Original-Forwarded-For",
    "X-Original-Host",
    "X-Originating-Ip",
    "X-Proxyuser-Ip",
    "X-Real-Ip",
    "X-Remote-Addr",
    "X-Remote-Ip",
    "X-Amzn-Trace-Id",
    "X-Envoy-External-Address",
    "Cdn-Loop",
    "Cf-Connecting-Ip",
    "Cf-Ray",
    "Fastly-Client-Ip",
    "Fly-Client-Ip",
    "Ngrok-Trace-Id",
    "True-Client-Ip",
    "Via",
)
# nginx speaks it to what stands behind, and adds no header by itself. Of our own clients, curl and
# the browsers none does. How the process fares is asked by simple programs that may.
OLD_PROTOCOLS = frozenset({"HTTP/0.9", "HTTP/1.0"})
FOR_ANYBODY = frozenset({"healthz", "readyz"})


class RequestForwarded(DomainError):
    """Somebody who is not on this machine asks a server that is open to this machine alone."""

    def __init__(self) -> None:
        super().__init__(
            "This request came through a proxy or a tunnel, or in HTTP/1.0, as proxies speak it, "
            "and nobody is asked for a password here: everybody at its other end could change the "
            "catalog. Set ADMIN_PASSWORD, and PROXY_HOPS to the number of proxies; a program on "
            "this machine has to speak HTTP/1.1."
        )


PROBLEM_TYPES: dict[type[DomainError], ProblemType] = {
    RequestForwarded: ProblemType("forwarded-request", 403, "Not through a proxy without a login"),
}


def init_app(app: Flask, config: Config) -> None:
    """Believe as many proxies as there are; without a login, refuse whatever came through one."""
    if config.proxy_hops:
        # Each proxy adds an address to the list; the scheme is said by the last one alone.
        fixed = ProxyFix(app.wsgi_app, x_for=config.proxy_hops, x_proto=1, x_host=0)
        app.wsgi_app = fixed  # type: ignore[method-assign]
    if config.admin_password is None:
        app.before_request(refuse_forwarded)


def refuse_forwarded() -> None:
    """Raise RequestForwarded for a request that carries the marks of a proxy."""
    if request.endpoint in FOR_ANYBODY:
        return
    is_old = request.environ.get("SERVER_PROTOCOL") in OLD_PROTOCOLS
    if is_old or any(name in request.headers for name in MARKS) or is_renamed():
        raise RequestForwarded


def is_renamed() -> bool:
    """Whether the browser that sent this has opened the page under another name than `Host`.

    It says `same-origin` of a page that it has from where it sends the request; then the page's
    name in `Origin` and `Referer` is the one it has asked for, and `Host` was changed on the way.
    """
    if request.headers.get("Sec-Fetch-Site") != "same-origin":
        return False
    named = (request.headers.get("Origin"), request.headers.get("Referer"))
    hosts = {urlsplit(address).netloc for address in named if address and "://" in address}
    return bool(hosts - {request.host})
