"""Who gets in, and who does not."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from app import create_app
from app.config import Config
from tests.conftest import PROJECT


def test_on_loopback_without_a_password_nobody_is_asked(client: FlaskClient) -> None:
    assert client.get("/api/products").status_code == 200
    assert client.get("/api/session").get_json() == {
        "authenticated": True,
        "login_required": False,
        "actor": "local",
        "scope": "admin",
        "way": "open",
    }


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "192.168.0.1:8000"])
def test_on_loopback_a_request_to_another_name_is_refused(client: FlaskClient, host: str) -> None:
    answer = client.get("/api/products", headers={"Host": host})
    assert (answer.status_code, answer.mimetype) == (403, "application/problem+json")


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "[::1]:8000"])
def test_on_loopback_its_own_names_are_taken(client: FlaskClient, host: str) -> None:
    assert client.get("/api/products", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://["},
    ],
)
def test_a_write_from_another_site_is_refused(client: FlaskClient, headers: dict[str, str]) -> None:
    answer = client.post("/api/products", json={"sku": "A", "name": "N"}, headers=headers)
    assert (answer.status_code, answer.mimetype) == (403, "application/problem+json")


@pytest.mark.parametrize(
    "headers", [{}, {"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}]
)
def test_a_write_from_here_or_from_a_program_passes(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    answer = client.post("/api/products", json={"sku": "A", "name": "N"}, headers=headers)
    assert answer.status_code == 201


def test_with_a_password_the_api_answers_401(stranger: FlaskClient) -> None:
    for answer in (stranger.get("/api/products"), stranger.delete("/api/products/1")):
        assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")


@pytest.mark.parametrize("path", ["/", "/products.html?q=a", "/rq/"])
def test_with_a_password_a_page_leads_to_the_login(stranger: FlaskClient, path: str) -> None:
    answer = stranger.get(path)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login.html?next=")


@pytest.mark.parametrize("accept", ["", "*/*", "text/html"])
def test_metrics_are_no_page_and_lead_nobody_to_the_login(
    stranger: FlaskClient, accept: str
) -> None:
    answer = stranger.get("/metrics", headers={"Accept": accept})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("accept", ["application/json", "text/plain, */*;q=0.1"])
def test_a_program_that_asks_for_a_page_gets_401(stranger: FlaskClient, accept: str) -> None:
    answer = stranger.get("/products.html", headers={"Accept": accept})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "path", ["//evil.example/x", "/\\evil.example", "/%0d%0aX-Evil:1", "/?next=//e"]
)
def test_the_login_leads_back_to_nothing_but_this_site(stranger: FlaskClient, path: str) -> None:
    answer = stranger.get(path, headers={"Accept": "text/html"})
    location = urlsplit(answer.headers["Location"])
    assert (location.netloc, location.path) == ("", "/login.html")
    assert "X-Evil" not in answer.headers


def test_what_is_not_there_is_told_only_to_who_is_known(
    stranger: FlaskClient, admin: FlaskClient
) -> None:
    assert stranger.get("/api/no-such-thing").status_code == 401
    assert admin.get("/api/no-such-thing").status_code == 404
    assert stranger.put("/api/products").status_code == 401
    assert admin.put("/api/products").status_code == 405


def test_a_method_that_a_public_address_lacks_is_405_for_everybody(stranger: FlaskClient) -> None:
    answer = stranger.put("/api/session")
    assert (answer.status_code, answer.mimetype) == (405, "application/problem+json")


def test_a_view_that_declares_nothing_is_closed_to_everybody(closed_config: Config) -> None:
    app = create_app(replace(closed_config, admin_password=None))
    app.add_url_rule("/api/forgotten", "forgotten", lambda: "secret")
    answer = app.test_client().get("/api/forgotten")
    assert answer.status_code == 403
    assert "secret" not in answer.text


def test_a_stranger_is_logged_in_by_nobody_else(stranger: FlaskClient) -> None:
    answer = stranger.post(
        "/api/session",
        json={"password": "x"},
        headers={"Origin": "https://evil.example"},
    )
    assert answer.status_code == 403


@pytest.mark.parametrize("path", ["/healthz", "/login.html", "/css/tokens.css", "/js/api.js"])
def test_what_is_public_looks_at_no_credentials(stranger: FlaskClient, path: str) -> None:
    for headers in ({}, {"Authorization": "Bearer nonsense"}):
        answer = stranger.get(path, headers=headers, buffered=True)
        assert answer.status_code == 200
        assert "Cookie" not in answer.headers.get("Vary", "")


def test_the_web_process_itself_refuses_to_be_open(config: Config) -> None:
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOST": "0.0.0.0",
        "DATABASE_URL": str(config.database_url),
        "REDIS_URL": str(config.redis_url),
    }
    started = subprocess.run(
        [sys.executable, "-c", "import wsgi"],
        env=environment,
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert started.returncode != 0
    assert "ADMIN_PASSWORD" in started.stderr
