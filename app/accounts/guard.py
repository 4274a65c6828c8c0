"""The gate before every request, and the session that opens it.

With ADMIN_PASSWORD set, whoever has not logged in gets no further than the
login page. Without it the server listens on loopback alone, and everybody on
this machine may do everything; a request that names another host is refused
then, for it comes from a page that has its own name resolved to this machine
(DNS rebinding).
"""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import quote, urlsplit

from flask import Flask, current_app, g, redirect, request, session
from werkzeug.exceptions import Forbidden, Unauthorized
from werkzeug.wrappers import Response

from app.config import Config

OPEN_PATHS = frozenset({"/healthz", "/readyz", "/login.html", "/api/session"})
OPEN_FOLDERS = ("/css/", "/js/", "/img/")
LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
LOGGED_IN = "administrator"


def init_app(app: Flask, config: Config) -> None:
    """Put the gate before every request of `app`."""
    app.secret_key = config.secret_key
    app.config.update(
        SESSION_COOKIE_NAME="product_importer",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    app.before_request(refuse_strangers)


def refuse_strangers() -> Response | None:
    """Let the request pass, refuse it, or send a page's reader to the login."""
    config: Config = current_app.config["PRODUCT_IMPORTER"]
    if request.method not in SAFE_METHODS and is_cross_site():
        raise Forbidden
    if config.admin_password is None:
        if host_name() not in LOOPBACK_NAMES | {config.host}:
            raise Forbidden
        g.actor = "local"
        return None
    if is_logged_in(config):
        g.actor = "admin"
        return None
    if is_open(request.path):
        return None
    if request.path.startswith("/api/") or request.method not in SAFE_METHODS:
        raise Unauthorized
    return redirect(f"/login.html?next={quote(request.full_path.rstrip('?'))}")


def is_open(path: str) -> bool:
    """Whether everybody may ask for `path`."""
    return path in OPEN_PATHS or path.startswith(OPEN_FOLDERS)


def is_cross_site() -> bool:
    """Whether a browser says that another site's page makes this request.

    By `Sec-Fetch-Site`, else by `Origin` against `Host`. Programs send neither.
    """
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


def log_in(config: Config, password: str) -> bool:
    """Open a session if `password` is right. Compared in constant time."""
    expected = config.admin_password or ""
    given = password.encode("utf-8", "surrogatepass")
    right = hmac.compare_digest(given, expected.encode()) and bool(expected)
    if right:
        session[LOGGED_IN] = _fingerprint(config)
    return right


def log_out() -> None:
    """End this browser's session."""
    session.clear()


def is_logged_in(config: Config) -> bool:
    """Whether the session was opened with the password of today."""
    found = session.get(LOGGED_IN)
    return isinstance(found, str) and hmac.compare_digest(found, _fingerprint(config))


def _fingerprint(config: Config) -> str:
    """Changes with the password, so that a new one ends every session; does not tell it."""
    secret, password = config.secret_key or "", config.admin_password or ""
    return hmac.new(secret.encode(), password.encode(), hashlib.sha256).hexdigest()
