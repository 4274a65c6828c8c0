"""Every route of the application, tried with every kind of credentials."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, BaseConverter, IntegerConverter, UUIDConverter
from werkzeug.test import TestResponse

from app.access import Access, access_of
from tests.accounts.conftest import MakeKey, bearer

ZEROS = "00000000-0000-7000-8000-000000000000"


@dataclass(frozen=True)
class Call:
    """One method of one address, and what it asks for."""

    method: str
    path: str
    wanted: Access


def list_calls(app: Flask) -> Iterator[Call]:
    """Everything that can be called."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        wanted = access_of(app.view_functions[rule.endpoint])
        assert wanted is not None, rule
        values: dict[str, object] = {}
        for name, converter in rule._converters.items():
            values[name] = _value_for(converter)
        path = adapter.build(rule.endpoint, values, append_unknown=False)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Call(method, path, wanted)


def _value_for(converter: BaseConverter) -> object:
    """Anything that fits: the gate comes before whatever looks at it."""
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return {IntegerConverter: 1, UUIDConverter: ZEROS}.get(type(converter), "x")


@pytest.fixture
def calls(closed_app: Flask) -> list[Call]:
    """The calls of the application, each asking for something."""
    found = list(list_calls(closed_app))
    assert len(found) > 50
    return found


def send(client: FlaskClient, call: Call, headers: dict[str, str]) -> TestResponse:
    """Make the call, as a program does, with nothing in it."""
    headers = {"Accept": "application/json", **headers}
    return client.open(call.path, method=call.method, headers=headers, buffered=True)


@pytest.mark.parametrize("scope", [Access.READ, Access.WRITE])
def test_a_key_is_refused_wherever_its_scope_is_too_small(
    closed_app: Flask, make_key: MakeKey, calls: list[Call], scope: Access
) -> None:
    headers = bearer(make_key(scope.value)["key"])
    client = closed_app.test_client()
    beyond = [call for call in calls if not scope.admits(call.wanted)]
    assert beyond
    for call in beyond:
        answer = send(client, call, headers)
        assert (answer.status_code, answer.mimetype) == (403, "application/problem+json"), call
        assert answer.get_json()["required_scope"] == call.wanted.value, call
        assert f"scope {call.wanted}" in answer.get_json()["detail"], call


def test_without_credentials_everything_is_refused_that_is_not_public(
    stranger: FlaskClient, calls: list[Call]
) -> None:
    for call in calls:
        if call.wanted is not Access.PUBLIC:
            answer = send(stranger, call, {})
            assert (answer.status_code, answer.is_json or answer.text != "") == (401, True), call


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_no_other_method_leads_past_the_gate(
    stranger: FlaskClient, calls: list[Call], method: str
) -> None:
    for call in calls:
        if call.wanted is not Access.PUBLIC:
            answer = stranger.open(call.path, method=method, headers={"Accept": "text/plain"})
            assert answer.status_code == 401, call


def test_every_write_asks_for_more_than_reading(calls: list[Call]) -> None:
    """All but logging in and out, which are for everybody."""
    changing = [call for call in calls if call.method not in ("GET", "HEAD", "OPTIONS")]
    lax = {call.path for call in changing if call.wanted in (Access.PUBLIC, Access.READ)}
    assert lax == {"/api/session"}


def test_a_read_key_reads(stranger: FlaskClient, make_key: MakeKey) -> None:
    headers = bearer(make_key("read")["key"])
    for path in ("/api/products", "/api/imports", "/api/openapi.json", "/products.html"):
        assert stranger.get(path, headers=headers, buffered=True).status_code == 200


def test_method_override_headers_change_nothing(stranger: FlaskClient, make_key: MakeKey) -> None:
    headers = {**bearer(make_key("read")["key"]), "X-HTTP-Method-Override": "DELETE"}
    answer = stranger.get("/api/products?confirm=all", headers=headers)
    assert answer.status_code == 422
