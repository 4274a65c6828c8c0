"""The tables of 0009 take over from those of 0003 without saying too much."""

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
