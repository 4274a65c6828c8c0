"""The catalog, the imports and their uploads.

Why: the first tables. The unique index on lower(sku) is the one rule that
everything else leans on; the column's collation makes it the same on every
host. Uploaded chunks are stored out of line and uncompressed: they are
written and read once, and compressing them would cost more than it saves.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

UNICODE = "pg_c_utf8"
STATUSES = (
    "queued", "checking", "needs_mapping", "ready", "running", "completed", "failed", "cancelled",
)  # fmt: skip


def moment(name: str, *, default: bool = False) -> sa.Column:
    return sa.Column(
        name,
        sa.DateTime(timezone=True),
        nullable=not default,
        server_default=sa.func.now() if default else None,
    )


def import_id(table: str) -> sa.Column:
    return sa.Column(
        "import_id",
        UUID(as_uuid=False),
        sa.ForeignKey("imports.id", name=f"{table}_import_id_fk", ondelete="CASCADE"),
        nullable=False,
    )


def upgrade() -> None:
    op.create_table(
        "products",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("sku", sa.Text(collation=UNICODE), nullable=False),
        sa.Column("name", sa.Text(collation=UNICODE), nullable=False),
        sa.Column("description", sa.Text(collation=UNICODE), nullable=False, server_default=""),
        sa.Column("price", sa.Numeric(12, 2)),
        sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("version", sa.Integer, nullable=False, server_default=sa.text("1")),
        moment("created_at", default=True),
        moment("updated_at", default=True),
        sa.PrimaryKeyConstraint("id", name="products_pk"),
    )
    op.create_index("products_sku_key", "products", [sa.text("lower(sku)")], unique=True)
    op.create_table(
        "imports",
        sa.Column("id", UUID(as_uuid=False), nullable=False, server_default=sa.func.uuidv7()),
        sa.Column("filename", sa.Text, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("preview", sa.Boolean, nullable=False),
        sa.Column("mode", sa.Text, nullable=False),
        sa.Column("on_reject", sa.Text, nullable=False),
        sa.Column("wishes", JSONB, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("stage", sa.Text),
        sa.Column("run", sa.Integer, nullable=False, server_default=sa.text("1")),
        sa.Column("attempts", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("counts", JSONB, nullable=False),
        sa.Column("progress", JSONB, nullable=False),
        sa.Column("format", JSONB),
        sa.Column("mapping", JSONB, nullable=False),
        sa.Column("ignored_columns", JSONB, nullable=False),
        sa.Column("columns", JSONB, nullable=False),
        sa.Column("sample_changes", JSONB, nullable=False),
        sa.Column("problem", JSONB),
        sa.Column("change_set_id", UUID(as_uuid=False)),
        moment("created_at", default=True),
        moment("started_at"),
        moment("finished_at"),
        sa.PrimaryKeyConstraint("id", name="imports_pk"),
        sa.CheckConstraint(
            "status IN (" + ", ".join(f"'{status}'" for status in STATUSES) + ")",
            name="imports_status_ck",
        ),
    )
    op.create_table(
        "import_chunks",
        import_id("import_chunks"),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("import_id", "position", name="import_chunks_pk"),
    )
    op.execute("ALTER TABLE import_chunks ALTER COLUMN data SET STORAGE EXTERNAL")
    op.create_table(
        "import_rejects",
        import_id("import_rejects"),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("column", sa.Text),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("cells", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("import_id", "line", name="import_rejects_pk"),
    )
    op.create_table(
        "import_duplicates",
        import_id("import_duplicates"),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("sku", sa.Text, nullable=False),
        sa.Column("replaced_by_line", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("import_id", "line", name="import_duplicates_pk"),
    )


def downgrade() -> None:
    for table in ("import_duplicates", "import_rejects", "import_chunks", "imports", "products"):
        op.drop_table(table)
