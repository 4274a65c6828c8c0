"""Ways to a page are tried for a while, and leave nothing behind."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.extensions import db
from app.products import choosing, listing, totals
from app.products.search import Search
from app.products.totals import Sample
from tests.products.catalog import COSTS, create, index


def test_where_every_way_takes_too_long_everything_is_read(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [create(client, f"S{n}", name="chair")["id"] for n in range(9)]
    index(app)
    tried = []
    narrow = Search.narrow

    def dawdle(search: Search, *arguments: Any) -> Any:
        statement = narrow(search, *arguments)
        [limit] = search.connection.execute(sa.text("SHOW statement_timeout")).scalars()
        tried.append(limit)
        return statement if limit == "0" else statement.where(sa.func.pg_sleep(60).is_not(None))

    monkeypatch.setattr(totals, "SMALL_PAGES", -1)
    monkeypatch.setattr(choosing, "ATTEMPT_MILLISECONDS", 50)
    monkeypatch.setattr(Search, "narrow", dawdle)
    page = client.get("/api/products?q=chair&sort=name&limit=5").get_json()
    assert [item["id"] for item in page["items"]] == ids[:5]
    page = client.get(f"/api/products?q=chair&sort=name&cursor={page['next_cursor']}").get_json()
    assert [item["id"] for item in page["items"]] == ids[5:]
    page = client.get("/api/products?sort=name&limit=5").get_json()
    assert [item["id"] for item in page["items"]] == ids[:5]
    assert set(tried) == {"50ms", "0"}


def test_no_limit_and_no_setting_stays_behind_when_products_are_read(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(client, "S1", name="chair")
    index(app)
    settings = []
    fetch = listing._fetch_products

    def look(connection: sa.Connection, ids: Any) -> Any:
        names = ("statement_timeout", "enable_bitmapscan", "enable_seqscan", "work_mem", "jit")
        shown = (connection.execute(sa.text(f"SHOW {name}")).scalar() for name in names)
        settings.append(tuple(shown))
        return fetch(connection, ids)

    monkeypatch.setattr(totals, "SMALL_PAGES", -1)
    monkeypatch.setattr(listing, "_fetch_products", look)
    with db.engine.connect() as connection:
        jit = connection.execute(sa.text("SHOW jit")).scalar()
    for query in ("", "q=chair", "q=chair&sort=name", "active=true", "q=zebra&active=true"):
        client.get(f"/api/products?{query}")
    assert settings == [("0", "on", "on", "4MB", jit)] * 5


def test_an_estimate_is_not_below_what_is_shown_and_none_where_all_is(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(9):
        create(client, f"S{number}", name="chair")
    index(app)
    monkeypatch.setattr(totals, "SMALL_PAGES", -1)
    monkeypatch.setattr(choosing, "take_sample", lambda *_: Sample(9, 9, 0, 0, 9))
    for name, cost in COSTS["walked"].items():
        monkeypatch.setattr(choosing, name, cost)
    page = client.get("/api/products?q=chair&limit=5").get_json()
    assert (page["total"], page["total_is_estimate"]) == (6, True)
    for limit, query, total in ((9, "chair", 9), (5, "zq", 0)):
        page = client.get(f"/api/products?q={query}&limit={limit}").get_json()
        assert (page["total"], page["total_is_estimate"]) == (total, False)


def test_an_empty_text_narrows_nothing(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(client, "S1")
    index(app)
    monkeypatch.setattr(totals, "SMALL_PAGES", -1)
    page = client.get("/api/products?q=&name=").get_json()
    assert (page["total"], page["total_is_estimate"], len(page["items"])) == (1, False, 1)


def test_a_connection_that_is_lost_on_the_way_is_the_database_being_away(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(client, "S1", name="chair")
    index(app)
    narrow = Search.narrow

    def lose(search: Search, *arguments: Any) -> Any:
        pid = search.connection.execute(sa.text("SELECT pg_backend_pid()")).scalar()
        with db.engine.connect() as other:
            other.execute(sa.text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
        return narrow(search, *arguments)

    monkeypatch.setattr(totals, "SMALL_PAGES", -1)
    monkeypatch.setattr(Search, "narrow", lose)
    assert client.get("/api/products?q=chair&sort=name").status_code == 503
    monkeypatch.setattr(Search, "narrow", narrow)
    assert client.get("/api/products?q=chair&sort=name").status_code == 200
