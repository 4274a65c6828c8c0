"""SKUs in Unicode's composed form (NFC).

Why: é as one character and as two were two products that nobody can tell apart. From now on
a SKU is composed before it is stored or looked for; what is there is made so here, as a
change of the journal. Where the composed SKU belongs to another product already, both stay as
they are: which of the two is right is for a person to say. They are listed in the log.

Revision ID: 0015
Revises: 0014
"""

import logging

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

LISTED = 20
# Taken by every writer before it gives a revision its place.
COMMITTING = 7_220_519_003
log = logging.getLogger("migrations")

# The products whose SKU is not composed, and whether another one has, or would get, the same.
UNCOMPOSED = """
CREATE TEMPORARY TABLE uncomposed ON COMMIT DROP AS
SELECT found.id, found.sku AS old_sku, found.new_sku,
    count(*) OVER (PARTITION BY lower(found.new_sku)) > 1 OR EXISTS (
        SELECT FROM products AS other
        WHERE lower(other.sku) = lower(found.new_sku) AND other.id <> found.id
    ) AS is_taken
FROM (
    SELECT id, sku, normalize(sku, NFC) COLLATE pg_c_utf8 AS new_sku
    FROM products WHERE sku IS NOT NFC NORMALIZED
) AS found
"""
WRITE = """
WITH written AS (
    UPDATE products SET
        sku = uncomposed.new_sku, version = version + 1, updated_at = clock_timestamp()
    FROM uncomposed
    WHERE products.id = uncomposed.id AND products.sku = uncomposed.old_sku AND NOT is_taken
    RETURNING new.id, new.version, old.sku, old.name, old.description, old.price, old.active,
        old.created_at, old.updated_at
)
INSERT INTO changes (revision_id, product_id, version, action, sku, name, description, price,
    active, created_at, updated_at)
SELECT :revision, id, version, 'updated', sku, name, description, price, active, created_at,
    updated_at
FROM written
"""
BEGIN = """
INSERT INTO revisions (actor, at) VALUES ('upgrade', clock_timestamp()) RETURNING id
"""
CLOSE = """
UPDATE revisions SET
    position = nextval('revisions_position_seq'), at = clock_timestamp(), added = 0
WHERE id = :revision
"""
TAKEN = "SELECT id FROM uncomposed WHERE is_taken ORDER BY id LIMIT :limit"


def upgrade() -> None:
    connection = op.get_bind()
    connection.execute(sa.text(UNCOMPOSED))
    taken = connection.execute(sa.text(TAKEN), {"limit": LISTED}).scalars().all()
    if taken:
        log.warning(
            "products whose SKU in composed Unicode belongs to another product keep it as it is",
            extra={"product_ids": list(taken)},
        )
    if not connection.execute(
        sa.text("SELECT EXISTS (SELECT FROM uncomposed WHERE NOT is_taken)")
    ).scalar():
        return
    number = {"revision": connection.execute(sa.text(BEGIN)).scalar_one()}
    connection.execute(sa.text(WRITE), number)
    connection.execute(sa.text("INSERT INTO announcements (revision_id) VALUES (:revision)"), number)
    connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({COMMITTING})"))
    connection.execute(sa.text(CLOSE), number)


def downgrade() -> None:
    """Nothing: the release before reads composed SKUs as well."""
