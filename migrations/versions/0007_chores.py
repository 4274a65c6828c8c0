"""When each chore is due, and an index of the imports that are not finished.

Why: purges and the like are done once however many processes there are, and
what tells them is a row that one of them locks. One of them compares the
catalog's index with the catalog, and notes how far it has come. Looking for imports that lost
their worker should not take longer the more imports there have been.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def moment(name: str, *, default: bool = False) -> sa.Column:
    return sa.Column(
        name,
        sa.DateTime(timezone=True),
        nullable=not default,
        server_default=sa.func.now() if default else None,
    )


def upgrade() -> None:
    op.create_table(
        "chores",
        sa.Column("name", sa.Text, nullable=False),
        moment("due_at", default=True),
        moment("began_at"),
        moment("ended_at"),
        sa.Column("rows", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        sa.PrimaryKeyConstraint("name", name="chores_pk"),
    )
    op.add_column(
        "product_index_state",
        sa.Column("compared_to", sa.BigInteger, nullable=False, server_default=sa.text("0")),
    )
    with op.get_context().autocommit_block():
        # It waits for whoever is in a transaction, and nobody waits for it.
        op.execute("SET lock_timeout = 0")
        # What a broken-off attempt has left is of no use.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS imports_unfinished_ix")
        op.create_index(
            "imports_unfinished_ix",
            "imports",
            ["id"],
            postgresql_where=sa.text("status IN ('queued', 'checking', 'running')"),
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    op.drop_index("imports_unfinished_ix", "imports")
    op.drop_column("product_index_state", "compared_to")
    op.drop_table("chores")
