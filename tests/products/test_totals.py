"""The size of the catalog is exact whatever has been done to it, and pages are bounded by bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app import page_bytes
from app.changes.models import revisions
from app.extensions import db
from app.products import totals
from tests.imports.factories import upload
from tests.products.catalog import create, index, walk


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every catalog is large, and few changes are many."""
    monkeypatch.setattr(totals, "SMALL_PAGES", -1)
    monkeypatch.setattr(totals, "MOST_RECENT", 5)


def total(client: FlaskClient, query: str = "") -> tuple[int, bool]:
    page = client.get(f"/api/products?limit=2&{query}").get_json()
    return page["total"], page["total_is_estimate"]


@pytest.mark.parametrize("counted", [True, False])
def test_the_total_is_exact_while_much_has_changed_and_nothing_is_indexed_of_it(
    app: Flask,
    client: FlaskClient,
    run_jobs: Callable[[], None],
    large: None,
    counted: bool,
) -> None:
    def settle() -> None:
        run_jobs()
        if not counted:  # as a release leaves it that does not count
            with db.engine.begin() as connection:
                connection.execute(sa.update(revisions).values(added=None))

    rows = [f"S{n},Name\n" for n in range(40)]
    upload(client, "sku,name\n" + "".join(rows))
    settle()
    index(app)
    upload(client, "sku,name,price\n" + "".join(f"S{n},Name,{n}\n" for n in range(50)))
    settle()
    assert [total(client, f"sort={sort}") for sort in ("id", "-name")] == [(50, False)] * 2
    deletion = client.delete("/api/products?confirm=all").get_json()["id"]
    settle()
    assert total(client) == (0, False)
    upload(client, "sku,name\n" + "".join(rows[:12]))
    settle()
    for sort in ("id", "-name"):
        assert total(client, f"sort={sort}") == (12, False)
        assert len(walk(client, f"sort={sort}", 5)) == 12
    client.post(f"/api/change-sets/{deletion}/undo")
    settle()
    created = create(client, "another")
    settle()
    assert total(client) == (51, False)
    client.delete(f"/api/products/{created['id']}")
    settle()
    index(app)
    assert total(client) == (50, False)


@pytest.mark.parametrize("is_small", [True, False])
def test_a_page_of_large_texts_is_shorter_and_the_list_still_whole(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, is_small: bool
) -> None:
    monkeypatch.setattr(page_bytes, "PAGE_BYTES", 100)
    if not is_small:
        monkeypatch.setattr(totals, "SMALL_PAGES", -1)
    made: list[Any] = [create(client, f"S{n}", description="x" * 40) for n in range(9)]
    index(app)
    page = client.get("/api/products?sort=id").get_json()
    assert (len(page["items"]), page["total"]) == (2, 9)
    for query in ("sort=id", "sort=name&q=x"):
        assert walk(client, query, 5) == made
