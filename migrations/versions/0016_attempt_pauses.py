"""When the next attempt at an import, an undo or a bulk operation may begin.

Why: where each attempt failed at once, ten of them took seconds, and a database that was away for
longer ended the work as failed. Older releases go on like that: they do not know the columns.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None
TABLES = ("imports", "change_sets")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("next_attempt_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "next_attempt_at")
