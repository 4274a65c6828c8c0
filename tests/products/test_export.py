"""The export: what a file holds, and that importing it again changes nothing."""

from __future__ import annotations

import csv
import io
import threading
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import requests
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.extensions import db
from app.products.export import stream_csv
from app.products.filters import ProductFilter
from app.products.models import products
from app.products.rules import check_sku, find_forbidden, trim_sku
from tests.conftest import LiveApp, wait_until
from tests.products.catalog import create
from tests.thorough import THOROUGH
from tests.waiting import PATIENCE

EXPORT = "/api/products/export.csv"


def export(client: FlaskClient, query: str = "") -> list[list[str]]:
    answer = client.get(EXPORT + query)
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.get_data(as_text=True), newline="")))


def test_a_file_has_the_header_and_each_product_in_the_form_of_the_contract(
    client: FlaskClient,
) -> None:
    create(client, "0012", name='A "big", one', description="two\nlines", price="5", active=False)
    create(client, "É-1", name="N")
    assert export(client) == [
        ["sku", "name", "description", "price", "active"],
        ["0012", 'A "big", one', "two\nlines", "5.00", "false"],
        ["É-1", "N", "", "", "true"],
    ]
    headers = client.get(EXPORT).headers
    assert headers["Content-Type"] == "text/csv; charset=utf-8"
    assert headers["Content-Disposition"] == 'attachment; filename="products.csv"'


def test_a_file_of_an_empty_catalog_is_the_header(client: FlaskClient) -> None:
    assert client.get(EXPORT).data == b"sku,name,description,price,active\r\n"


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"), ("+49", "'+49"), ("-5", "'-5"), ("@x", "'@x"), ("'=1", "''=1"),
        ("''=1", "'''=1"), ("'90s", "'90s"), ("'", "'"), ("0012", "0012"), ("Z=1", "Z=1"),
        ('"=1"', '"=1"'), ("(=1)", "(=1)"), ("＝1", "'＝1"), ("＋49", "'＋49"), ("－5", "'－5"),
        ("＠x", "'＠x"), ("'＝1", "''＝1"), ("，1", "，1"), ("Ａ", "Ａ"),
        ("NULL", "'NULL"), ("'nan", "''nan"), ("nano", "nano"), ("\\N", "'\\N"), ("\\n", "\\n"),
        ("#N/A", "'#N/A"), ("#1", "#1"), ("#NENÍ_K_DISPOZICI", "'#NENÍ_K_DISPOZICI"),
        ("4.1E+12", "'4.1E+12"), ("4.1234E12", "'4.1234E12"),
        ("4E12", "4E12"), ("(null)", "'(null)"), ("###", "'###"),
    ],
)  # fmt: skip
def test_what_a_spreadsheet_would_run_is_prefixed_in_every_text(
    client: FlaskClient, text: str, cell: str
) -> None:
    create(client, text, name=text, description=text)
    assert export(client)[1][:3] == [cell] * 3


@pytest.mark.parametrize("word", ["None", "n/a", "—", "[null]", "NA", "no sku", ".", "keine"])
def test_a_word_for_a_missing_value_is_marked_where_the_importer_refuses_it(
    client: FlaskClient, word: str
) -> None:
    create(client, word, name=word, description=word)
    assert export(client)[1][:3] == [f"'{word}", f"'{word}", word]


@pytest.mark.parametrize(
    ("query", "skus"),
    [
        ("?q=oak", {"A", "B"}), ("?active=false", {"B"}), ("?price_min=5&price_max=6", {"A"}),
        ("?name=100%25", {"C"}), ("?sku=nothing", set()), ("?q=oak&active=true", {"A"}),
    ],
)  # fmt: skip
def test_a_file_holds_what_the_same_filter_lists(
    client: FlaskClient, query: str, skus: set[str]
) -> None:
    create(client, "A", name="Oak", price="5")
    create(client, "B", description="of OAK", active=False)
    create(client, "C", name="100% cotton", price="7")
    assert {row[0] for row in export(client, query)[1:]} == skus
    listed = client.get(f"/api/products{query}").get_json()["items"]
    assert {item["sku"] for item in listed} == skus


