"""V7, errors and logging: what goes wrong tells an attacker nothing, and no log can be forged."""

from __future__ import annotations

import logging

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.access import Access, requires
from app.config import Config
from tests.accounts.conftest import log_in
from tests.adversarial.conftest import assert_problem

SECRET = "postgresql://admin:hunter2@db/catalog"


@pytest.fixture
def failing_client(config: Config) -> FlaskClient:
    """A client of an application with views that fail."""
    app = create_app(config)

    @app.get("/api/failing")
    @app.get("/failing")
    @requires(Access.READ)
    def fail() -> str:
        raise RuntimeError(SECRET)

    return app.test_client()


def test_a_failure_says_nothing_of_its_cause(failing_client: FlaskClient) -> None:
    assert_problem(failing_client.get("/api/failing"), 500)
    for path in ("/api/failing", "/failing"):
        answer = failing_client.get(path)
        assert answer.status_code == 500
        assert not {"hunter2", "Traceback", "RuntimeError", ".py"} & set(answer.text.split())


def test_the_debugger_is_not_there(app: Flask, client: FlaskClient) -> None:
    assert not app.debug
    for path in ("/console", "/?__debugger__=yes&cmd=resource&f=debugger.js"):
        assert b"debugger" not in client.get(path, buffered=True).data.lower()


@pytest.mark.parametrize("text", ["a\r\nlevel=error forged", "a\x1b[2J", '{"level": "error"}'])
def test_what_is_sent_makes_no_line_of_its_own_in_the_log(
    stranger: FlaskClient, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    with caplog.at_level(logging.DEBUG):
        stranger.get("/api/products", query_string={"q": text}, headers={"User-Agent": "x"})
        stranger.get(f"/api/{text}")
    assert [record for record in caplog.records if "\n" in record.getMessage()] == []


def test_a_password_stands_in_no_log(
    stranger: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        log_in(stranger, "hunter2hunter2")
    assert "hunter2" not in caplog.text
