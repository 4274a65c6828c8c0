"""The session's cookie: signed, out of reach of scripts, and bound to this host on https.

It carries no more than a token; what that is worth stands in the database.
"""

from __future__ import annotations

from flask import Flask, current_app, request, session
from flask.sessions import SecureCookieSessionInterface

from app.accounts.sessions import LONGEST

COOKIE = "product_importer"
TOKEN = "token"  # noqa: S105 - a name, not a token


class SessionCookies(SecureCookieSessionInterface):
    """Flask's, whose name and flags go by how the request came.

    On https a browser takes the prefix `__Host-` from this very host alone, over https alone:
    neither a neighbouring subdomain nor somebody on the line can plant such a cookie.
    """

    def get_cookie_name(self, app: Flask) -> str:
        """See the class."""
        return f"__Host-{COOKIE}" if request.is_secure else COOKIE

    def get_cookie_secure(self, app: Flask) -> bool:
        """See the class."""
        return request.is_secure


def init_app(app: Flask) -> None:
    """Have `app` use them."""
    app.session_interface = SessionCookies()
    app.config.update(
        SESSION_COOKIE_NAME=COOKIE,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=LONGEST,
        # Set once, at the login; the token in it does not change.
        SESSION_REFRESH_EACH_REQUEST=False,
    )


def read_token() -> str | None:
    """The token that came with the request, if one did that was signed here."""
    found = session.get(TOKEN)
    return found if isinstance(found, str) else None


def keep_token(token: str) -> None:
    """Give the browser a new cookie; nothing of an older one stays."""
    session.clear()
    session[TOKEN] = token
    session.permanent = True


def drop_token() -> None:
    """Take the cookie back."""
    session.clear()


def secret_keys() -> list[str]:
    """What cookies may be signed with: today's key first, then those it has replaced."""
    keys = [current_app.secret_key, *(current_app.config["SECRET_KEY_FALLBACKS"] or [])]
    return [str(key) for key in keys if key]
