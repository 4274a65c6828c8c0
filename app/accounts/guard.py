"""The gate before every request: who asks, and whether the view is for them.

It is closed unless a view opens it: one that declares no access answers nobody. With
ADMIN_PASSWORD set, whoever is not known gets no further than the login page. Without it the
server listens on loopback alone, and everybody on this machine may do everything; a request
that names another host is refused then, for it comes from a page that has its own name
resolved to this machine (DNS rebinding).
"""

from __future__ import annotations

import logging
from urllib.parse import quote

from flask import Flask, current_app, g, redirect, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, MethodNotAllowed, Unauthorized
from werkzeug.wrappers import Response

from app.access import Access, access_of
from app.accounts import cookies
from app.accounts.errors import InsufficientScope, InvalidKey
from app.accounts.identity import Identity, Way, current_config, identify
from app.accounts.origins import LOOPBACK_NAMES, asks_for_page, host_name, is_cross_site_write
from app.config import Config
from app.limits import count_refused

log = logging.getLogger(__name__)


def init_app(app: Flask, config: Config) -> None:
    """Put the gate before every request of `app`."""
    app.secret_key = config.secret_key
    app.config["SECRET_KEY_FALLBACKS"] = list(config.secret_key_fallbacks)
    cookies.init_app(app)
    app.before_request(admit)


def admit() -> Response | None:
    """Let the request pass, refuse it, or send a page's reader to the login."""
    g.actor = "anonymous"
    try:
        return check()
    except (Unauthorized, Forbidden, InvalidKey, InsufficientScope):
        count_refused()
        raise


def check() -> Response | None:
    """Find out who asks; None if the request may pass, else what it is answered, or raise."""
    refuse_foreign_names()
    wanted = declared_access()
    identity = None if wanted is Access.PUBLIC else identify()
    refuse_other_sites(identity)
    if wanted is Access.PUBLIC:
        return None
    if identity is None:
        return turn_away()
    g.actor, g.key_id = identity.actor, identity.key_id
    # Without a rule it is a 404 or a 405, which only those see who are known.
    if request.url_rule is not None:
        refuse_beyond(identity, wanted)
    return None


def declared_access() -> Access | None:
    """What the view that the address leads to asks for; None if there is none, or it says not."""
    return access_of(current_app.view_functions.get(request.endpoint or neighbouring_endpoint()))


def neighbouring_endpoint() -> str:
    """Where the address has no such method, the endpoint of one that it has; else nothing.

    So a 405 is told to everybody where anything is told to everybody.
    """
    error, adapter = request.routing_exception, current_app.create_url_adapter(request)
    if isinstance(error, MethodNotAllowed) and error.valid_methods and adapter is not None:
        endpoint, _ = adapter.match(method=next(iter(error.valid_methods)))
        return str(endpoint)
    return ""


def refuse_foreign_names() -> None:
    """Raise Forbidden where nobody need be known and the request names a host that is not ours."""
    config = current_config()
    if config.admin_password is None and host_name() not in LOOPBACK_NAMES | {config.host}:
        raise Forbidden


def refuse_other_sites(identity: Identity | None) -> None:
    """Raise Forbidden for a write that another site's page has the visitor's browser make.

    Cookies, and being on this machine, are what a browser brings along by itself. A key is
    not: no page can have it sent without knowing it, so who sends one is asked nothing more.
    """
    if (identity is None or identity.way is not Way.KEY) and is_cross_site_write():
        raise Forbidden


def turn_away() -> Response:
    """A person is led to the login; a program gets 401."""
    if asks_for_page():
        return redirect(f"/login.html?next={quote(request.full_path.rstrip('?'))}")
    raise Unauthorized(www_authenticate=WWWAuthenticate("bearer", {"realm": "Product Importer"}))


def refuse_beyond(identity: Identity, wanted: Access | None) -> None:
    """Raise where the view asks for more than the caller has, or does not say what it asks for."""
    if wanted is None:
        log.error("view declares no access", extra={"endpoint": request.endpoint})
        raise Forbidden
    if not identity.access.admits(wanted):
        raise InsufficientScope(wanted, identity.access)
