"""V8, data protection: what browsers and proxies keep, and what they are not to."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.accounts.conftest import MakeKey

PRIVATE = (
    "/api/products",
    "/api/products/1",
    "/api/products/export.csv",
    "/api/imports",
    "/api/webhooks",
    "/api/session",
    "/api/openapi.json",
    "/api/nothing",
    "/metrics",
    "/readyz",
    "/rq/0/data/queues.json",
    "/rq/",
)


@pytest.mark.parametrize("path", PRIVATE)
def test_what_may_hold_data_is_kept_by_nobody(admin: FlaskClient, path: str) -> None:
    assert admin.get(path, buffered=True).headers["Cache-Control"] == "no-store"


def test_a_refusal_is_kept_by_nobody(stranger: FlaskClient) -> None:
    for path in ("/api/products", "/products.html"):
        assert stranger.get(path).headers["Cache-Control"] == "no-store"


def test_a_page_is_asked_for_again_each_time(admin: FlaskClient) -> None:
    for path in ("/", "/products.html", "/js/api.js"):
        assert admin.get(path, buffered=True).headers["Cache-Control"] == "no-cache"


def test_a_key_and_a_secret_are_shown_once(admin: FlaskClient, make_key: MakeKey) -> None:
    key = make_key("read")["key"]
    made = admin.post("/api/webhooks", json={"url": "https://93.184.215.14/"}).get_json()
    for path in ("/api/api-keys", "/api/audit", "/api/webhooks", f"/api/webhooks/{made['id']}"):
        shown = admin.get(path).text
        assert key not in shown
        assert made["secret"] not in shown