def texts(longest: int) -> st.SearchStrategy[str]:
    """Trimmed texts that keep the rules, and often what CSV and spreadsheets stumble over."""
    alphabet = st.sampled_from("=+-@＝－'\"\n\r\t,;|\\ 0aé椅🪴\u200f<>") | st.characters(
        codec="utf-8"
    )
    return (
        st.text(alphabet, max_size=longest)
        .map(str.strip)
        .filter(lambda text: not find_forbidden(text))
    )


def is_sku(text: str) -> bool:
    """Whether a product may have the text as its SKU."""
    return check_sku(trim_sku(text)) is None


PRICES = st.none() | st.decimals(0, Decimal("9999999999.99"), places=2).map(str)
# What only resembles a value comes through as well.
SKUS = texts(12).filter(is_sku) | st.sampled_from(
    ["'007", "''007", "NULL", "\\N", "#N/A", "4.1E+12", '="007"', "Cafe\u0301", "N/A", "—"]
)
PRODUCT = st.fixed_dictionaries(
    {
        "sku": SKUS,
        "name": texts(20).filter(bool),
        "description": texts(30) | st.sampled_from(["NULL", "\\N", "nan", "n/a", "'n/a"]),
        "price": PRICES,
        "active": st.booleans(),
    }
)


@settings(
    max_examples=15 * THOROUGH,
    deadline=None,
    # Nasty letters make many texts that no product may have.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)
@given(
    made=st.lists(PRODUCT, min_size=1, max_size=12, unique_by=lambda item: str(item["sku"]).lower())
)
def test_importing_an_export_changes_nothing(
    client: FlaskClient, run_jobs: Callable[[], None], made: list[dict[str, Any]]
) -> None:
    with db.engine.begin() as connection:
        connection.execute(sa.text("TRUNCATE products, changes, revisions CASCADE"))
    stored = [client.post("/api/products", json=item) for item in made]
    count = sum(answer.status_code == 201 for answer in stored)
    before = client.get("/api/products?limit=500").get_json()["items"]
    content = client.get(EXPORT).data
    answer = client.post("/api/imports", data=content, content_type="text/csv")
    run_jobs()
    done = client.get(answer.headers["Location"]).get_json()
    assert done["status"] == "completed", (done["problem"], content)
    found = {name: number for name, number in done["counts"].items() if number}
    assert found == {"rows": count, "unchanged": count}, content
    assert client.get("/api/products?limit=500").get_json()["items"] == before


def is_copying() -> bool:
    """Whether an export runs; asked in a new transaction, for each sees one moment only."""
    running = sa.text("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY (SELECT CASE%'")
    with db.engine.connect() as connection:
        return bool(connection.execute(running).scalar())


def test_a_client_that_goes_away_ends_the_statement(app: Flask) -> None:
    with db.engine.begin() as writing:
        numbers = sa.func.generate_series(1, 20_000).column_valued("n")
        texts_of = sa.func.repeat("x", 500)
        rows = sa.select(sa.cast(numbers, sa.Text), sa.cast(numbers, sa.Text), texts_of)
        writing.execute(sa.insert(products).from_select(["sku", "name", "description"], rows))
    content = stream_csv(db.engine, ProductFilter())
    assert next(content).startswith(b"sku,")
    assert next(content)
    content.close()  # type: ignore[attr-defined]
    wait_until(lambda: not is_copying())
    assert not [thread for thread in threading.enumerate() if thread.name == "export"]


def test_a_file_comes_in_pieces_from_a_running_app(live_app: LiveApp) -> None:
    began = time.monotonic()
    with requests.get(live_app.url + EXPORT, stream=True, timeout=PATIENCE) as answer:
        first = next(answer.iter_content(None))
    assert first.startswith(b"sku,name,description,price,active\r\n")
    assert time.monotonic() - began < 30
