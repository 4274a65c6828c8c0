"""Where a request came from when others have passed it on.

Of what proxies say in headers as much is believed as there are proxies in front (PROXY_HOPS): what
stands further to the left has been sent by the client, and may be made up. `Host` is taken as it
comes, so that the proxy has to pass it on.
"""

from __future__ import annotations

from flask import Flask, request
from werkzeug.middleware.proxy_fix import ProxyFix

from app.config import Config
from app.errors import DomainError
from app.problems import ProblemType

# What proxies and tunnels add, each a few of these.
MARKS = (
    "Forwarded",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Forwarded-Server",
    "X-Original-Host",
    "X-Real-Ip",
    "Cf-Connecting-Ip",
    "Via",
)


class RequestForwarded(DomainError):
    """Somebody who is not on this machine asks a server that is open to this machine alone."""

    def __init__(self) -> None:
        super().__init__(
            "This request came through a proxy or a tunnel, and nobody is asked for a password "
            "here: everybody at its other end could change the catalog. Set ADMIN_PASSWORD, and "
            "PROXY_HOPS to the number of proxies."
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
    if any(name in request.headers for name in MARKS):
        raise RequestForwarded
