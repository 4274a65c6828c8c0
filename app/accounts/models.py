"""The tables of the accounts. Tokens and keys are stored as their hashes alone.

SHA-256 without salt or stretching is enough here, unlike for a password: both hold 256
random bits, so there is nothing to be guessed that a slower hash would protect, and
every request has to be checked.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

from app.access import Access
from app.extensions import db

SCOPES = (Access.READ, Access.WRITE, Access.ADMIN)


def _moment(name: str, *, now: bool = False) -> sa.Column[object]:
    return sa.Column(
        name,
        sa.DateTime(timezone=True),
        nullable=not now,
        server_default=sa.func.clock_timestamp() if now else None,
    )


sessions = sa.Table(
    "sessions",
    db.metadata,
    sa.Column("token_hash", sa.LargeBinary, primary_key=True),
    # Changes with the password, so that a new one ends what the old one has opened.
    sa.Column("password_mark", sa.Text, nullable=False),
    _moment("created_at", now=True),
    _moment("last_used_at", now=True),
)

api_keys = sa.Table(
    "api_keys",
    db.metadata,
    sa.Column("id", UUID(as_uuid=False), primary_key=True, server_default=sa.func.uuidv7()),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("scope", sa.Text, nullable=False),
    sa.Column("key_hash", sa.LargeBinary, nullable=False, unique=True),
    # Its last characters, by which its owner knows it again.
    sa.Column("hint", sa.Text, nullable=False),
    _moment("created_at", now=True),
    _moment("expires_at"),
    _moment("last_used_at"),
    _moment("revoked_at"),
    sa.CheckConstraint(
        "scope IN (" + ", ".join(f"'{scope}'" for scope in SCOPES) + ")", name="scope"
    ),
)
