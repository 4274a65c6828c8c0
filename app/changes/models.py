"""The journal's tables.

A revision is one committed transaction that changed products. A change says what it
did to one product: the version it made, and the values before. The values after
are those before the product's next change, or those it has now: what is stored
once cannot contradict itself. Of products created in bulk, their ids are enough.
`position` numbers revisions in the order of their commits.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, UUID

from app.changes.status import Kind, Status
from app.columns import moment
from app.extensions import db
from app.texts import UNICODE

# What a change keeps of a product.
BEFORE = ("sku", "name", "description", "price", "active", "created_at", "updated_at")

positions = sa.Sequence("revisions_position_seq", metadata=db.metadata)


def _one_of(values: type[Kind] | type[Status]) -> str:
    return ", ".join(f"'{value}'" for value in values)


change_sets = sa.Table(
    "change_sets",
    db.metadata,
    sa.Column("id", UUID(as_uuid=False), primary_key=True, server_default=sa.func.uuidv7()),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("import_id", UUID(as_uuid=False)),
    sa.Column("actor", sa.Text, nullable=False),
    # What it is about, for people: a file's name, or which products.
    sa.Column("subject", sa.Text, nullable=False),
    # What a bulk operation was asked for: action, and ids, a filter or all.
    sa.Column("request", JSONB, nullable=False),
    sa.Column("counts", JSONB, nullable=False),
    sa.Column("progress", JSONB, nullable=False),
    sa.Column("problem", JSONB(none_as_null=True)),
    sa.Column("undo_of", UUID(as_uuid=False), sa.ForeignKey("change_sets.id", ondelete="SET NULL")),
    sa.Column("undoable_until", sa.DateTime(timezone=True)),
    sa.Column("attempts", sa.Integer, nullable=False, server_default=sa.text("0")),
    moment("next_attempt_at"),
    sa.Column(
        "created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    ),
    sa.Column("finished_at", sa.DateTime(timezone=True)),
    sa.CheckConstraint(f"kind IN ({_one_of(Kind)})", name="kind"),
    sa.CheckConstraint(f"status IN ({_one_of(Status)})", name="status"),
)
# One undo at a time and one in the end: a second one would find nothing to take back.
sa.Index(
    "change_sets_undo_of_key",
    change_sets.c.undo_of,
    unique=True,
    postgresql_where=change_sets.c.status != Status.FAILED.value,
)

revisions = sa.Table(
    "revisions",
    db.metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    # Given at the end, under a lock held until the commit (see journal.py).
    sa.Column("position", sa.BigInteger, unique=True),
    sa.Column(
        "change_set_id", UUID(as_uuid=False), sa.ForeignKey("change_sets.id", ondelete="SET NULL")
    ),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    # Too old to be undone, its changes up to this product going or gone; the newest one whose
    # changes are gone stays as a mark.
    sa.Column("purged_to", sa.BigInteger),
    sa.Column("is_empty", sa.Boolean, nullable=False, server_default=sa.false()),
    # How many products there are more for it; less, if negative. NULL where a release wrote it
    # that did not count.
    sa.Column("added", sa.BigInteger),
)
sa.Index(
    "revisions_change_set_id_ix",
    revisions.c.change_set_id,
    postgresql_where=revisions.c.change_set_id.is_not(None),
)

changes = sa.Table(
    "changes",
    db.metadata,
    # No foreign keys: they would be checked row by row, and products go while their past stays.
    sa.Column("revision_id", sa.BigInteger, primary_key=True),
    sa.Column("product_id", sa.BigInteger, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("sku", sa.Text(collation=UNICODE), nullable=False),
    # The values before; NULL, all of them, for a product that was created.
    sa.Column("name", sa.Text(collation=UNICODE)),
    sa.Column("description", sa.Text(collation=UNICODE)),
    sa.Column("price", sa.Numeric(12, 2)),
    sa.Column("active", sa.Boolean),
    sa.Column("created_at", sa.DateTime(timezone=True)),
    sa.Column("updated_at", sa.DateTime(timezone=True)),
)
sa.Index("changes_product_id_version_ix", changes.c.product_id, changes.c.version)

# Products that a revision created, many at once: those with the ids from the first to the last.
# Each is a change like those above, of version 1, that needs no row: its SKU and its values are
# those before the product's next change, or those it has now. No range reaches across a block
# of ids (see creations.py).
created_ranges = sa.Table(
    "created_ranges",
    db.metadata,
    sa.Column("revision_id", sa.BigInteger, primary_key=True),
    sa.Column("block", sa.BigInteger, primary_key=True),
    sa.Column("first_id", sa.BigInteger, primary_key=True),
    sa.Column("last_id", sa.BigInteger, nullable=False),
)
sa.Index("created_ranges_block_ix", created_ranges.c.block)

kept_products = sa.Table(
    "kept_products",
    db.metadata,
    sa.Column("revision_id", sa.BigInteger, primary_key=True),
    sa.Column("product_id", sa.BigInteger, primary_key=True),
    sa.Column("sku", sa.Text(collation=UNICODE), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)

# Revisions of many changes whose webhook events are still to be recorded, and how far that is.
announcements = sa.Table(
    "announcements",
    db.metadata,
    sa.Column("revision_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("after_product_id", sa.BigInteger, nullable=False, server_default=sa.text("0")),
    # Attempts at the next piece, and when the next attempt may begin.
    sa.Column("attempts", sa.Integer, nullable=False, server_default=sa.text("0")),
    moment("next_at", now=True),
)
