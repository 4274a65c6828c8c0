"""The catalog's index with all its texts, and zones that tell where a text does not occur.

Why: walking a sort for a text read every product that it passed, from two tables; a text
common far away in that sort took seconds at five million products, and a text of one or
two characters that is nowhere had all texts read. The tables of 0003 stay as they are for releases
that know them only.

Filled as of one moment while others write on, as in 0003; the zones are made by the
first worker that looks after the index.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

UNICODE = "pg_c_utf8"
SORTED = ("sku", "name", "price", "created_at", "updated_at")


def text(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Text(collation=UNICODE), nullable=nullable)


def moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def counter(name: str, *, default: str | None = None) -> sa.Column:
    server_default = None if default is None else sa.text(default)
    return sa.Column(name, sa.BigInteger, nullable=False, server_default=server_default)


def create_index_tables() -> None:
    op.create_table(
        "catalog_index",
        sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
        text("sku"),
        text("name"),
        text("description"),
        sa.Column("price", sa.Numeric(12, 2), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        moment("created_at"),
        moment("updated_at"),
        sa.PrimaryKeyConstraint("id", name="catalog_index_pk"),
    )
    op.create_table(
        "catalog_index_state",
        sa.Column("is_only", sa.Boolean, server_default=sa.true(), nullable=False),
        counter("position"),
        counter("total"),
        counter("compared_to", default="0"),
        counter("zoned", default="0"),
        counter("zoned_since", default="0"),
        sa.PrimaryKeyConstraint("is_only", name="catalog_index_state_pk"),
        sa.CheckConstraint("is_only", name="catalog_index_state_is_only_ck"),
    )


def create_zone_tables() -> None:
    bounds = [
        column
        for end in ("from", "to")
        for column in (
            text(f"{end}_text", nullable=True),
            sa.Column(f"{end}_number", sa.Numeric),
            moment(f"{end}_moment", nullable=True),
            counter(f"{end}_id"),
        )
    ]
    op.create_table(
        "catalog_zones",
        sa.Column("sort", sa.Text, nullable=False),
        sa.Column("zone", sa.Integer, nullable=False),
        *bounds,
        counter("added", default="0"),
        sa.PrimaryKeyConstraint("sort", "zone", name="catalog_zones_pk"),
    )
    op.create_table(
        "catalog_grams",
        sa.Column("slot", sa.Integer, nullable=False),
        sa.Column("sort", sa.Text, nullable=False),
        sa.Column("part", sa.Integer, nullable=False),
        sa.Column("zones", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("slot", "sort", "part", name="catalog_grams_pk"),
    )


def fill() -> None:
    """From the products that the tables of 0003 have as they are.

    Position and total are those of these tables, which `product_blocks` is true of too. What has
    changed since is looked at in the products themselves; what was written past the journal is left
    out, so that the comparison finds it missing, and puts its block right as well.
    """
    op.execute(
        """
        WITH rows AS (
            INSERT INTO catalog_index SELECT id, lower(sku), lower(name), lower(description),
                coalesce(price, -1), active, created_at, updated_at FROM products
            WHERE EXISTS (
                SELECT FROM product_index AS i
                WHERE i.id = products.id AND (i.name, i.price, i.active, i.created_at, i.updated_at)
                    = (lower(products.name), coalesce(products.price, -1), products.active,
                       products.created_at, products.updated_at)
            )
        )
        INSERT INTO catalog_index_state (position, total)
        SELECT position, total FROM product_index_state
        """
    )


def upgrade() -> None:
    create_index_tables()
    create_zone_tables()
    op.execute("SET LOCAL maintenance_work_mem = '128MB'")
    fill()
    for name in SORTED:
        op.create_index(f"catalog_index_{name}_id_ix", "catalog_index", [name, "id"])
    op.create_index("catalog_index_active_ix", "catalog_index", ["active"])


def downgrade() -> None:
    """With the tables of 0003 brought up to date, as far as their successors are."""
    op.execute("DELETE FROM product_index")
    op.execute(
        """
        INSERT INTO product_index
        SELECT id, name, price, active, created_at, updated_at FROM catalog_index
        """
    )
    op.execute(
        """
        UPDATE product_index_state SET position = s.position, total = s.total, compared_to = 0
        FROM catalog_index_state AS s
        """
    )
    for table in ("catalog_grams", "catalog_zones", "catalog_index_state", "catalog_index"):
        op.drop_table(table)
