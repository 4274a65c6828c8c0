"""SKUs are composed by the upgrade, as a change of the journal."""

from __future__ import annotations

from tests.migrations.conftest import Database


def test_skus_are_composed_and_those_that_would_collide_are_left(database: Database) -> None:
    database.upgrade("0014")
    skus = ["CAFE\u0301", "Cup", "te\u0301", "TÉ", "u\u0308\u0323", "u\u0323\u0308"]
    for number, sku in enumerate(skus, 1):
        database.run(
            "INSERT INTO products (id, sku, name, price) OVERRIDING SYSTEM VALUE "
            f"VALUES ({number}, %s, 'Cup', 5)",
            sku,
        )
    database.upgrade("0015")
    found = database.run("SELECT id, sku, version FROM products ORDER BY id")
    assert found == [
        (1, "CAFÉ", 2),
        *[(number, sku, 1) for number, sku in enumerate(skus, 1) if number > 1],
    ]
    assert database.run("SELECT product_id, version, action, sku, price::int FROM changes") == [
        (1, 2, "updated", "CAFE\u0301", 5)
    ]
    positioned = "SELECT actor, position IS NOT NULL, added FROM revisions"
    assert database.run(positioned) == [("upgrade", True, 0)]
    assert database.run("SELECT count(*) FROM announcements") == [(1,)]
    database.downgrade("0014")
    database.upgrade("0015")
    assert database.run("SELECT count(*) FROM changes") == [(1,)]


def test_a_catalog_of_composed_skus_is_not_touched(database: Database) -> None:
    database.upgrade("0014")
    database.run("INSERT INTO products (sku, name) VALUES ('CAFÉ', 'Cup')")
    database.upgrade("0015")
    assert database.run("SELECT version FROM products") == [(1,)]
    assert database.run("SELECT count(*) FROM revisions") == [(0,)]
