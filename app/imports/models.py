"""The tables of the imports: the import itself, its upload, its rejected and replaced rows."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, UUID

from app.columns import moment
from app.extensions import db
from app.imports.status import AT_WORK, Status


def _import_id() -> sa.Column[object]:
    return sa.Column(
        "import_id",
        UUID(as_uuid=False),
        sa.ForeignKey("imports.id", ondelete="CASCADE"),
        primary_key=True,
    )


write_places = sa.Sequence("imports_write_place_seq", metadata=db.metadata)

imports = sa.Table(
    "imports",
    db.metadata,
    sa.Column("id", UUID(as_uuid=False), primary_key=True, server_default=sa.func.uuidv7()),
    sa.Column("actor", sa.Text, nullable=False, server_default="unknown"),
    sa.Column("filename", sa.Text, nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("preview", sa.Boolean, nullable=False),
    sa.Column("mode", sa.Text, nullable=False),
    sa.Column("on_reject", sa.Text, nullable=False),
    # What the uploader says of the file: mapping, delimiter, encoding, decimal.
    sa.Column("wishes", JSONB, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("stage", sa.Text),
    # Grows with every start; a job belongs to one run.
    sa.Column("run", sa.Integer, nullable=False, server_default=sa.text("1")),
    # Where it stands among those that write (see order.py); a preview stands nowhere.
    sa.Column("write_place", sa.BigInteger),
    sa.Column("attempts", sa.Integer, nullable=False, server_default=sa.text("0")),
    moment("next_attempt_at"),
    sa.Column("counts", JSONB, nullable=False),
    sa.Column("progress", JSONB, nullable=False),
    # What was understood of it: format, mapping, ignored columns, columns with samples.
    sa.Column("format", JSONB(none_as_null=True)),
    sa.Column("mapping", JSONB, nullable=False),
    sa.Column("ignored_columns", JSONB, nullable=False),
    sa.Column("columns", JSONB, nullable=False),
    sa.Column("sample_changes", JSONB, nullable=False),
    # Rows set aside and values changed in reading, by kind (see notices.py).
    sa.Column("notices", JSONB, nullable=False, server_default=sa.text("'[]'")),
    sa.Column("problem", JSONB(none_as_null=True)),
    sa.Column("change_set_id", UUID(as_uuid=False)),
    sa.Column(
        "created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    ),
    sa.Column("started_at", sa.DateTime(timezone=True)),
    sa.Column("finished_at", sa.DateTime(timezone=True)),
    sa.CheckConstraint(
        "status IN (" + ", ".join(f"'{status}'" for status in Status) + ")", name="status"
    ),
)

# What the sweep looks through; those that have ended are ever more.
sa.Index(
    "imports_unfinished_ix",
    imports.c.id,
    postgresql_where=imports.c.status.in_([status.value for status in Status if status in AT_WORK]),
)

import_chunks = sa.Table(
    "import_chunks",
    db.metadata,
    _import_id(),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("data", sa.LargeBinary, nullable=False),
)

import_rejects = sa.Table(
    "import_rejects",
    db.metadata,
    _import_id(),
    sa.Column("line", sa.Integer, primary_key=True),
    sa.Column("column", sa.Text),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    # JSON in ASCII, not jsonb: a cell may hold NUL, which neither jsonb nor text can.
    sa.Column("cells", sa.Text, nullable=False),
)

import_duplicates = sa.Table(
    "import_duplicates",
    db.metadata,
    _import_id(),
    sa.Column("line", sa.Integer, primary_key=True),
    sa.Column("sku", sa.Text, nullable=False),
    sa.Column("replaced_by_line", sa.Integer, nullable=False),
)
