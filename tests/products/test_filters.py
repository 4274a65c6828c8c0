"""What the list and the export refuse, whatever they are sent."""

from __future__ import annotations

import base64
import json
import string
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.products.catalog import create
from tests.thorough import THOROUGH

TEXTS = ("q", "sku", "name", "description")
TIMES = ("created_after", "created_before", "updated_after", "updated_before")
OTHERS = ("active", "price_min", "price_max", "change_set_id")
LIST_ONLY = ("limit", "cursor", "sort")


NOT_NAMES: tuple[Any, ...] = ("a\x00", 5, None, ["a"], {})


def encode(*payload: Any) -> str:
    text = json.dumps(payload, ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize("path", ["/api/products", "/api/products/export.csv"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((name, value) for name in TEXTS for value in ("\x00", "a\x00", "x" * 201, "é" * 50_000)),
        *((name, value) for name in TIMES for value in (
            "", "x", "2026-11-21", "2026-11-21T08:00:00", "2026-13-01T00:00:00Z", "0", "1e9",
            "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-11-21T25:00:00Z",
            "99999-01-01T00:00:00Z", "now", "infinity", "2026-11-21T08:00:00+99:00")),
        *((name, value) for name in ("price_min", "price_max") for value in (
            "", "x", "-1", "1.234", "1e3", "NaN", "Infinity", "10000000000", "9" * 400, "1,5")),
        *(("active", value) for value in ("", "yes", "1", "TRUE", "null", "0")),
        *(("change_set_id", value) for value in ("", "x", "5", "018f0000", "9" * 400)),
        ("colour", "red"), ("Q", "x"), ("", "x"), ("page", "2"), ("offset", "5"),
    ],
)  # fmt: skip
def test_a_filter_that_means_nothing_is_refused_with_a_pointer(
    client: FlaskClient, path: str, name: str, value: str
) -> None:
    answer = client.get(f"{path}?{urlencode({name: value})}")
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert [error["pointer"] for error in answer.get_json()["errors"]] == [f"/{name}"]


@pytest.mark.parametrize(
    ("first", "last", "low", "high"),
    [
        ("price_min", "price_max", "2", "1.99"),
        ("created_after", "created_before", "2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z"),
        ("updated_after", "updated_before", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00+02:00"),
    ],
)
def test_a_range_that_ends_before_it_begins_is_refused(
    client: FlaskClient, first: str, last: str, low: str, high: str
) -> None:
    answer = client.get(f"/api/products?{urlencode({first: low, last: high})}")
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["pointer"] == f"/{first}"
    assert client.get(f"/api/products?{urlencode({first: low, last: low})}").status_code == 200


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=-1", "limit=501", "limit=1.5", "limit=x", "limit=" + "9" * 400, "limit=",
     "sort=", "sort=version", "sort=--id", "sort=id,name", "sort=ID", "sort=id;drop", "sort=%00"],
)  # fmt: skip
def test_a_limit_or_an_order_there_is_not_is_refused(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/api/products?{query}")
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["pointer"] == "/" + query.partition("=")[0]


def test_a_cursor_of_another_order_is_refused(client: FlaskClient) -> None:
    for number in range(3):
        create(client, f"S{number}", price=number)
    orders = [sign + name for name in ("id", "sku", "name", "price") for sign in ("", "-")]
    for sort in orders:
        path = f"/api/products?limit=1&sort={sort}"
        cursor = client.get(path).get_json()["next_cursor"]
        for other in orders:
            answer = client.get(f"/api/products?limit=1&sort={other}&cursor={cursor}")
            assert answer.status_code == (200 if other == sort else 422)


@pytest.mark.parametrize(
    ("sort", "cursor"),
    [
        *(("-id", text) for text in (
            "x", "W10", "!", "AAAA", "é", " ", "=" * 5, encode(), encode("-id"), encode("-id", "n"),
            encode("-id", "x", 1), encode("-id", "n", 1, 2), encode("-id", "n", True),
            encode("-id", "n", "1"), encode("-id", "n", 1.5), encode("-id", "n", None),
            encode("-id", "n", 2**63), encode("-id", "n", -(2**64)), encode("-id", "n", [1]),
            encode("-id", ["n"], 1), encode(["-id"], "n", 1), encode("id", "n", 1))),
        *(("price", encode("price", "n", value, 1)) for value in (
            "x", "", "NaN", "Infinity", "-Infinity", "1e9", "1" * 400, "0x1", 5, None, "١", "1_0")),
        *(("name", encode("name", "n", value, 1)) for value in NOT_NAMES),
        ("sku", encode("sku", "n", "a", 1)), ("name", encode("name", "n", "a")),
        *(("created_at", encode("created_at", "n", value, 1)) for value in (
            "x", "", "2026", "infinity", 5, "2026-01-01T00:00:00+99:00")),
        ("name", "W" * 5000),
        ("name", base64.urlsafe_b64encode(b'["name","n","\\ud800",1]').decode()),
        ("name", base64.urlsafe_b64encode(b"[" * 2500).decode()),
    ],
)  # fmt: skip
def test_a_cursor_that_was_tampered_with_is_refused(
    client: FlaskClient, sort: str, cursor: str
) -> None:
    answer = client.get(f"/api/products?sort={sort}&cursor={quote(cursor)}")
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["pointer"] == "/cursor"


ANY_TEXT = st.text(max_size=30) | st.text(alphabet=string.printable, max_size=20)
NUMBERS = st.decimals().map(str) | st.integers().map(str) | st.floats().map(str)
MOMENTS = st.datetimes().map(lambda moment: moment.isoformat() + "Z")
VALUES = ANY_TEXT | NUMBERS | MOMENTS | st.sampled_from(["true", "-name", "price", "\\", "%_"])


@settings(
    max_examples=60 * THOROUGH,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    query=st.dictionaries(
        st.sampled_from((*TEXTS, *TIMES, *OTHERS, *LIST_ONLY)) | ANY_TEXT, VALUES, max_size=4
    )
)
def test_whatever_is_asked_the_answer_is_a_page_or_a_problem_with_pointers(
    client: FlaskClient, query: dict[str, str]
) -> None:
    encoded = urlencode(query, errors="surrogatepass")
    answer = client.get(f"/api/products?{encoded}")
    assert answer.status_code in (200, 422)
    body = answer.get_json()
    assert "items" in body or all(error["pointer"] for error in body["errors"])
