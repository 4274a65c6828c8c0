"""Secrets sealed anew with the key of today, a few at a time, so that an old key can be dropped."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from app.housekeeping import Chore, Piece
from app.webhooks.errors import SecretLost
from app.webhooks.jobs import current_setup
from app.webhooks.models import webhooks
from app.webhooks.vault import Vault

AT_ONCE = 100
COLUMNS = (webhooks.c.secret, webhooks.c.previous_secret)


@dataclass(frozen=True)
class SecretCounts:
    """Stored secrets, previous ones included: sealed with today's key, otherwise, or not opened."""

    current: int = 0
    stale: int = 0
    lost: int = 0


def reseal_secrets(connection: sa.Connection, vault: Vault, limit: int = AT_ONCE) -> Piece:
    """Seal up to `limit` webhooks' secrets anew that were sealed with a fallback, or not at all.

    Safe to be done by several at once: rows that somebody else holds are passed over.
    """
    stale = [
        column.startswith(prefix, autoescape=True)
        for column in COLUMNS
        for prefix in vault.stale_prefixes
    ]
    statement = (
        sa.select(webhooks.c.id, *COLUMNS)
        .where(sa.or_(sa.false(), *stale))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = connection.execute(statement).all()
    done = sum(_reseal(connection, vault, row) for row in found)
    # One that cannot be opened although its key is here would be found for ever.
    return Piece(done, has_more=done == limit)


def _reseal(connection: sa.Connection, vault: Vault, row: sa.Row[*tuple[Any, ...]]) -> bool:
    """Seal what is stale in this row; whether anything was."""
    values = {}
    for column in COLUMNS:
        stored = getattr(row, column.name)
        if stored and stored.startswith(vault.stale_prefixes):
            with suppress(SecretLost):
                values[column.name] = vault.seal(vault.unseal(stored, row.id), row.id)
    if values:
        connection.execute(sa.update(webhooks).where(webhooks.c.id == row.id).values(**values))
    return bool(values)


def count_secrets(connection: sa.Connection, vault: Vault) -> SecretCounts:
    """Look at every secret that is stored."""
    found = Counter(
        _judge(vault, stored, row.id)
        for row in connection.execute(sa.select(webhooks.c.id, *COLUMNS))
        for stored in filter(None, row[1:])
    )
    return SecretCounts(**found)


def _judge(vault: Vault, stored: str, webhook_id: str) -> str:
    try:
        vault.unseal(stored, webhook_id)
    except SecretLost:
        return "lost"
    return "stale" if stored.startswith(vault.stale_prefixes) else "current"


def reseal_some(connection: sa.Connection) -> Piece:
    """A piece of it, with the current application's keys."""
    return reseal_secrets(connection, current_setup().vault)


RESEALING = Chore("seal secrets anew", reseal_some, every=timedelta(minutes=10))
