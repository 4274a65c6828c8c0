"""The products table.

`sku` collates as `pg_c_utf8`, PostgreSQL's built-in Unicode collation: what
`lower(sku)` does then depends on no host's locale, and the unique index on it
means the same wherever the database runs.
"""

from __future__ import annotations

import sqlalchemy as sa

from app.extensions import db

UNICODE = "pg_c_utf8"

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
