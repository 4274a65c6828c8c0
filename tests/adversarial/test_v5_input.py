"""V5, validation and encoding: what texts, numbers and cursors can be made of."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.products.rules import find_invisible
from tests.adversarial.conftest import INJECTIONS, MARKUP, assert_problem

TEXTS = ("q", "sku", "name", "description")
LISTS = ("/api/products", "/api/imports", "/api/change-sets", "/api/changes", "/api/events")
LISTS_MORE = ("/api/webhooks", "/api/api-keys", "/api/audit")


@pytest.mark.parametrize("parameter", TEXTS)
@pytest.mark.parametrize("needle", INJECTIONS)
def test_a_needle_is_looked_for_as_it_is(client: FlaskClient, parameter: str, needle: str) -> None:
    values = {"sku": "A-1", "name": "B", "description": "C"}
    client.post("/api/products", json=values)
    answer = client.get("/api/products", query_string={parameter: needle})
    assert (answer.status_code, answer.get_json()["total"]) == (200, 0)
    text = f"x{needle[:90]}x"
    # A SKU with invisible characters inside it is refused.
    holding = [name for name in values if name != "sku" or not find_invisible(text)]
    assert client.patch("/api/products/1", json=dict.fromkeys(holding, text)).status_code == 200
    found = client.get("/api/products", query_string={parameter: needle[:90]}).get_json()
    is_held = parameter == "q" or parameter in holding
    assert [item["name"] for item in found["items"]] == [text] * is_held


@pytest.mark.parametrize("sort", ["id;--", "id desc", "password", "-", "(select 1)", "price,id"])
def test_nothing_is_sorted_by_but_the_columns(client: FlaskClient, sort: str) -> None:
    assert_problem(client.get("/api/products", query_string={"sort": sort}), 422)


@pytest.mark.parametrize("path", [*LISTS, *LISTS_MORE])
@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xff\xfe",
        b"null",
        b"{}",
        b"[]",
        b'["-id"]',
        b'["-id","n","1; DROP TABLE products"]',
        b'["-id","n",1e400]',
        b'["-id","n",' + b"9" * 40 + b"]",
        b'["-id","n",null]',
        b'["-id","n","\\u0000"]',
        b"[" * 1000,
    ],
)
def test_a_cursor_that_was_made_up_is_refused(
    client: FlaskClient, path: str, payload: bytes
) -> None:
    cursor = base64.urlsafe_b64encode(payload).decode().rstrip("=") or "="
    assert_problem(client.get(path, query_string={"cursor": cursor}), 422)


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000,
        b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
        b'{"sku": "A", "name": "B", "price": ' + b"9" * 100_000 + b"}",
        b"\x00",
        b"\xff\xfe{}",
        b'{"sku": "\xed\xa0\x80", "name": "B"}',
    ],
)
def test_json_that_is_meant_to_hurt_is_400(client: FlaskClient, body: bytes) -> None:
    answer = client.post("/api/products", data=body, content_type="application/json")
    assert_problem(answer, 400)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999999", "1e-999999999"])
def test_a_number_that_is_none_is_no_price(client: FlaskClient, number: str) -> None:
    body = f'{{"sku": "A", "name": "B", "price": {number}}}'
    answer = client.post("/api/products", data=body, content_type="application/json")
    stored = answer.get_json().get("price")
    assert answer.status_code in (400, 422) or stored == "0.00"


@pytest.mark.parametrize("query", ["q=%00", "q=%ff%fe", "q=%ed%a0%80", "%00=1", "limit=1e3"])
def test_bytes_that_are_no_text_are_refused_or_looked_for(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/api/products?{query}")
    assert answer.status_code in (200, 422)


@pytest.mark.parametrize("path", ["/api/%00", "/api/products/%ff", "/%ff.html", "/css/%00"])
def test_an_address_that_is_no_text_is_404(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_parameter_given_twice_is_one_or_refused(client: FlaskClient) -> None:
    answer = client.get("/api/products?limit=1&limit=999999")
    assert answer.status_code in (200, 422)


def test_text_comes_back_as_json_and_never_as_markup(client: FlaskClient) -> None:
    client.post("/api/products", json={"sku": MARKUP, "name": MARKUP})
    for path in ("/api/products", "/api/products/1", f"/api/products?q={MARKUP}"):
        answer = client.get(path)
        assert answer.mimetype == "application/json"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_name_in_the_query_comes_back_in_a_problem_and_never_as_markup(
    client: FlaskClient,
) -> None:
    answer = client.get("/api/products", query_string={MARKUP: "1"})
    assert MARKUP in json.dumps(assert_problem(answer, 422))


URLS = [
    "javascript:alert(1)",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_FLUSHALL",
    "http://user:pass@example.com/",
    "http://127.0.0.1/",
    "http://127.1/",
    "http://0x7f000001/",
    "http://2130706433/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://example.com\r\nX-Injected: 1/",
    "http://example.com/\r\nX-Injected: 1",
    "http://exa\x00mple.com/",
    "http://",
    "//example.com/",
]


@pytest.mark.parametrize("url", URLS)
def test_a_webhook_leads_to_no_address_inside_and_to_no_other_protocol(
    client: FlaskClient, url: str
) -> None:
    assert_problem(client.post("/api/webhooks", json={"url": url}), 422)


@pytest.mark.parametrize("text", ["a\r\nX-Injected: 1", "a\x00b", "a\u2028b", "\ud800"])
def test_a_webhook_is_described_in_one_line(client: FlaskClient, text: str) -> None:
    body: Any = {"url": "https://93.184.215.14/", "description": text}
    assert_problem(client.post("/api/webhooks", json=body), 422)


@pytest.mark.parametrize(
    ("etag", "status"),
    [('"1" OR 1=1', 400), ("*" * 9000, 400), ("W/", 400), ("٣", 400), ('"' + "9" * 400 + '"', 412)],
)
def test_a_tag_that_was_never_given_matches_nothing(
    client: FlaskClient, etag: str, status: int
) -> None:
    client.post("/api/products", json={"sku": "A", "name": "B"})
    headers = {"If-Match": etag.encode().decode("latin-1")}
    assert_problem(client.patch("/api/products/1", json={"name": "C"}, headers=headers), status)
