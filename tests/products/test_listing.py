"""Lists of products: every filter, every order, both ways; the same in small and large catalogs."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.extensions import db
from app.products import choosing, totals
from app.products.index_jobs import catch_up
from app.products.models import catalog_index, catalog_zones, indexed, product_blocks
from tests.products.catalog import COSTS, Kept, count, create, index, small_zones, walk
from tests.thorough import THOROUGH

SORTS = ("id", "sku", "name", "price", "created_at", "updated_at")
WORDS = (
    "Éclair",
    "chair",
    "CHAIR",
    "100%",
    "a_b",
    "İstanbul",
    "椅子",
    "oak",
    "ßharp",
    "--",
    "\\o/",
)
QUERIES: tuple[dict[str, str], ...] = (
    {}, {"q": "chair"}, {"q": "é"}, {"q": "ÉCLAIR"}, {"q": "İ"}, {"q": "%"}, {"q": "_"},
    {"q": "--"},
    {"q": "椅"}, {"q": "\\"}, {"q": "nothing"}, {"q": "a"}, {"q": "zq"}, {"q": "o/"},
    {"q": "椅子"}, {"q": "clai", "description": "%"}, {"sku": "s1"}, {"name": "oak"},
    {"description": "chair"}, {"active": "false"}, {"active": "true"}, {"price_min": "5"},
    {"price_max": "5"}, {"price_min": "2", "price_max": "8.5"}, {"q": "chair", "active": "false"},
    {"q": "oak", "price_max": "5"}, {"name": "chair", "description": "oak"},
    {"price_min": "9999999"},
    {"created_after": "2020-01-01T00:00:00Z"}, {"created_before": "2020-01-01T00:00:00Z"},
)  # fmt: skip


@pytest.fixture(scope="module")
def kept() -> Kept:
    """The catalog as it is once made, for all tests of this file."""
    return Kept()


@pytest.fixture
def catalog(client: FlaskClient, kept: Kept) -> None:
    """Sixty products; of some, name and price are the same."""
    kept.bring(lambda: make_catalog(client))


def make_catalog(client: FlaskClient) -> None:
    chance = random.Random(6)
    made = []
    for number in range(60):
        words = " ".join(chance.choices(WORDS, k=2))
        price = chance.choice([None, None, "0", "4.99", "5", f"{number}.50"])
        fields = {"description": " ".join(chance.choices(WORDS, k=chance.randrange(3)))}
        made.append(
            create(client, f"S{number}", name=words, price=price, active=number % 4 > 0, **fields)
        )
    for product in chance.sample(made, 20):
        path = f"/api/products/{product['id']}"
        client.patch(path, json={"name": chance.choice(WORDS)})
    for product in chance.sample(made, 6):
        client.delete(f"/api/products/{product['id']}")


# How much is indexed, and whether in zones; and what is done: walk, or look up.
STATES = ("not indexed", "half indexed", "indexed", "zoned", "half zoned", "added to zones")
WAYS = (
    "small",
    *(f"{state}, walked" for state in STATES),
    "not indexed, by ranges",
    "half indexed, by trigrams",
    "half indexed, by ranges",
    "indexed, by trigrams",
    "half zoned, by zones of ids",
    "added to zones, by other zones",
)
# All products, without a filter, are found in one way only, whatever it costs.
ONE_WAY_OF_EACH = ("small", *(f"{state}, walked" for state in STATES))


@pytest.fixture(params=WAYS)
def searched(request: pytest.FixtureRequest, app: Flask, client: FlaskClient) -> Iterator[None]:
    """The ways in which a list is found; to be asked for before the catalog is made."""
    state, _, way = request.param.partition(", ")
    with ExitStack() as stack:
        if state != "small":
            stack.enter_context(patch.object(totals, "SMALL_PAGES", -1))
        for name, cost in COSTS.get(way, {}).items():
            stack.enter_context(patch.object(choosing, name, cost))
        if "zone" in state:
            stack.enter_context(small_zones())
        app.extensions["searched"], app.extensions["way"] = state, request.param
        yield


def settle(app: Flask, client: FlaskClient) -> None:
    """Index as much as the way of searching wants to have indexed."""
    state = app.extensions["searched"]
    if state not in ("small", "not indexed"):
        catch_up(db.engine)
    if state in ("half indexed", "half zoned", "added to zones"):
        for item in walk(client, "sort=id", 100)[::5]:
            client.patch(f"/api/products/{item['id']}", json={"name": f"{item['name']} oak"})
        create(client, "S-late", name="A late chair", price="3")
        client.delete(f"/api/products/{walk(client, 'sort=id', 100)[3]['id']}")
    if state == "added to zones":
        for number in range(20):
            create(client, f"S-last{number}", name=f"{number} ÉCLAIR zq", description="a_b%")
        assert catch_up(db.engine)
    assert ("zone" in state) == (count(catalog_zones) > 0)


def passes(item: Mapping[str, Any], query: Mapping[str, str]) -> bool:
    """The filter once more, in Python. (`lower()` differs from PostgreSQL's about İ.)"""

    def has(field: str, text: str) -> bool:
        return lower(text) in lower(item[field])

    price = None if item["price"] is None else float(item["price"])
    low, high = query.get("price_min"), query.get("price_max")
    return (
        (not query.get("q") or any(has(f, query["q"]) for f in ("sku", "name", "description")))
        and all(has(f, query[f]) for f in ("sku", "name", "description") if f in query)
        and ("active" not in query or item["active"] is (query["active"] == "true"))
        and (low is None or (price is not None and price >= float(low)))
        and (high is None or (price is not None and price <= float(high)))
        and ("created_before" not in query)
    )


def lower(text: str) -> str:
    return text.replace("İ", "i").lower()


def key(item: Mapping[str, Any], sort: str) -> Any:
    if sort == "price":
        return (-1.0 if item["price"] is None else float(item["price"]), item["id"])
    value = item[sort]
    return (lower(value) if isinstance(value, str) else value, item["id"])


def test_every_filter_finds_the_same_in_every_kind_of_catalog(
    app: Flask, client: FlaskClient, searched: None, catalog: None
) -> None:
    settle(app, client)
    everything = client.get("/api/products?limit=500&sort=id").get_json()["items"]
    sorts = ("-id", "name", "-price", "sku")
    for number, query in enumerate(QUERIES, WAYS.index(app.extensions["way"])):
        expected = [item for item in everything if passes(item, query)]
        page = client.get(f"/api/products?limit=500&sort=id&{urlencode(query)}").get_json()
        assert page["items"] == expected, query
        assert page["total_is_estimate"] or page["total"] == len(expected), query
        # Another order in each kind of catalog: all of them are walked in the test below.
        for sort in sorts if THOROUGH > 1 else (sorts[number % 4],):
            found = walk(client, f"sort={sort}&{urlencode(query)}", 20)
            assert found == in_order(expected, sort), (query, sort)


@pytest.mark.parametrize("searched", ONE_WAY_OF_EACH, indirect=True)
def test_every_order_is_walked_both_ways_without_loss_or_repetition(
    app: Flask, client: FlaskClient, searched: None, catalog: None
) -> None:
    settle(app, client)
    everything = client.get("/api/products?limit=500").get_json()
    items = everything["items"]
    assert (everything["total"], everything["total_is_estimate"]) == (len(items), False)
    for sort in (sign + name for name in SORTS for sign in ("", "-")):
        assert walk(client, f"sort={sort}", 11) == in_order(items, sort), sort


def in_order(items: list[dict[str, Any]], sort: str) -> list[dict[str, Any]]:
    """The items as the list has to sort them."""
    falling = sort.startswith("-")
    return sorted(items, key=lambda item: key(item, sort.lstrip("-")), reverse=falling)


def test_a_product_without_a_price_comes_before_the_cheapest_and_is_in_no_range(
    client: FlaskClient,
) -> None:
    for sku, price in (("A", None), ("B", "0"), ("C", "1")):
        create(client, sku, price=price)

    def skus(query: str) -> str:
        return "".join(item["sku"] for item in client.get(f"/api/products?{query}").json["items"])  # type: ignore[index]

    assert (skus("sort=price"), skus("sort=-price")) == ("ABC", "CBA")
    assert (skus("sort=price&price_min=0"), skus("sort=price&price_max=0")) == ("BC", "B")


def test_times_are_taken_with_any_offset_and_the_later_bound_is_left_out(
    client: FlaskClient,
) -> None:
    made = create(client, "A")["created_at"]
    for query, found in (
        (f"created_after={made}", 1),
        (f"created_before={made}", 0),
        (f"updated_after={made}&updated_before={made.replace('Z', '%2B00:00')}", 0),
        ("created_after=2020-01-01T01:00:00+01:00", 1),  # the plus sign becomes a space
        ("updated_before=2020-01-01T01:00:00-0100", 0),
    ):
        page = client.get(f"/api/products?{query}").get_json()
        assert page["total"] == found, query


def test_a_list_can_be_narrowed_to_what_a_change_set_changed(
    app: Flask, client: FlaskClient, searched: None, run_jobs: Callable[[], None]
) -> None:
    ids = [create(client, f"S{n}")["id"] for n in range(15)]
    body = {"action": "deactivate", "ids": ids[5:8]}
    change_set = client.post("/api/products/bulk", json=body).get_json()["id"]
    run_jobs()
    settle(app, client)
    page = client.get(f"/api/products?sort=id&change_set_id={change_set}").get_json()
    assert [item["id"] for item in page["items"]] == ids[5:8]
    nobodys = "018f0000-0000-7000-8000-000000000000"
    assert client.get(f"/api/products?change_set_id={nobodys}").get_json()["items"] == []


@pytest.mark.parametrize(
    "moment",
    [
        "2020-01-01T00:00:00+23:59",
        "2020-01-01T00:00:00+00:00:30.5",
        "0001-01-01T00:00:00+23:00",
        "9999-12-31T23:59:59-23:00",
        "2020-01-01T00:00:00",
    ],
)
def test_a_cursor_with_a_time_that_no_list_gives_is_refused(
    client: FlaskClient, moment: str
) -> None:
    payload = json.dumps(["created_at", "n", moment, 1])
    cursor = base64.urlsafe_b64encode(payload.encode()).decode()
    answer = client.get(f"/api/products?sort=created_at&cursor={cursor}")
    assert (answer.status_code, answer.get_json()["errors"][0]["pointer"]) == (422, "/cursor")


def test_indexing_again_writes_nothing_and_a_deleted_product_leaves_the_index(
    app: Flask, client: FlaskClient
) -> None:
    ids = [create(client, f"S{n}")["id"] for n in range(20)]
    index(app)
    assert (count(catalog_index), count(product_blocks)) == (20, 2)
    assert not catch_up(db.engine)
    client.delete(f"/api/products/{ids[0]}")
    assert catch_up(db.engine)
    assert count(catalog_index) == 19
    for product_id in ids[1:]:
        client.delete(f"/api/products/{product_id}")
    assert catch_up(db.engine)
    assert (count(catalog_index), count(product_blocks)) == (0, 0)


def test_few_changes_are_left_to_searches_for_a_while(client: FlaskClient) -> None:
    create(client, "A")
    assert not catch_up(db.engine, at_least=2)
    assert catch_up(db.engine, at_least=1)


@pytest.mark.parametrize("state", ["small", "not indexed", "indexed", "zoned"])
def test_a_text_is_found_in_whatever_unicode_form_it_is_written(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    create(client, "A", name="Cafe\u0301 Table", description="12\u00a0kg, ﬁne")
    create(client, "Ｂ１", name="CAFÉ chair", description="１００％")
    create(client, "B1", name="other")
    with ExitStack() as stack:
        if state != "small":
            monkeypatch.setattr(totals, "SMALL_PAGES", -1)
        if state == "zoned":
            stack.enter_context(small_zones())
        if state in ("indexed", "zoned"):
            catch_up(db.engine)
        for text, expected in (
            ("café", {"A", "Ｂ１"}),
            ("cafe\u0301 t", {"A"}),
            ("12 KG", {"A"}),
            ("12\u00a0kg", {"A"}),
            ("fine", {"A"}),
            ("100%", {"Ｂ１"}),
            ("％", {"Ｂ１"}),
            ("b1", {"Ｂ１", "B1"}),
            ("Ｂ１", {"Ｂ１", "B1"}),
        ):
            for query in ({"q": text}, {"q": text, "sort": "name"}):
                page = client.get(f"/api/products?{urlencode(query)}").get_json()
                assert {item["sku"] for item in page["items"]} == expected, query
        assert [item["sku"] for item in walk(client, "sort=sku", 1)] == ["A", "B1", "Ｂ１"]
        assert [item["sku"] for item in walk(client, "sort=name", 1)] == ["Ｂ１", "A", "B1"]


def test_what_a_release_has_indexed_that_folds_nothing_is_indexed_again(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(totals, "SMALL_PAGES", -1)
    create(client, "A")
    index(app)
    create(client, "B", name="Cafe\u0301")
    with db.engine.begin() as connection:
        unfolded = sa.text(
            "INSERT INTO catalog_index SELECT id, 'b', 'cafe\u0301', '', -1, true, "
            "created_at, updated_at FROM products WHERE sku = 'B'"
        )
        connection.execute(unfolded)
        moved = {"position": indexed.c.position + 1, "total": 2}
        connection.execute(sa.update(indexed).values(**moved))
    for _ in range(2):
        page = client.get("/api/products?q=café&sort=name").get_json()
        assert ([item["sku"] for item in page["items"]], page["total"]) == (["B"], 1)
        assert client.get("/api/products").get_json()["total"] == 2
        index(app)
