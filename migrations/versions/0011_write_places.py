"""Imports write in the order in which they were accepted.

Why: an older file that took longer to read overwrote what a newer one had brought. Those that are
at work already come in the order in which they were uploaded. A release that knows of no order
gives its imports no place; they wait for none, and none waits for them.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence("imports_write_place_seq")))
    op.add_column("imports", sa.Column("write_place", sa.BigInteger))
    op.execute(
        """
        WITH unfinished AS (
            SELECT id, row_number() OVER (ORDER BY id) AS place FROM imports
            WHERE status IN ('queued', 'checking', 'running') AND NOT preview
        )
        UPDATE imports SET write_place = place FROM unfinished WHERE unfinished.id = imports.id
        """
    )
    op.execute(
        """
        SELECT setval('imports_write_place_seq', max(write_place)) FROM imports
        WHERE write_place IS NOT NULL HAVING count(*) > 0
        """
    )


def downgrade() -> None:
    op.drop_column("imports", "write_place")
    op.execute(sa.schema.DropSequence(sa.Sequence("imports_write_place_seq")))
