"""What the catalog's index takes over, and gives back, from one form to the next."""

from __future__ import annotations

from tests.migrations.conftest import Database


def test_what_the_old_tables_have_otherwise_is_left_to_the_comparison(database: Database) -> None:
    database.upgrade("0008")
    for number in (1, 2, 3):
        database.run("INSERT INTO products (sku, name) VALUES (%s, %s)", f"S{number}", "Chair")
    database.run(
        "INSERT INTO product_index SELECT id, lower(name), -1, active, created_at, updated_at "
        "FROM products WHERE id < 3"
    )
    database.run("INSERT INTO product_blocks VALUES (0, 's1', 'chair', '')")
    database.run("UPDATE product_index SET name = 'table' WHERE id = 2")
    database.run("UPDATE product_index_state SET position = 7, total = 2")
    database.upgrade("0009")
    assert database.run("SELECT id, name, price::text, active FROM catalog_index") == [
        (1, "chair", "-1.00", True)
    ]
    assert database.run("SELECT position, total, zoned FROM catalog_index_state") == [(7, 2, 0)]


def test_texts_of_another_unicode_form_are_folded_and_nothing_else_is_touched(
    database: Database,
) -> None:
    database.upgrade("0013")
    products = [("Ａ1", "Cafe\u0301", "1\u00a0KG"), ("B1", "Café", ""), ("C1", "Chair", "")]
    for number, values in enumerate(products, 15):
        database.run(
            "INSERT INTO products (id, sku, name, description) OVERRIDING SYSTEM VALUE "
            f"VALUES ({number}, %s, %s, %s)",
            *values,
        )
    database.run(
        "INSERT INTO catalog_index SELECT id, lower(sku), lower(name), lower(description), -1, "
        "active, created_at, updated_at FROM products"
    )
    database.run(
        "INSERT INTO product_blocks SELECT id >> 4, lower(string_agg(sku, chr(30) ORDER BY id)), "
        "lower(string_agg(name, chr(30) ORDER BY id)), "
        "lower(string_agg(description, chr(30) ORDER BY id)) FROM products GROUP BY 1"
    )
    database.run("UPDATE catalog_index_state SET position = 7, total = 3, zoned = 3")
    blocks = "SELECT block, sku, name, description FROM product_blocks ORDER BY 1"
    before = database.run(blocks)
    database.upgrade("0014")
    assert database.run(
        "SELECT sku, sku_folded, name, description FROM catalog_index ORDER BY id"
    ) == [
        ("ａ1", "a1", "café", "1 kg"),
        ("b1", None, "café", ""),
        ("c1", None, "chair", ""),
    ]
    assert database.run(blocks) == [(0, "a1", "café", "1 kg"), before[1]]
    state = "SELECT position, folded, zoned FROM catalog_index_state"
    assert database.run(state) == [(7, 7, 0)]
    database.downgrade("0013")
    assert database.run(blocks) == before
