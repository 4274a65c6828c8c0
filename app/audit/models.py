"""The audit log's table. That nothing in it can be changed is the migration's work."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, UUID

from app.extensions import db

audit_entries = sa.Table(
    "audit_entries",
    db.metadata,
    sa.Column("id", UUID(as_uuid=False), primary_key=True, server_default=sa.func.uuidv7()),
    sa.Column(
        "at",
        sa.DateTime(timezone=True),
        nullable=False,
        server_default=sa.func.clock_timestamp(),
    ),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subject", sa.Text),
    sa.Column("detail", JSONB, nullable=False),
    # Until then not even the application may delete the entry.
    sa.Column("keep_until", sa.DateTime(timezone=True), nullable=False),
)
_c = audit_entries.c
sa.Index("audit_entries_at_id_ix", _c.at, _c.id)
sa.Index("audit_entries_action_at_id_ix", _c.action, _c.at, _c.id)
sa.Index("audit_entries_actor_at_id_ix", _c.actor, _c.at, _c.id)
sa.Index("audit_entries_keep_until_ix", _c.keep_until)
