"""What the catalog is found and sorted by, in tables of their own.

Why: a trigram index and five sort indexes on `products` would make an import
take four times as long. These tables hold the same for all changes up to a position of
the journal; a search looks through the few that came after it. They are filled
as of one moment while others write on. What journals is caught up with from that moment
on, and what does not, as the first release, by the comparison of index and
catalog. The extension is a trusted one: the database's owner may create it.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

UNICODE = "pg_c_utf8"
SORTED = ("name", "price", "active", "created_at", "updated_at")
TEXTS = ("sku", "name", "description")


def text(name: str) -> sa.Column:
    return sa.Column(name, sa.Text(collation=UNICODE), nullable=False)


def moment(name: str) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def create_tables() -> None:
    op.create_table(
        "product_index",
        sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
        text("name"),
        sa.Column("price", sa.Numeric(12, 2), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        moment("created_at"),
        moment("updated_at"),
        sa.PrimaryKeyConstraint("id", name="product_index_pk"),
    )
    op.create_table(
        "product_blocks",
        sa.Column("block", sa.BigInteger, autoincrement=False, nullable=False),
        *(text(name) for name in TEXTS),
        sa.PrimaryKeyConstraint("block", name="product_blocks_pk"),
    )
    op.create_table(
        "product_index_state",
        sa.Column("is_only", sa.Boolean, server_default=sa.true(), nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("total", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("is_only", name="product_index_state_pk"),
        sa.CheckConstraint("is_only", name="product_index_state_is_only_ck"),
    )


def fill() -> None:
    """From the products there are.

    In one statement: position, products and their number have to be of one moment.
    """
    texts = ", ".join(f"lower(string_agg({name}, chr(30)))" for name in TEXTS)
    op.execute(
        f"""
        WITH rows AS (
            INSERT INTO product_index SELECT id, lower(name), coalesce(price, -1), active,
                created_at, updated_at FROM products
        ), blocks AS (
            INSERT INTO product_blocks SELECT id >> 4, {texts} FROM products GROUP BY id >> 4
        )
        INSERT INTO product_index_state (position, total) SELECT
            coalesce((SELECT max(position) FROM revisions), 0), (SELECT count(*) FROM products)
        """
    )


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    create_tables()
    op.execute("SET LOCAL maintenance_work_mem = '128MB'")
    fill()
    for name in SORTED:
        op.create_index(f"product_index_{name}_id_ix", "product_index", [name, "id"])
    op.create_index(
        "product_blocks_trigrams_ix",
        "product_blocks",
        list(TEXTS),
        postgresql_using="gin",
        postgresql_ops={name: "gin_trgm_ops" for name in TEXTS},
    )


def downgrade() -> None:
    for table in ("product_index_state", "product_blocks", "product_index"):
        op.drop_table(table)
    op.execute("DROP EXTENSION pg_trgm")
