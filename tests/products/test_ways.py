"""Ways to a page are tried for a while, and leave nothing behind."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.extensions import db
from app.products import choosing, listing, totals
from app.products.models import products
from app.products.search import Search
from app.products.totals import Sample
from tests.products.catalog import COSTS, create, index, walk

LIMITS = "app.products.choosing.ATTEMPT_MILLISECONDS", "app.products.choosing.LAST_MILLISECONDS"


def dawdle(monkeypatch: pytest.MonkeyPatch, tried: list[str], longest: str) -> None:
    """Have every look into the index last for a minute where it may take no longer than this."""
    narrow = Search.narrow

    def narrow_slowly(search: Search, *arguments: Any) -> Any:
        statement = narrow(search, *arguments)
        [limit] = search.connection.execute(sa.text("SHOW statement_timeout")).scalars()
        tried.append(limit)
        is_slow = limit in ("50ms", longest)
        return statement.where(sa.func.pg_sleep(60).is_not(None)) if is_slow else statement

    monkeypatch.setattr(totals, "SMALL_PAGES", -1)
    monkeypatch.setattr(LIMITS[0], 50)
    monkeypatch.setattr(Search, "narrow", narrow_slowly)


def test_where_every_way_takes_too_long_everything_is_read(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [create(client, f"S{n}", name="chair")["id"] for n in range(9)]
    index(app)
    tried: list[str] = []
    dawdle(monkeypatch, tried, longest="50ms")
    page = client.get("/api/products?q=chair&sort=name&limit=5").get_json()
    assert [item["id"] for item in page["items"]] == ids[:5]
    page = client.get(f"/api/products?q=chair&sort=name&cursor={page['next_cursor']}").get_json()
    assert [item["id"] for item in page["items"]] == ids[5:]
    page = client.get("/api/products?sort=name&limit=5").get_json()
    assert [item["id"] for item in page["items"]] == ids[:5]
    assert set(tried) == {"50ms", "5s"}


@pytest.mark.parametrize("query", ["q=chair&sort=name", "sort=name"])
def test_a_search_for_which_the_last_way_takes_too_long_is_refused_as_overload(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    create(client, "S1", name="chair")
    index(app)
    dawdle(monkeypatch, [], longest="60ms")
    monkeypatch.setattr(LIMITS[1], 60)
    answer = client.get(f"/api/products?{query}")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.get_json()["type"] == "/problems/search-overloaded"


@pytest.mark.parametrize("way", ["any", "walked", "by trigrams", "by ranges"])
def test_a_page_is_filled_past_products_that_the_index_does_not_know_to_be_gone(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    ids = [create(client, f"S{n}", name="chair", price=f"{n}")["id"] for n in range(12)]
    index(app)
    with db.engine.begin() as connection:
        connection.execute(sa.delete(products).where(products.c.id.in_(ids[1:8])))
    monkeypatch.setattr(totals, "SMALL_PAGES", -1)
    for name, cost in COSTS.get(way, {}).items():
        monkeypatch.setattr(choosing, name, cost)
    left = [ids[0], *ids[8:]]
    for query in ("sort=name", "sort=price", "q=chair&sort=id", "q=chair&sort=name&active=true"):
        page = client.get(f"/api/products?limit=3&{query}").get_json()
        assert [item["id"] for item in page["items"]] == left[:3], query
        assert page["next_cursor"], query
        assert page["total_is_estimate"] or page["total"] == 5, query
        assert [item["id"] for item in walk(client, query, 3)] == left, query


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
