"""What the journal knows of the catalog: the products' table by its name and columns.

The catalog builds on the journal, and not the other way round; to take changes
back, the journal needs no more of it than this.
"""

from __future__ import annotations

import sqlalchemy as sa

from app.texts import UNICODE

products = sa.table(
    "products",
    sa.column("id", sa.BigInteger),
    sa.column("sku", sa.Text(collation=UNICODE)),
    sa.column("name", sa.Text(collation=UNICODE)),
    sa.column("description", sa.Text(collation=UNICODE)),
    sa.column("price", sa.Numeric(12, 2)),
    sa.column("active", sa.Boolean),
    sa.column("version", sa.Integer),
    sa.column("created_at", sa.DateTime(timezone=True)),
    sa.column("updated_at", sa.DateTime(timezone=True)),
)
VALUES = ("sku", "name", "description", "price", "active")
