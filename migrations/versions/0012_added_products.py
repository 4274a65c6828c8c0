"""What each revision adds to the number of products.

Why: the size of the catalog is what it was when the index was last brought up to date, and what the
journal says of since. Counting that change by change took too long after a large deletion, so that
it was estimated. A release that does not count leaves NULL, and its changes are counted.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("revisions", sa.Column("added", sa.BigInteger))


def downgrade() -> None:
    op.drop_column("revisions", "added")
