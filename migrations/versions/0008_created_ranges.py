"""Products created in bulk, written down as ranges of ids.

Why: a row of the journal and two entries of its indexes for each created product were a
quarter of an import's work, and said nothing that the product does not say itself.
What is in the journal already stays there: both forms are read.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "created_ranges",
        sa.Column("revision_id", sa.BigInteger, nullable=False),
        sa.Column("block", sa.BigInteger, nullable=False),
        sa.Column("first_id", sa.BigInteger, nullable=False),
        sa.Column("last_id", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("revision_id", "block", "first_id", name="created_ranges_pk"),
    )
    op.create_index("created_ranges_block_ix", "created_ranges", ["block"])


def downgrade() -> None:
    op.execute("""
        INSERT INTO changes (revision_id, product_id, version, action, sku)
        SELECT created.revision_id, made.id, 1, 'created',
               coalesce(later.sku, products.sku, '')
        FROM created_ranges AS created
        CROSS JOIN LATERAL generate_series(created.first_id, created.last_id) AS made (id)
        LEFT JOIN changes AS later ON later.product_id = made.id AND later.version = 2
        LEFT JOIN products ON products.id = made.id
    """)
    op.drop_table("created_ranges")
