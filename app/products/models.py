"""The products table.

`sku` collates as `pg_c_utf8`, PostgreSQL's built-in Unicode collation: what
`lower(sku)` does then depends on no host's locale, and the unique index on it
means the same wherever the database runs.
"""

from __future__ import annotations

import sqlalchemy as sa

from app.extensions import db
from app.texts import UNICODE

# Between the texts of several products, or several of one: forbidden in all of them, so that no
# piece that is looked for reaches across it.
SEPARATOR = "\x1e"

products = sa.Table(
    "products",
    db.metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("sku", sa.Text(collation=UNICODE), nullable=False),
    sa.Column("name", sa.Text(collation=UNICODE), nullable=False),
    sa.Column("description", sa.Text(collation=UNICODE), nullable=False, server_default=""),
    sa.Column("price", sa.Numeric(12, 2)),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("version", sa.Integer, nullable=False, server_default=sa.text("1")),
    sa.Column(
        "created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    ),
    sa.Column(
        "updated_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
    ),
)

sku_key = sa.func.lower(products.c.sku)
sa.Index("products_sku_key", sku_key, unique=True)

# What the catalog is found and sorted by: the products with their texts folded (see texts.py), and
# a price of -1 where there is none. SKUs are sorted by, and unique, in lower case only; what one is
# found by stands beside where it differs. Kept behind the journal (see indexing.py): indexes on
# `products` itself would cost an import more than all the rest of it.
catalog_index = sa.Table(
    "catalog_index",
    db.metadata,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("sku", sa.Text(collation=UNICODE), nullable=False),
    sa.Column("name", sa.Text(collation=UNICODE), nullable=False),
    sa.Column("description", sa.Text(collation=UNICODE), nullable=False),
    sa.Column("price", sa.Numeric(12, 2), nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("sku_folded", sa.Text(collation=UNICODE)),
)
for _column in ("sku", "name", "price", "created_at", "updated_at"):
    sa.Index(f"catalog_index_{_column}_id_ix", catalog_index.c[_column], catalog_index.c.id)
sa.Index("catalog_index_active_ix", catalog_index.c.active)

# The texts of neighbouring products, folded, in one row: a sixteenth of the rows to look
# through, and a trigram that all of them hold is indexed once.
product_blocks = sa.Table(
    "product_blocks",
    db.metadata,
    sa.Column("block", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("sku", sa.Text(collation=UNICODE), nullable=False),
    sa.Column("name", sa.Text(collation=UNICODE), nullable=False),
    sa.Column("description", sa.Text(collation=UNICODE), nullable=False),
)
sa.Index(
    "product_blocks_trigrams_ix",
    product_blocks.c.sku,
    product_blocks.c.name,
    product_blocks.c.description,
    postgresql_using="gin",
    postgresql_ops=dict.fromkeys(("sku", "name", "description"), "gin_trgm_ops"),
)

# One row: up to which position of the journal `catalog_index` and `product_blocks` are true, how
# many products there were then, and up to which product they were compared with the catalog (see
# comparing.py). `zoned`: how many products the zones were made for, 0 while there are none, and
# how many were put into them since (see zoning.py). `folded`: up to which position a release has
# indexed that folds texts; one that does not moves `position` on alone.
indexed = sa.Table(
    "catalog_index_state",
    db.metadata,
    sa.Column("is_only", sa.Boolean, primary_key=True, server_default=sa.true()),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("total", sa.BigInteger, nullable=False),
    sa.Column("compared_to", sa.BigInteger, nullable=False, server_default=sa.text("0")),
    sa.Column("zoned", sa.BigInteger, nullable=False, server_default=sa.text("0")),
    sa.Column("zoned_since", sa.BigInteger, nullable=False, server_default=sa.text("0")),
    sa.Column("folded", sa.BigInteger, nullable=False, server_default=sa.text("0")),
    sa.CheckConstraint("is_only", name="is_only"),
)

# Neighbours in an order, some hundreds of them: from a sort key, itself included, to the next
# zone's. Each kind of key has its own columns; the others are NULL. `added`: how many rows
# were put in since the zone was made.
catalog_zones = sa.Table(
    "catalog_zones",
    db.metadata,
    sa.Column("sort", sa.Text, primary_key=True),
    sa.Column("zone", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("from_text", sa.Text(collation=UNICODE)),
    sa.Column("from_number", sa.Numeric),
    sa.Column("from_moment", sa.DateTime(timezone=True)),
    sa.Column("from_id", sa.BigInteger, nullable=False),
    sa.Column("to_text", sa.Text(collation=UNICODE)),
    sa.Column("to_number", sa.Numeric),
    sa.Column("to_moment", sa.DateTime(timezone=True)),
    sa.Column("to_id", sa.BigInteger, nullable=False),
    sa.Column("added", sa.BigInteger, nullable=False, server_default=sa.text("0")),
)

# For each slot of grams.py the zones whose products' texts have a gram of that slot: bit n % 8,
# from the lowest, of byte n // 8 stands for the zone part * PART_ZONES + n.
catalog_grams = sa.Table(
    "catalog_grams",
    db.metadata,
    sa.Column("slot", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("sort", sa.Text, primary_key=True),
    sa.Column("part", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("zones", sa.LargeBinary, nullable=False),
)

# What releases up to schema 0008 look into, and keep up while one of them runs beside this
# one. Nothing here reads it; it goes with the next release.
product_index = sa.Table(
    "product_index",
    db.metadata,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text(collation=UNICODE), nullable=False),
    sa.Column("price", sa.Numeric(12, 2), nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
)
for _column in ("name", "price", "active", "created_at", "updated_at"):
    sa.Index(f"product_index_{_column}_id_ix", product_index.c[_column], product_index.c.id)
product_index_state = sa.Table(
    "product_index_state",
    db.metadata,
    sa.Column("is_only", sa.Boolean, primary_key=True, server_default=sa.true()),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("total", sa.BigInteger, nullable=False),
    sa.Column("compared_to", sa.BigInteger, nullable=False, server_default=sa.text("0")),
    sa.CheckConstraint("is_only", name="is_only"),
)
