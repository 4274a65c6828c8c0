"""API keys as they are stored. The connection commits."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.access import Access
from app.accounts.errors import KeyNotFound
from app.accounts.models import api_keys
from app.accounts.tokens import PREFIX, generate_key, hash_token, hint_of
from app.pagination import Page, PageRequest, Sort, fetch_page

# The last use is written down no oftener: reading must not become writing.
NOTED_EVERY = timedelta(minutes=1)
_c = api_keys.c
NEWEST_FIRST = Sort("-id", (_c.id,), descending=True)
_is_in_force = sa.and_(
    _c.revoked_at.is_(None), sa.or_(_c.expires_at.is_(None), _c.expires_at > sa.func.now())
)
_is_to_be_noted = sa.or_(_c.last_used_at.is_(None), _c.last_used_at < sa.func.now() - NOTED_EVERY)


@dataclass(frozen=True, kw_only=True)
class ApiKey:
    """A key as it is shown; `key` itself only where it has just been made."""

    id: str
    name: str
    scope: str
    prefix: str
    last_characters: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    key: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class KeyInForce:
    """What a key opens; `is_to_be_noted`: its use was not written down for a while."""

    id: str
    name: str
    scope: Access
    is_to_be_noted: bool


def list_keys(connection: sa.Connection, request: PageRequest) -> Page[ApiKey]:
    """A page of the keys, revoked and expired ones too, newest first. Raises InvalidCursor."""
    total = connection.execute(sa.select(sa.func.count()).select_from(api_keys)).scalar_one()
    statement = sa.select(api_keys)
    return fetch_page(connection, statement, NEWEST_FIRST, request, total=total, make=_make_key)


def create_key(
    connection: sa.Connection, *, name: str, scope: Access, expires_at: datetime | None
) -> tuple[ApiKey, str]:
    """Insert a key; it as it is shown, and the key itself, which nobody can look up later."""
    key = generate_key()
    statement = (
        sa.insert(api_keys)
        .values(
            name=name,
            scope=scope.value,
            expires_at=expires_at,
            key_hash=hash_token(key),
            hint=hint_of(key),
        )
        .returning(*_c)
    )
    return _make_key(connection.execute(statement).one()), key


def revoke_key(connection: sa.Connection, key_id: str) -> ApiKey:
    """From now on it opens nothing; it stays to be seen. Raises KeyNotFound."""
    statement = (
        sa.update(api_keys)
        .where(_c.id == key_id, _c.revoked_at.is_(None))
        .values(revoked_at=sa.func.clock_timestamp())
        .returning(*_c)
    )
    row = connection.execute(statement).one_or_none()
    if row is None:
        raise KeyNotFound
    return _make_key(row)


def find_key(connection: sa.Connection, key: str) -> KeyInForce | None:
    """What `key` opens; None if it is unknown, expired or revoked."""
    statement = sa.select(_c.id, _c.name, _c.scope, _is_to_be_noted).where(
        _c.key_hash == hash_token(key), _is_in_force
    )
    row = connection.execute(statement).one_or_none()
    return None if row is None else KeyInForce(row[0], row[1], Access(row[2]), row[3])


def note_use(connection: sa.Connection, key_id: str) -> None:
    """Write down that the key is used now, unless somebody else is just doing so."""
    free = sa.select(_c.id).where(_c.id == key_id, _is_to_be_noted)
    connection.execute(
        sa.update(api_keys)
        .where(_c.id.in_(free.with_for_update(skip_locked=True)))
        .values(last_used_at=sa.func.clock_timestamp())
    )


def _make_key(row: sa.Row[Any]) -> ApiKey:
    return ApiKey(
        id=row.id,
        name=row.name,
        scope=row.scope,
        prefix=PREFIX,
        last_characters=row.hint,
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )
