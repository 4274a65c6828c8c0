"""Accounts: sessions and API keys.

Why: a login has to be ended from here, on every browser at once, so that a
copied cookie is worth nothing afterwards; what is signed alone cannot be taken
back. Of session tokens and keys only hashes are stored: who reads the database
can log in with none of them.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SCOPES = ("read", "write", "admin")


def moment(name: str, *, now: bool = False) -> sa.Column:
    return sa.Column(
        name,
        sa.DateTime(timezone=True),
        nullable=not now,
        server_default=sa.func.clock_timestamp() if now else None,
    )


def upgrade() -> None:
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.LargeBinary, nullable=False),
        sa.Column("password_mark", sa.Text, nullable=False),
        moment("created_at", now=True),
        moment("last_used_at", now=True),
        sa.PrimaryKeyConstraint("token_hash", name="sessions_pk"),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", UUID(as_uuid=False), nullable=False, server_default=sa.func.uuidv7()),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("key_hash", sa.LargeBinary, nullable=False),
        sa.Column("hint", sa.Text, nullable=False),
        moment("created_at", now=True),
        moment("expires_at"),
        moment("last_used_at"),
        moment("revoked_at"),
        sa.CheckConstraint(
            "scope IN (" + ", ".join(f"'{scope}'" for scope in SCOPES) + ")",
            name=op.f("api_keys_scope_ck"),
        ),
        sa.PrimaryKeyConstraint("id", name="api_keys_pk"),
        sa.UniqueConstraint("key_hash", name="api_keys_key_hash_uq"),
    )


def downgrade() -> None:
    op.drop_table("api_keys")
    op.drop_table("sessions")
