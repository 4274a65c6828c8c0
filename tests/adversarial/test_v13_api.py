"""V13, the API: methods, bodies, and how much of it one caller gets."""

from __future__ import annotations

import io
import time
from dataclasses import replace
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app, limits
from app.config import Config
from tests.accounts.conftest import MakeKey, bearer, log_in
from tests.adversarial.conftest import assert_problem
from tests.imports.factories import upload

JSON = "application/json"


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "QUERY", "BREW"])
def test_a_method_that_nobody_uses_is_405(client: FlaskClient, method: str) -> None:
    assert_problem(client.open("/api/products", method=method), 405)


@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"])
def test_a_header_makes_no_other_method(client: FlaskClient, name: str) -> None:
    client.post("/api/products", json={"sku": "A", "name": "B"})
    client.get("/api/products/1", headers={name: "DELETE"})
    client.get("/api/products/1?_method=DELETE")
    assert client.get("/api/products").get_json()["total"] == 1


def test_head_and_options_change_nothing_and_tell_nothing(stranger: FlaskClient) -> None:
    for method in ("HEAD", "OPTIONS"):
        answer = stranger.open("/api/products", method=method)
        assert answer.status_code == 401
        assert method == "OPTIONS" or answer.data == b""


@pytest.mark.parametrize(
    ("method", "path", "largest"),
    [
        ("POST", "/api/session", 16 * 1024),
        ("POST", "/api/webhooks", limits.BODY_BYTES),
        ("POST", "/api/products", limits.MEGABYTE),
        ("POST", "/api/products/bulk", 2 * limits.MEGABYTE),
        ("DELETE", "/api/products/1", limits.BODY_BYTES),
    ],
)
def test_a_body_beyond_what_the_address_needs_is_413(
    client: FlaskClient, method: str, path: str, largest: int
) -> None:
    body = b" " * largest
    assert client.open(path, method=method, data=body, content_type=JSON).status_code != 413
    assert_problem(client.open(path, method=method, data=body + b" ", content_type=JSON), 413)


