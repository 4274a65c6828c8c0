"""V14, configuration: headers of every answer, and what the real server makes of broken HTTP."""

from __future__ import annotations

import logging
import runpy
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from app.config import Config, ConfigError
from tests.adversarial.conftest import exchange, read_json
from tests.conftest import PROJECT, LiveApp

HTML = ("/", "/products.html", "/imports.html", "/history.html", "/webhooks.html", "/login.html")
OTHERS = ("/api/products", "/api/none", "/none", "/js/api.js", "/healthz", "/readyz", "/rq/")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.mark.parametrize("path", [*HTML, *OTHERS])
def test_every_answer_carries_the_headers(client: FlaskClient, path: str) -> None:
    answer = client.get(path, buffered=True)
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert "camera=()" in answer.headers["Permissions-Policy"]
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("path", HTML)
def test_our_pages_allow_nothing_unsafe(client: FlaskClient, path: str) -> None:
    policy = client.get(path, buffered=True).headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "require-trusted-types-for 'script'" in policy


def test_only_on_https_a_browser_is_told_to_stay_there(client: FlaskClient) -> None:
    name = "Strict-Transport-Security"
    assert name not in client.get("/healthz").headers
    assert client.get("/healthz", base_url="https://localhost").headers[name] == "max-age=31536000"


@pytest.mark.parametrize(
    "environ",
    [
        {"HOST": "0.0.0.0"},
        {"HOST": "::"},
        {"PROXY_HOPS": "1"},
    ],
)
def test_what_would_be_open_to_others_does_not_start(environ: dict[str, str]) -> None:
    with pytest.raises(ConfigError):
        Config.from_env(environ).require_safe_exposure()


@pytest.mark.parametrize("password", ["", "a long password"])
def test_web_says_at_its_start_that_it_is_open(
    password: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("ADMIN_PASSWORD", password)
    server = SimpleNamespace(log=logging.getLogger("gunicorn.error"))
    runpy.run_path(str(PROJECT / "gunicorn.conf.py"))["on_starting"](server)
    assert ("ADMIN_PASSWORD is not set" in caplog.text) is (password == "")


@pytest.fixture
def port(live_app: LiveApp) -> int:
    """Where the real gunicorn listens."""
    return urlsplit(live_app.url).port or 0


GET = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n"
POST = b"POST /api/products HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
SMUGGLED = b"GET /api/products HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
BROKEN = {
    "length and chunked": POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n",
    "two lengths": POST + b"Content-Length: 4\r\nContent-Length: 40\r\n\r\n{}  ",
    "a list of lengths": POST + b"Content-Length: 4, 40\r\n\r\n{}  ",
    "a length with a sign": POST + b"Content-Length: +4\r\n\r\n{}  ",
    "chunked, oddly": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunked, twice": POST + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    "chunked, with a tab": POST + b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n",
    "a space before the colon": POST + b"Content-Length : 4\r\n\r\n{}  ",
    "a folded header": GET + b"X: a\r\n b\r\n\r\n",
    "a bare line feed": GET + b"X: a\nY: b\r\n\r\n",
    "a bare carriage return": GET + b"X: a\rY: b\r\n\r\n",
    "a NUL": GET + b"X: a\x00b\r\n\r\n",
    "no method": b"\x00\x01\x02 / HTTP/1.1\r\n\r\n",
    "no version": b"GET / HTTP/9.9\r\n\r\n",
    "a long line": b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "a long header": GET + b"X: " + b"a" * 9000 + b"\r\n\r\n",
    "many headers": GET + b"".join(b"X%d: a\r\n" % n for n in range(200)) + b"\r\n",
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_request_is_refused_and_nothing_behind_it_is_answered(
    port: int, name: str
) -> None:
    answer = exchange(port, BROKEN[name] + SMUGGLED)
    assert answer.count(b"HTTP/1.1 ") == 1
    status = int(answer.split()[1])
    assert status in (400, 414, 431, 501)
    assert b'"items"' not in answer
    assert not [word for word in (b"Traceback", b"/site-packages", b"Python") if word in answer]


@pytest.mark.parametrize("header", [b"SCRIPT_NAME: /api", b"PATH_INFO: /x", b"SCRIPT-NAME: /api"])
def test_no_header_moves_the_application_to_another_path(port: int, header: bytes) -> None:
    sent = SMUGGLED.replace(b"\r\n\r\n", b"\r\n" + header + b"\r\nConnection: close\r\n\r\n")
    assert "items" in read_json(exchange(port, sent))


def test_a_name_with_an_underscore_passes_for_no_other_header(port: int) -> None:
    sent = SMUGGLED.replace(b"Host:", b"X_Forwarded_For: 1.2.3.4\r\nConnection: close\r\nHost:")
    assert "items" in read_json(exchange(port, sent))


def test_a_request_behind_another_is_answered_after_it(port: int) -> None:
    last = GET + b"Connection: close\r\n\r\n"
    answer = exchange(port, SMUGGLED + GET + b"\r\n" + last)
    assert answer.count(b"HTTP/1.1 200 OK") == 3


@pytest.mark.parametrize("path", [b"//evil.example/", b"/\\evil.example", b"/%2f%2fevil.example"])
def test_no_address_leads_to_another_site(port: int, path: bytes) -> None:
    sent = GET.replace(b"/healthz", path) + b"Connection: close\r\n\r\n"
    head = exchange(port, sent).partition(b"\r\n\r\n")[0]
    places = [line for line in head.split(b"\r\n") if line.lower().startswith(b"location:")]
    assert [place for place in places if b"evil" in place.partition(b"127.0.0.1")[0]] == []
    assert [place for place in places if b"location: //" in place.lower()] == []
