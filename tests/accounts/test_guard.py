"""Who gets in, and who does not."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.config import Config
from tests.conftest import PROJECT

PASSWORD = "correct horse battery staple"


@pytest.fixture
def closed_client(app: Flask, config: Config) -> FlaskClient:
    """A client of an application that asks for a password."""
    closed = create_app(replace(config, admin_password=PASSWORD, secret_key="k" * 32))
    return closed.test_client()


def test_on_loopback_without_a_password_nobody_is_asked(client: FlaskClient) -> None:
    assert client.get("/api/products").status_code == 200
    assert client.get("/api/session").get_json() == {
        "authenticated": True,
        "login_required": False,
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


def test_with_a_password_the_api_answers_401(closed_client: FlaskClient) -> None:
    for answer in (closed_client.get("/api/products"), closed_client.delete("/api/products/1")):
        assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")


@pytest.mark.parametrize("path", ["/", "/products.html?q=a", "/rq/"])
def test_with_a_password_a_page_leads_to_the_login(closed_client: FlaskClient, path: str) -> None:
    answer = closed_client.get(path)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login.html?next=")


def test_the_right_password_opens_and_logging_out_closes(closed_client: FlaskClient) -> None:
    for wrong in ("wrong", "", "\ud800", PASSWORD + "\x00"):
        assert closed_client.post("/api/session", json={"password": wrong}).status_code == 401
    assert closed_client.get("/api/products").status_code == 401
    answer = closed_client.post("/api/session", json={"password": PASSWORD})
    assert answer.status_code == 204
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert "SameSite=Lax" in answer.headers["Set-Cookie"]
    assert closed_client.get("/api/products").status_code == 200
    assert closed_client.delete("/api/session").status_code == 204
    assert closed_client.get("/api/products").status_code == 401


def test_a_new_password_ends_the_old_sessions(config: Config, closed_client: FlaskClient) -> None:
    closed_client.post("/api/session", json={"password": PASSWORD})
    cookie = closed_client.get_cookie("product_importer")
    assert cookie is not None
    changed = create_app(replace(config, admin_password="another", secret_key="k" * 32))
    other = changed.test_client()
    other.set_cookie("product_importer", cookie.value)
    assert other.get("/api/products").status_code == 401


def test_health_asks_nobody(closed_client: FlaskClient) -> None:
    assert closed_client.get("/healthz").get_json() == {"status": "ok"}


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
