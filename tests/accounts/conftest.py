"""An application that asks for a password, and what the tests do with it over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app
from app.accounts.passwords import hash_password
from app.config import Config
from app.extensions import db

PASSWORD = "correct horse battery staple"
SECRET_KEY = "k" * 32
MakeKey = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def closed_config(config: Config) -> Config:
    """The settings of an application that others can reach."""
    return replace(config, admin_password=PASSWORD, secret_key=SECRET_KEY)


@pytest.fixture(scope="session")
def shared_closed_app(closed_config: Config, migrated_app: Flask) -> Iterator[Flask]:
    """That application, made once."""
    closed = create_app(closed_config)
    closed.testing = True
    yield closed
    with closed.app_context():
        db.engine.dispose()


@pytest.fixture
def closed_app(app: Flask, shared_closed_app: Flask) -> Flask:
    """The same on empty tables and an empty Redis."""
    return shared_closed_app


@pytest.fixture
def stranger(closed_app: Flask) -> FlaskClient:
    """A client that nobody knows."""
    return closed_app.test_client()


@pytest.fixture
def admin(closed_app: Flask) -> FlaskClient:
    """A client that has logged in."""
    client = closed_app.test_client()
    assert log_in(client).status_code == 204
    return client


@pytest.fixture
def make_key(admin: FlaskClient) -> MakeKey:
    """Make a key over the API: `make_key("read", name="ERP")`."""

    def make(scope: str, **fields: object) -> dict[str, Any]:
        answer = admin.post("/api/api-keys", json={"name": "ERP", "scope": scope, **fields})
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.get_json()
        return made

    return make


def log_in(
    client: FlaskClient, password: str = PASSWORD, address: str = "203.0.113.7"
) -> TestResponse:
    """Try a password from an address."""
    return client.post(
        "/api/session", json={"password": password}, environ_base={"REMOTE_ADDR": address}
    )


def bearer(key: str) -> dict[str, str]:
    """The header that presents a key."""
    return {"Authorization": f"Bearer {key}"}


def execute(statement: str, **values: object) -> sa.CursorResult[Any]:
    """Do something to the database that the API does not."""
    with db.engine.begin() as connection:
        return connection.execute(sa.text(statement), values)


def audited(action: str) -> list[Any]:
    """What stands in the audit log of that action: actor, address, subject and detail."""
    with db.engine.connect() as connection:
        statement = "SELECT actor, address, subject, detail FROM audit_entries WHERE action = :a"
        return list(connection.execute(sa.text(f"{statement} ORDER BY at"), {"a": action}))


@pytest.fixture(scope="session")
def hashed() -> str:
    """The password's hash."""
    return hash_password(PASSWORD)
