"""The tables of the accounts. Tokens and keys are stored as their hashes alone.

SHA-256 without salt or stretching is enough here, unlike for a password: both hold 256
random bits, so there is nothing to be guessed that a slower hash would protect, and
every request has to be checked.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

from app.access import Access
from app.columns import moment
from app.extensions import db

SCOPES = (Access.READ, Access.WRITE, Access.ADMIN)


sessions = sa.Table(
    "sessions",
    db.metadata,
    sa.Column("token_hash", sa.LargeBinary, primary_key=True),
    # Changes with the password, so that a new one ends what the old one has opened.
    sa.Column("password_mark", sa.Text, nullable=False),
    moment("created_at", now=True),
    moment("last_used_at", now=True),
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
    moment("created_at", now=True),
    moment("expires_at"),
    moment("last_used_at"),
    moment("revoked_at"),
    sa.CheckConstraint(
        "scope IN (" + ", ".join(f"'{scope}'" for scope in SCOPES) + ")", name="scope"
    ),
)
