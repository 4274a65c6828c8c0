"""The catalog's index holds texts folded: in the Unicode form NFKC, and in lower case.

Why: a text was found only in the form in which it was typed: `café` with an é of one character did
not find one of two, and a space no no-break space. Most texts have one form; the others, and the
blocks and zones that have them, are put right here.

A release that folds nothing indexes on beside this one; what it has indexed is told by `folded`,
and is indexed again.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# As app.products.indexing.INDEXING; migrations stand alone.
INDEXING = 7_220_519_005
FOLDED = "lower(normalize({}, NFKC))"
LOWERED = "lower({})"


def find_other_forms() -> bool:
    """Note the products that have another form; whether there are any."""
    op.execute(
        """
        CREATE TEMPORARY TABLE other_forms ON COMMIT DROP AS SELECT id, id >> 4 AS block
        FROM products WHERE sku IS NOT NFKC NORMALIZED OR name IS NOT NFKC NORMALIZED
            OR description IS NOT NFKC NORMALIZED
        """
    )
    return bool(op.get_bind().execute(sa.text("SELECT EXISTS (SELECT FROM other_forms)")).scalar())


def rewrite(form: str) -> None:
    """Put the index, the blocks and the zones into another form, where that differs."""
    name, description = form.format("p.name"), form.format("p.description")
    op.execute(
        f"UPDATE catalog_index AS i SET name = {name}, description = {description} "
        "FROM products AS p JOIN other_forms USING (id) WHERE p.id = i.id"
    )
    texts = ", ".join(
        f"{form.format(f'string_agg({column}, chr(30) ORDER BY id)')} AS {column}"
        for column in ("sku", "name", "description")
    )
    op.execute(
        "UPDATE product_blocks AS b SET sku = f.sku, name = f.name, description = f.description "
        f"FROM (SELECT id >> 4 AS block, {texts} FROM products "
        "WHERE id >> 4 IN (SELECT block FROM other_forms) GROUP BY 1) AS f "
        "WHERE f.block = b.block"
    )
    # Made anew by the next worker that looks after the index.
    op.execute("DELETE FROM catalog_grams")
    op.execute("DELETE FROM catalog_zones")
    op.execute("UPDATE catalog_index_state SET zoned = 0, zoned_since = 0")


def upgrade() -> None:
    # Nobody indexes meanwhile.
    op.execute(f"SELECT pg_advisory_xact_lock({INDEXING})")
    op.add_column("catalog_index", sa.Column("sku_folded", sa.Text(collation="pg_c_utf8")))
    op.add_column(
        "catalog_index_state",
        sa.Column("folded", sa.BigInteger, server_default=sa.text("0"), nullable=False),
    )
    if find_other_forms():
        rewrite(FOLDED)
        op.execute(
            f"UPDATE catalog_index AS i SET sku_folded = {FOLDED.format('p.sku')} "
            "FROM products AS p JOIN other_forms USING (id) "
            f"WHERE p.id = i.id AND {FOLDED.format('p.sku')} <> lower(p.sku)"
        )
    op.execute("UPDATE catalog_index_state SET folded = position")


def downgrade() -> None:
    op.execute(f"SELECT pg_advisory_xact_lock({INDEXING})")
    if find_other_forms():
        rewrite(LOWERED)
    op.drop_column("catalog_index_state", "folded")
    op.drop_column("catalog_index", "sku_folded")
