"""The journal: change sets, revisions, changes, and what an undo left alone.

Why: everything that happens to a product is written down in the transaction
that does it, so that it can be shown, followed and taken back. Only values
before a change are stored, so that a created product costs a narrow row.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

UNICODE = "pg_c_utf8"
KINDS = ("import", "bulk_delete", "bulk_activate", "bulk_deactivate", "undo")
STATUSES = ("queued", "running", "completed", "failed")


def one_of(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def moment(name: str, *, nullable: bool = True, default: bool = False) -> sa.Column:
    return sa.Column(
        name,
        sa.DateTime(timezone=True),
        nullable=nullable,
        server_default=sa.func.now() if default else None,
    )


def create_change_sets() -> None:
    op.create_table(
        "change_sets",
        sa.Column("id", UUID(as_uuid=False), nullable=False, server_default=sa.func.uuidv7()),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("import_id", UUID(as_uuid=False)),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("request", JSONB, nullable=False),
        sa.Column("counts", JSONB, nullable=False),
        sa.Column("progress", JSONB, nullable=False),
        sa.Column("problem", JSONB),
        sa.Column(
            "undo_of",
            UUID(as_uuid=False),
            sa.ForeignKey("change_sets.id", name="change_sets_undo_of_fk", ondelete="SET NULL"),
        ),
        moment("undoable_until"),
        sa.Column("attempts", sa.Integer, nullable=False, server_default=sa.text("0")),
        moment("created_at", nullable=False, default=True),
        moment("finished_at"),
        sa.PrimaryKeyConstraint("id", name="change_sets_pk"),
        sa.CheckConstraint(f"kind IN ({one_of(KINDS)})", name="change_sets_kind_ck"),
        sa.CheckConstraint(f"status IN ({one_of(STATUSES)})", name="change_sets_status_ck"),
    )
    op.create_index(
        "change_sets_undo_of_key",
        "change_sets",
        ["undo_of"],
        unique=True,
        postgresql_where=sa.text("status <> 'failed'"),
    )


def create_revisions() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence("revisions_position_seq")))
    op.create_table(
        "revisions",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("position", sa.BigInteger),
        sa.Column(
            "change_set_id",
            UUID(as_uuid=False),
            sa.ForeignKey("change_sets.id", name="revisions_change_set_id_fk", ondelete="SET NULL"),
        ),
        sa.Column("actor", sa.Text, nullable=False),
        moment("at", nullable=False),
        sa.Column("purged_to", sa.BigInteger),
        sa.Column("is_empty", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("id", name="revisions_pk"),
        sa.UniqueConstraint("position", name="revisions_position_uq"),
    )
    op.create_index(
        "revisions_change_set_id_ix",
        "revisions",
        ["change_set_id"],
        postgresql_where=sa.text("change_set_id IS NOT NULL"),
    )


def upgrade() -> None:
    create_change_sets()
    create_revisions()
    op.create_table(
        "changes",
        sa.Column("revision_id", sa.BigInteger, nullable=False),
        sa.Column("product_id", sa.BigInteger, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("sku", sa.Text(collation=UNICODE), nullable=False),
        sa.Column("name", sa.Text(collation=UNICODE)),
        sa.Column("description", sa.Text(collation=UNICODE)),
        sa.Column("price", sa.Numeric(12, 2)),
        sa.Column("active", sa.Boolean),
        moment("created_at"),
        moment("updated_at"),
        sa.PrimaryKeyConstraint("revision_id", "product_id", name="changes_pk"),
    )
    op.create_index("changes_product_id_version_ix", "changes", ["product_id", "version"])
    op.create_table(
        "kept_products",
        sa.Column("revision_id", sa.BigInteger, nullable=False),
        sa.Column("product_id", sa.BigInteger, nullable=False),
        sa.Column("sku", sa.Text(collation=UNICODE), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("revision_id", "product_id", name="kept_products_pk"),
    )
    op.create_table(
        "announcements",
        sa.Column("revision_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("after_product_id", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        sa.PrimaryKeyConstraint("revision_id", name="announcements_pk"),
    )
    # Half of each page is left free, so that a new version of a product lies on the page of the
    # old one and no index needs to know: a third less work where every row changes. The room would
    # be taken in any case, by versions that are dead, once every product has changed.
    op.execute("ALTER TABLE products SET (fillfactor = 50)")
    # Who uploaded it; the job that writes its changes has nobody to ask.
    op.add_column(
        "imports", sa.Column("actor", sa.Text, nullable=False, server_default="unknown")
    )


def downgrade() -> None:
    op.drop_column("imports", "actor")
    op.execute("ALTER TABLE products RESET (fillfactor)")
    for table in ("announcements", "kept_products", "changes", "revisions", "change_sets"):
        op.drop_table(table)
    op.execute(sa.schema.DropSequence(sa.Sequence("revisions_position_seq")))
