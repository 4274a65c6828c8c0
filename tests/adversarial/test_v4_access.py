"""V4, access control: other sites' pages, names, proxies, and whose things are touched."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.config import Config
from tests.accounts.conftest import PASSWORD, audited, log_in
from tests.adversarial.conftest import assert_problem

ZEROS = "00000000-0000-7000-8000-000000000000"
EVIL = "https://evil.example"


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_a_form_of_another_site_is_refused_whatever_it_pretends_to_be(
    admin: FlaskClient, kind: str
) -> None:
    headers = {"Origin": EVIL, "Content-Type": kind}
    body = b'{"sku": "A", "name": "B"}'
    assert_problem(admin.post("/api/products", data=body, headers=headers), 403)
    assert admin.get("/api/products").get_json()["total"] == 0


def test_a_form_that_sends_json_as_text_is_no_json(admin: FlaskClient) -> None:
    body = b'{"sku": "A", "name": "B"}'
    assert_problem(admin.post("/api/products", data=body, content_type="text/plain"), 415)


def test_an_upload_from_another_site_is_refused(admin: FlaskClient) -> None:
    answer = admin.post("/api/imports", data=b"sku,name\nA,B\n", headers={"Origin": EVIL})
    assert_problem(answer, 403)


def test_no_answer_lets_another_site_read_it(admin: FlaskClient) -> None:
    for method in ("GET", "OPTIONS"):
        answer = admin.open("/api/products", method=method, headers={"Origin": EVIL})
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control-")]


@pytest.mark.parametrize(
    "name",
    ["Forwarded", "X-Forwarded-For", "X-Forwarded-Port", "X-Real-IP", "Via", "X-Client-IP"],
)
def test_a_tunnel_into_an_open_copy_is_refused(client: FlaskClient, name: str) -> None:
    problem = assert_problem(client.get("/api/products", headers={name: "203.0.113.9"}), 403)
    assert problem["type"] == "/problems/forwarded-request"


@pytest.mark.parametrize(
    "betrayal",
    [
        {"SERVER_PROTOCOL": "HTTP/1.0"},
        {"HTTP_SEC_FETCH_SITE": "same-origin", "HTTP_REFERER": "https://shop.example/"},
        {"HTTP_SEC_FETCH_SITE": "same-origin", "HTTP_ORIGIN": "https://shop.example"},
    ],
)
def test_a_proxy_that_adds_no_header_to_an_open_copy_is_refused(
    client: FlaskClient, admin: FlaskClient, betrayal: dict[str, str]
) -> None:
    """As nginx's `proxy_pass` by itself: it sends its own name for ours as `Host`."""
    headers = {"Host": "127.0.0.1:8000"}
    answer = client.get("/api/products", headers=headers, environ_overrides=betrayal)
    assert assert_problem(answer, 403)["type"] == "/problems/forwarded-request"
    assert "HTTP/1.1" in answer.get_json()["detail"]  # what a simple program here has to speak
    assert client.get("/healthz", environ_overrides=betrayal).status_code == 200
    assert admin.get("/api/products", environ_overrides=betrayal).status_code == 200


def test_a_browser_on_this_machine_is_let_into_an_open_copy(client: FlaskClient) -> None:
    headers = {
        "Host": "127.0.0.1:8000",
        "Sec-Fetch-Site": "same-origin",
        "Referer": "http://127.0.0.1:8000/imports.html",
        "Origin": "http://127.0.0.1:8000",
    }
    answer = client.post("/api/products", json={"sku": "A", "name": "B"}, headers=headers)
    assert answer.status_code == 201


def test_a_forwarded_name_is_none_of_ours(client: FlaskClient) -> None:
    headers = {"Host": "evil.example", "X-Forwarded-Host": "127.0.0.1"}
    assert_problem(client.get("/api/products", headers=headers), 403)


@pytest.mark.parametrize(
    ("hops", "forwarded", "seen"),
    [
        (0, "198.51.100.1", "203.0.113.7"),
        (1, "198.51.100.1, 198.51.100.2", "198.51.100.2"),
        (2, "6.6.6.6, 198.51.100.1, 198.51.100.2", "198.51.100.1"),
    ],
)
def test_an_address_cannot_be_made_up_before_the_proxies(
    closed_app: Flask, closed_config: Config, hops: int, forwarded: str, seen: str
) -> None:
    app = create_app(replace(closed_config, proxy_hops=hops))
    with app.app_context():
        app.test_client().post(
            "/api/session",
            json={"password": PASSWORD},
            headers={"X-Forwarded-For": forwarded},
            environ_base={"REMOTE_ADDR": "203.0.113.7"},
        )
        assert [entry.address for entry in audited("login")] == [seen]


def test_https_is_believed_of_a_proxy_alone(closed_config: Config, closed_app: Flask) -> None:
    for hops, name in ((0, "product_importer="), (1, "__Host-product_importer=")):
        client = create_app(replace(closed_config, proxy_hops=hops)).test_client()
        client.environ_base["HTTP_X_FORWARDED_PROTO"] = "https"
        assert log_in(client).headers["Set-Cookie"].startswith(name)


@pytest.mark.parametrize(
    "path",
    [
        "/api/products/0",
        "/api/products/-1",
        "/api/products/99999999999999999999999",
        "/api/products/1%20OR%201=1",
        f"/api/imports/{ZEROS}",
        f"/api/imports/{ZEROS}/file",
        f"/api/change-sets/{ZEROS}/changes",
        f"/api/webhooks/{ZEROS}",
        f"/api/deliveries/{ZEROS}",
        "/api/imports/1",
    ],
)
def test_an_id_that_was_guessed_is_404(client: FlaskClient, path: str) -> None:
    assert_problem(client.get(path), 404)


@pytest.mark.parametrize("name", ["id", "version", "created_at", "updated_at", "import_id"])
def test_what_the_server_decides_is_taken_from_nobody(client: FlaskClient, name: str) -> None:
    values = {"sku": "A", "name": "B"}
    assert_problem(client.post("/api/products", json={**values, name: 7}), 422)
    made = client.post("/api/products", json=values).get_json()
    assert_problem(client.patch(f"/api/products/{made['id']}", json={name: 7}), 422)
    assert client.get(f"/api/products/{made['id']}").get_json() == made
