"""When a revision is next told of to the webhooks, and how often that was tried.

Why: the oldest revision was tried again every second, however often it failed, and no later
one was told of before it. Older releases go on like that: they know neither column.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    attempts = sa.Column("attempts", sa.Integer, nullable=False, server_default=sa.text("0"))
    op.add_column("announcements", attempts)
    now = sa.text("clock_timestamp()")
    next_at = sa.Column(
        "next_at", sa.DateTime(timezone=True), nullable=False, server_default=now
    )
    op.add_column("announcements", next_at)


def downgrade() -> None:
    op.drop_column("announcements", "next_at")
    op.drop_column("announcements", "attempts")
