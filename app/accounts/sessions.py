"""Logins in force, one row each. The connection commits.

A session ends when it was not used for three days, which a long weekend is, and after thirty
days at the latest; by logging out, everywhere if wished; and with the password.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from app.accounts.models import sessions
from app.accounts.tokens import generate_token, hash_token

LONGEST_UNUSED = timedelta(days=3)
LONGEST = timedelta(days=30)
# That a session was used is written down no oftener: reading must not become writing.
NOTED_EVERY = timedelta(minutes=1)
_c = sessions.c
_is_over = sa.or_(
    _c.last_used_at < sa.func.now() - LONGEST_UNUSED, _c.created_at < sa.func.now() - LONGEST
)
_is_to_be_noted = _c.last_used_at < sa.func.now() - NOTED_EVERY


@dataclass(frozen=True)
class Session:
    """A session that is not over by its age; `is_to_be_noted`: its use was not for a while."""

    password_mark: str
    is_to_be_noted: bool


def open_session(connection: sa.Connection, password_mark: str) -> str:
    """The token of a new session. Those that are over are deleted on this occasion."""
    token = generate_token()
    connection.execute(sa.delete(sessions).where(_is_over))
    connection.execute(
        sa.insert(sessions).values(token_hash=hash_token(token), password_mark=password_mark)
    )
    return token


def find_session(connection: sa.Connection, token: str) -> Session | None:
    """The session of `token`; none if it was ended or is over."""
    statement = sa.select(_c.password_mark, _is_to_be_noted).where(_is_of(token), ~_is_over)
    row = connection.execute(statement).one_or_none()
    return None if row is None else Session(*row)


def note_use(connection: sa.Connection, token: str) -> None:
    """Write down that the session is used now, unless somebody else is just doing so."""
    free = (
        sa.select(_c.token_hash)
        .where(_is_of(token), _is_to_be_noted)
        .with_for_update(skip_locked=True)
    )
    connection.execute(
        sa.update(sessions)
        .where(_c.token_hash.in_(free))
        .values(last_used_at=sa.func.clock_timestamp())
    )


def close_session(connection: sa.Connection, token: str) -> None:
    """End it; nothing happens if it has ended already."""
    connection.execute(sa.delete(sessions).where(_is_of(token)))


def close_all_sessions(connection: sa.Connection) -> int:
    """End every session; how many there were."""
    return connection.execute(sa.delete(sessions)).rowcount


def _is_of(token: str) -> sa.ColumnElement[Any]:
    return _c.token_hash == hash_token(token)
