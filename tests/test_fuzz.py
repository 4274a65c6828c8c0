"""Every address that takes a body is sent what nobody means: never a 500, always a problem.

Bytes that are no JSON, JSON that is no body, and right bodies with something wrong in them.
API_EXAMPLES=300 looks longer.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from app import create_app
from app.access import Access, access_of
from app.webhooks.egress import Guard
from tests.test_openapi import NOWHERE

EXAMPLES = 3 * int(os.environ.get("API_EXAMPLES", "6"))
ZEROS = "00000000-0000-7000-8000-000000000000"
JSON = "application/json"
PROBLEM = "application/problem+json"

# What an address takes. Any that is not here is sent the first.
RIGHT: dict[str, dict[str, Any]] = {
    "products.create_product": {
        "sku": "A-1",
        "name": "Chair",
        "description": "Oak",
        "price": "12.90",
        "active": True,
    },
    "products.change_product": {"name": "Chair", "price": 12.9},
    "bulk.change_products": {"action": "activate", "filter": {"q": "chair", "price_min": "1"}},
    "imports.start_import": {"mapping": {"sku": "SKU", "name": None}, "encoding": "utf-8"},
    "webhooks.create_webhook": {
        "url": "https://example.com/hooks",
        "description": "ERP",
        "events": ["product.created"],
        "each_row": False,
        "enabled": True,
    },
    "webhooks.recover_webhook": {"since": "2026-11-21T08:00:00Z"},
    "api_keys.create_key": {"name": "ERP", "scope": "read", "expires_at": "2999-01-01T00:00:00Z"},
    "session.create_session": {"password": "secret"},
}
NASTY: list[Any] = [
    *(None, True, "", " ", "\x00", "\ud800", "\u202e", "\r\nSet-Cookie: a=b", "'; DROP TABLE x"),
    *(
        "<img src=x onerror=alert(1)>",
        "${7*7}{{7*7}}",
        "../../etc/passwd",
        "=1+1",
        "%00",
        "İß\uffff",
    ),
    *(0, -1, 2**31, 2**63, 2**64, 10**400, 1e308, float("nan"), float("inf"), -0.0, 0.1),
    *([], {}, [[]], {"": ""}, {"__proto__": {}}, "9" * 5000, "x" * 60_000, ["x"] * 200),
]
anything = st.recursive(
    st.one_of(st.sampled_from(NASTY), st.integers(), st.floats(), st.text(max_size=20)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)


@st.composite
def mutated(draw: Callable[[Any], Any], right: dict[str, Any]) -> bytes:
    """A right body of which members are gone, others, or more than there should be."""
    body = dict(right)
    for name in draw(st.lists(st.sampled_from(sorted(right)), max_size=3)):
        body[name] = draw(anything)
    for name in draw(st.lists(st.sampled_from(sorted(right)), max_size=1)):
        body.pop(name, None)
    body.update(draw(st.dictionaries(st.sampled_from(["id", "version", "é", ""]), anything)))
    return json.dumps(body).encode("utf-8", "surrogatepass")


@st.composite
def damaged(draw: Callable[[Any], Any], right: dict[str, Any]) -> bytes:
    """A right body with some of its bytes replaced."""
    text = bytearray(json.dumps(right).encode())
    start = draw(st.integers(0, len(text)))
    text[start : start + draw(st.integers(0, 8))] = draw(st.binary(max_size=12))
    return bytes(text)


def list_writes() -> list[tuple[str, str, str]]:
    """Endpoint, method and path of every view that may read a body."""
    app = create_app(NOWHERE)
    adapter = app.url_map.bind("localhost")
    values = {"product_id": "1"}
    return sorted(
        (rule.endpoint, method, adapter.build(rule.endpoint, ids, method))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api")
        for ids in [{name: values.get(name, ZEROS) for name in rule.arguments}]
        for method in (rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"}
    )


WRITES = list_writes()


@pytest.fixture
def sending(app: Flask) -> FlaskClient:
    """A client of the application; no name is looked up, for that would ask servers outside."""
    app.extensions["webhooks"].guard = Guard(resolve=lambda host, seconds: ["93.184.215.14"])
    client = app.test_client()
    client.post("/api/products", json=RIGHT["products.create_product"])
    return client


@pytest.mark.parametrize(("endpoint", "method", "path"), WRITES)
def test_whatever_is_sent_is_taken_or_a_problem(
    sending: FlaskClient, endpoint: str, method: str, path: str
) -> None:
    right = RIGHT.get(endpoint, next(iter(RIGHT.values())))
    bodies = st.one_of(
        mutated(right),
        damaged(right),
        anything.map(lambda value: json.dumps(value).encode("utf-8", "surrogatepass")),
        st.binary(max_size=40),
    )
    types = st.sampled_from(
        [JSON, JSON, JSON, JSON, "text/plain", "", "application/json; charset=x"]
    )

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(bodies, types)
    def send(body: bytes, kind: str) -> None:
        check(sending.open(path, method=method, data=body, content_type=kind))

    send()


def check(answer: TestResponse) -> None:
    """It is no failure of the server's, and what is refused is a problem."""
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert answer.mimetype == PROBLEM
        problem = answer.get_json()
        assert problem["status"] == answer.status_code
        assert problem["type"].startswith("/problems/")
        assert "Traceback" not in answer.text


def test_every_view_that_changes_something_is_tried() -> None:
    app = create_app(NOWHERE)
    changing = {
        endpoint
        for endpoint, view in app.view_functions.items()
        if access_of(view) is Access.WRITE and "." in endpoint and not endpoint.startswith("rq.")
    }
    assert changing <= {endpoint for endpoint, _, _ in WRITES}