def test_a_body_that_does_not_say_its_length_is_bounded_all_the_same(client: FlaskClient) -> None:
    answer = client.post(
        "/api/webhooks",
        input_stream=io.BytesIO(b" " * (limits.BODY_BYTES + 1)),
        content_type=JSON,
        headers={"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert_problem(answer, 413)


def test_who_is_not_known_says_how_much_is_to_come(stranger: FlaskClient) -> None:
    headers = {"Transfer-Encoding": "chunked"}
    assert_problem(stranger.post("/api/session", headers=headers), 411)


def test_a_form_of_many_parts_is_413(client: FlaskClient) -> None:
    parts = {f"a{number}": "b" for number in range(2000)}
    assert_problem(upload(client, "sku,name\nA,B\n", **parts), 413)


def limited(config: Config, limit: int) -> Flask:
    """The application with another limit."""
    return create_app(replace(config, rate_limit=limit))


@pytest.fixture
def one_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """All requests of the test fall into the same minute, however long it takes."""
    clock = SimpleNamespace(time=lambda: 1_800_000_000.0, monotonic=time.monotonic)
    monkeypatch.setattr(limits, "time", clock)


@pytest.mark.usefixtures("one_minute")
def test_who_asks_for_too_much_is_told_when_to_go_on(app: Flask, config: Config) -> None:
    client = limited(config, 3).test_client()
    lefts = [client.get("/api/products").headers["RateLimit"] for _ in range(3)]
    assert [left.split(";")[1] for left in lefts] == ["r=2", "r=1", "r=0"]
    answer = client.get("/api/products")
    problem = assert_problem(answer, 429)
    assert problem["type"] == "/problems/too-many-requests"
    assert 0 < int(answer.headers["Retry-After"]) <= limits.WINDOW_SECONDS
    assert answer.headers["RateLimit-Policy"] == '"minute";q=3;w=60'
    assert client.get("/healthz").status_code == 200


@pytest.mark.usefixtures("one_minute")
def test_an_export_counts_for_many_requests(app: Flask, config: Config) -> None:
    client = limited(config, 150).test_client()
    assert client.get("/api/products/export.csv", buffered=True).status_code == 200
    assert_problem(client.get("/api/products/export.csv"), 429)
    assert_problem(client.get("/api/products"), 429)


@pytest.mark.usefixtures("one_minute")
def test_a_key_has_a_count_of_its_own_wherever_it_is_used(
    closed_config: Config, make_key: MakeKey
) -> None:
    first, second = (bearer(make_key("read", name=name)["key"]) for name in ("one", "two"))
    client = limited(closed_config, 2).test_client()
    for address in ("203.0.113.1", "203.0.113.2"):
        client.environ_base["REMOTE_ADDR"] = address
        assert client.get("/api/products", headers=first).status_code == 200
    assert_problem(client.get("/api/products", headers=first), 429)
    assert client.get("/api/products", headers=second).status_code == 200


@pytest.mark.usefixtures("one_minute")
def test_an_address_whose_keys_are_refused_is_told_to_wait(
    closed_config: Config, closed_app: Flask
) -> None:
    client = limited(closed_config, 2 * limits.COST_OF_REFUSED).test_client()
    wrong = bearer("pi_live_wrong")
    for _ in range(2):
        assert_problem(client.get("/api/products", headers=wrong), 401)
    answer = client.get("/api/products", headers=wrong)
    assert_problem(answer, 429)
    assert 0 < int(answer.headers["Retry-After"]) <= limits.WINDOW_SECONDS
    client.environ_base["REMOTE_ADDR"] = "203.0.113.2"
    assert_problem(client.get("/api/products", headers=wrong), 401)


@pytest.mark.usefixtures("one_minute")
def test_what_is_refused_costs_nobody_who_is_let_in_from_the_same_address(
    closed_config: Config, make_key: MakeKey
) -> None:
    key = bearer(make_key("read")["key"])
    app = limited(closed_config, 2 * limits.COST_OF_REFUSED)
    person, program, thief = (app.test_client() for _ in range(3))
    for _ in range(3):
        answer = thief.get("/api/products", headers=bearer("pi_live_wrong"))
    assert_problem(answer, 429)
    assert log_in(person, address="127.0.0.1").status_code == 204
    assert person.get("/api/products").status_code == 200
    assert program.get("/api/products", headers=key).status_code == 200
    assert_problem(program.post("/api/products", headers=key), 429)
    assert program.get("/api/products", headers=key).status_code == 200


def test_thousands_of_refusals_a_minute_stay_refusals() -> None:
    assert Config().rate_limit / limits.COST_OF_REFUSED > 10_000


@pytest.mark.usefixtures("one_minute")
def test_keys_of_one_name_have_two_counts(closed_config: Config, make_key: MakeKey) -> None:
    first, second = (bearer(make_key("read", name="ERP")["key"]) for _ in range(2))
    client = limited(closed_config, 1).test_client()
    assert client.get("/api/products", headers=first).status_code == 200
    assert_problem(client.get("/api/products", headers=first), 429)
    assert client.get("/api/products", headers=second).status_code == 200


def test_an_ipv6_network_is_one_caller() -> None:
    assert limits.network_of("2001:db8:1:2:3::4") == limits.network_of("2001:db8:1:2:ffff::")
    assert limits.network_of("2001:db8:1:3::") != limits.network_of("2001:db8:1:2::")
    assert limits.network_of("203.0.113.1") != limits.network_of("203.0.113.2")
    assert limits.network_of("no address") == "no address"


def test_without_redis_nobody_is_counted_and_nobody_waits(app: Flask, config: Config) -> None:
    client = create_app(replace(config, redis_url="redis://127.0.0.1:1/0")).test_client()
    begun = time.monotonic()
    for _ in range(20):
        answer = client.get("/api/products")
        assert (answer.status_code, "RateLimit" in answer.headers) == (200, False)
    assert time.monotonic() - begun < 60


def test_without_a_limit_nobody_is_counted(app: Flask, config: Config) -> None:
    answer = limited(config, 0).test_client().get("/api/products")
    assert (answer.status_code, "RateLimit" in answer.headers) == (200, False)


def test_every_endpoint_that_is_named_exists(app: Flask) -> None:
    named = {*limits.COSTS, *limits.BODIES, *limits.UPLOADS, *limits.UNCOUNTED}
    assert named <= set(app.view_functions)
