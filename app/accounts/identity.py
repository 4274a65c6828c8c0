"""Who makes a request: by an API key, by a session, or by being on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from flask import current_app, request

from app.access import Access
from app.accounts import keys, sessions
from app.accounts.cookies import read_token, secret_keys
from app.accounts.errors import InvalidKey
from app.accounts.passwords import is_marked
from app.accounts.tokens import is_key
from app.config import Config
from app.extensions import db


class Way(StrEnum):
    """How somebody was known."""

    OPEN = "open"
    SESSION = "session"
    KEY = "key"


@dataclass(frozen=True)
class Identity:
    """Who asks, and what for at most. The names of keys need not differ; their ids do."""

    actor: str
    access: Access
    way: Way
    key_id: str | None = None


LOCAL = Identity("local", Access.ADMIN, Way.OPEN)
ADMINISTRATOR = Identity("admin", Access.ADMIN, Way.SESSION)


def current_config() -> Config:
    """The running application's settings."""
    config: Config = current_app.config["PRODUCT_IMPORTER"]
    return config


def identify() -> Identity | None:
    """Whoever makes this request; None for a stranger.

    A key that was sent counts also where nobody need be known: who sends one means to be
    held to its scope. Raises InvalidKey for one that opens nothing, even beside a session.
    """
    key = presented_key()
    if key is not None:
        return _identify_by_key(key)
    password = current_config().admin_password
    if password is None:
        return LOCAL
    token = read_token()
    return ADMINISTRATOR if token and _is_logged_in(token, password) else None


def presented_key() -> str | None:
    """What `Authorization: Bearer` holds, whatever it is; other schemes are not ours to read."""
    scheme, _, rest = request.headers.get("Authorization", "").partition(" ")
    return rest.strip() if scheme.lower() == "bearer" else None


def _identify_by_key(key: str) -> Identity:
    if not is_key(key):
        raise InvalidKey
    with connect_briefly() as connection:
        found = keys.find_key(connection, key)
        if found is None:
            raise InvalidKey
        if found.is_to_be_noted:
            keys.note_use(connection, found.id)
    return Identity(f"key:{found.name}", found.scope, Way.KEY, found.id)


def _is_logged_in(token: str, password: str) -> bool:
    with connect_briefly() as connection:
        found = sessions.find_session(connection, token)
        if found is None or not is_marked(found.password_mark, password, secret_keys()):
            return False
        if found.is_to_be_noted:
            sessions.note_use(connection, token)
    return True


def connect_briefly() -> sa.Connection:
    """A connection whose statements stand alone: every request pays for what goes to and fro."""
    return db.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
