"""The audit log.

Why: what an administrator or a key did has to be told by something that they
cannot change afterwards. Triggers refuse every UPDATE, TRUNCATE and DELETE;
only an entry that has been kept as long as it was written to be kept may be
deleted, and that time cannot be shortened, since it stands in the entry.
Whoever owns the table can drop the trigger: this holds against mistakes and
against statements slipped in, not against the database's owner.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

REFUSE = """
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit log is append-only.' USING ERRCODE = 'insufficient_privilege';
END
$$
"""
GUARDS = {
    "audit_entries_no_update": "BEFORE UPDATE ON audit_entries FOR EACH STATEMENT",
    "audit_entries_no_truncate": "BEFORE TRUNCATE ON audit_entries FOR EACH STATEMENT",
    "audit_entries_no_delete": (
        "BEFORE DELETE ON audit_entries FOR EACH ROW WHEN (OLD.keep_until >= now())"
    ),
}


def create_table() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "audit_entries",
        sa.Column("id", UUID(as_uuid=False), nullable=False, server_default=sa.func.uuidv7()),
        sa.Column("at", moment, nullable=False, server_default=sa.func.clock_timestamp()),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("subject", sa.Text),
        sa.Column("detail", JSONB, nullable=False),
        sa.Column("keep_until", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="audit_entries_pk"),
    )
    op.create_index("audit_entries_at_id_ix", "audit_entries", ["at", "id"])
    for column in ("action", "actor"):
        name = f"audit_entries_{column}_at_id_ix"
        op.create_index(name, "audit_entries", [column, "at", "id"])
    op.create_index("audit_entries_keep_until_ix", "audit_entries", ["keep_until"])


def upgrade() -> None:
    create_table()
    op.execute(REFUSE)
    for name, when in GUARDS.items():
        op.execute(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION refuse_audit_change()")


def downgrade() -> None:
    op.drop_table("audit_entries")
    op.execute("DROP FUNCTION refuse_audit_change()")
