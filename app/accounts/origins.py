"""Where a request comes from and where it thinks it goes to, as the browser tells."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})


def is_cross_site_write() -> bool:
    """Whether a browser says that another site's page makes this request to change something.

    By `Sec-Fetch-Site`, else by `Origin` against `Host`. Programs send neither.
    """
    if request.method in SAFE_METHODS:
        return False
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is not None and origin.partition("://")[2] != request.host


def host_name() -> str:
    """The name the request was made to, without its port."""
    try:
        return urlsplit(f"//{request.host}").hostname or ""
    except ValueError:
        return ""


def asks_for_page() -> bool:
    """Whether it is a person's browser that asks, and not a program.

    Browsers name HTML first; who names nothing, or anything, may be a person too.
    """
    if request.method in SAFE_METHODS and not is_for_programs(request.path):
        return not request.accept_mimetypes or request.accept_mimetypes.quality("text/html") >= 1
    return False


def is_for_programs(path: str) -> bool:
    """Whether nothing at this address is a page, whoever asks."""
    return path.startswith("/api/") or path == "/metrics"
