"""What is written past the journal is indexed all the same, some time later."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.extensions import db
from app.housekeeping import Postponed
from app.locks import try_number
from app.products import comparing, totals
from app.products.comparing import COMPARING, compare_index
from app.products.indexing import INDEXING
from app.products.models import catalog_index, indexed, product_blocks
from tests.chores import do_now
from tests.products.catalog import count, create, index


def write(statement: str) -> None:
    """Write as somebody does who knows nothing of the journal."""
    with db.engine.begin() as connection:
        connection.execute(sa.text(statement))


def read_index() -> list[tuple[object, ...]]:
    with db.engine.connect() as connection:
        rows = sa.select(catalog_index.c.id, catalog_index.c.name).order_by(catalog_index.c.id)
        return [tuple(row) for row in connection.execute(rows)]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client, and four products that are indexed."""
    client = app.test_client()
    for sku in "ABCD":
        create(client, sku)
    index(app)
    return client


@pytest.mark.parametrize("at_once", [1, 2, 3, 100])
def test_what_differs_is_indexed_as_it_is(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(comparing, "COMPARED_AT_ONCE", at_once)
    write("UPDATE products SET name = 'Other' WHERE id = 2")
    write("DELETE FROM products WHERE id = 4")
    write("INSERT INTO products (sku, name) VALUES ('E', 'New')")
    do_now(COMPARING)
    assert read_index() == [(1, "name of a"), (2, "other"), (3, "name of c"), (5, "new")]
    with db.engine.connect() as connection:
        [names] = connection.execute(sa.select(product_blocks.c.name)).scalars()
        assert names.split("\x1e") == ["name of a", "other", "name of c", "new"]
        assert connection.execute(sa.select(indexed.c.compared_to)).scalar() == 0


def test_what_does_not_differ_is_not_written(client: FlaskClient) -> None:
    with db.engine.begin() as connection:
        assert compare_index(connection).rows == 0


def test_a_comparison_is_postponed_while_the_index_is_at_work(client: FlaskClient) -> None:
    with db.engine.begin() as elsewhere:
        assert try_number(elsewhere, INDEXING)
        with db.engine.begin() as connection, pytest.raises(Postponed):
            compare_index(connection)


def test_a_comparison_is_postponed_while_the_index_is_behind(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing, "MANY_RECENT", 1)
    create(client, "E")
    with db.engine.begin() as connection, pytest.raises(Postponed):
        compare_index(connection)


def test_nothing_is_compared_before_anything_was_indexed(app: Flask) -> None:
    create(app.test_client(), "A")
    do_now(COMPARING)
    assert count(catalog_index) == 0


def test_the_number_of_products_is_put_right(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("DELETE FROM products WHERE id < 3")
    create(client, "E")
    do_now(COMPARING)
    monkeypatch.setattr(totals, "SMALL_PAGES", -1)
    assert client.get("/api/products").get_json()["total"] == 3
