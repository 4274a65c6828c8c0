"""The API does what its OpenAPI document says, whatever it is sent, sense and nonsense alike."""

from __future__ import annotations

import ipaddress
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import schemathesis
import sqlalchemy as sa
from flask import Flask
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.schemas import OpenApiSchema

from app import create_app
from app.config import Config
from app.extensions import db
from app.webhooks.egress import Guard

EXAMPLES = int(os.environ.get("API_EXAMPLES", "15"))
LOGIN: Any = {"admin_password": "correct horse", "secret_key": "secret"}
RANGES = (
    ("price_min", "price_max"),
    ("created_after", "created_before"),
    ("updated_after", "updated_before"),
)


def load_schema() -> OpenApiSchema:
    """The document, and the checks with what they expect. No service is asked for it."""
    nowhere = Config(
        database_url="postgresql+psycopg2://127.0.0.1:1/none", redis_url="redis://127.0.0.1:1/0"
    )
    app = create_app(replace(nowhere, **LOGIN))
    client = app.test_client()
    client.post("/api/session", json={"password": LOGIN["admin_password"]})
    cookie = client.get_cookie("product_importer")
    assert cookie is not None
    config = SchemathesisConfig.from_dict(
        {
            "seed": 1,
            "generation": {"max-examples": EXAMPLES, "deterministic": True, "database": "none"},
            "checks": {
                "positive_data_acceptance": {"expected-statuses": ["2xx", "404", "409", "412"]},
                "negative_data_rejection": {
                    "expected-statuses": [
                        "400", "401", "404", "405", "409", "412", "413", "415", "422"
                    ]
                },
            },
            "auth": {"openapi": {"session": {"api_key": cookie.value}}},
        }
    )
    document = client.get("/api/openapi.json").get_json()
    loaded = schemathesis.openapi.from_dict(document, config=config)
    loaded.app = app
    return loaded


schema = load_schema()


@pytest.fixture(scope="module")
def guarded_app(migrated_app: Flask, config: Config) -> Iterator[Flask]:
    """The application as others reach it, with a login, on empty tables. No name is looked up."""
    app = create_app(replace(config, **LOGIN))
    app.extensions["webhooks"].guard = Guard(resolve=lambda host, seconds: ["93.184.215.14"])
    with app.app_context():
        with db.engine.begin() as connection:
            names = ", ".join(db.metadata.tables)
            connection.execute(sa.text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
        yield app
        db.engine.dispose()


def make_sense(case: schemathesis.Case) -> None:
    """Put right what is right by its form and refused all the same, for causes no schema tells.

    A cursor is made by a list, a password is known, a URL names a host that is there, and a range
    does not end before it begins.
    """
    for values in (case.query, case.body, find_filter(case.body)):
        if not isinstance(values, dict):
            continue
        values.pop("cursor", None)
        if "password" in values:
            values["password"] = LOGIN["admin_password"]
        if "url" in values:
            values["url"] = "https://example.com/hooks?a=b"
        for first, last in RANGES:
            if values.get(first) is not None and values.get(last) is not None:
                values.pop(last)


def find_filter(body: object) -> object:
    """The filter of a bulk operation."""
    return body.get("filter") if isinstance(body, dict) else None


@schema.parametrize()
def test_it_answers_as_documented(case: schemathesis.Case, guarded_app: Flask) -> None:
    if case.meta is not None and case.meta.generation.mode.is_positive:
        make_sense(case)
    case.call_and_validate(app=guarded_app)
