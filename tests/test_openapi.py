"""The API does what its OpenAPI document says, whatever it is sent, sense and nonsense alike.

All of schemathesis' checks are on: no 500, no status, header, type or member that is not in the
document, what breaks it is refused, what keeps to it is taken, and nothing without a login.
API_EXAMPLES=300 looks longer.
"""

from __future__ import annotations

import io
import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, TypeVar

import pytest
import schemathesis
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from rq import SimpleWorker
from rq.serializers import JSONSerializer
from schemathesis.checks import load_all_checks
from schemathesis.config import SchemathesisConfig
from schemathesis.core.errors import InvalidSchema
from schemathesis.core.result import Ok, Result
from schemathesis.pytest.lazy import get_all_tests
from schemathesis.specs.openapi.checks import ignored_auth
from schemathesis.specs.openapi.schemas import OpenApiSchema

from app import create_app
from app.accounts.models import api_keys
from app.accounts.tokens import generate_key, hash_token, hint_of
from app.config import Config
from app.extensions import db
from app.imports.receiving import RAW_TYPES
from app.queues import QueueName, open_queue
from app.webhooks.egress import Guard
from tests.conftest import empty_tables

T = TypeVar("T")
EXAMPLES = int(os.environ.get("API_EXAMPLES", "6"))
LOGIN: Any = {"admin_password": "correct horse", "secret_key": "secret"}
NOWHERE = Config(
    database_url="postgresql+psycopg2://127.0.0.1:1/none", redis_url="redis://127.0.0.1:1/0"
)
# What an operation may answer to what is right, for it depends on what is stored: 404, 409, and
# 412 where If-Match is another version's.
TAKEN = ["2xx", "404", "409", "412"]
REFUSED = ["400", "401", "404", "405", "409", "412", "413", "415", "422"]
RANGES = (
    ("price_min", "price_max"),
    ("created_after", "created_before"),
    ("updated_after", "updated_before"),
)
TABLES = {
    "product_id": "products",
    "import_id": "imports",
    "change_set_id": "change_sets",
    "webhook_id": "webhooks",
    "delivery_id": "deliveries",
    "key_id": "api_keys",
}
# Every how many cases one is also sent without the key and with another that is wrong.
STRANGERS = 10
KEY = generate_key()
CSV = "\n".join(
    [
        "sku,name,price",
        *(f"S{n},Name,{n}.00" for n in range(99)),
        "B,Two,x",
        "s1,Again,3.00",
        "C,,1",
    ]
).encode()


def load_schema() -> OpenApiSchema:
    """The document where a login is asked for. Made without services, which a login needs."""
    app = create_app(replace(NOWHERE, **LOGIN))
    config = SchemathesisConfig.from_dict(
        {
            "seed": 1,
            "generation": {"max-examples": EXAMPLES, "deterministic": True, "database": "none"},
            "checks": {
                "positive_data_acceptance": {"expected-statuses": TAKEN},
                "negative_data_rejection": {"expected-statuses": REFUSED},
            },
            "auth": {"openapi": {"bearer": {"bearer": KEY}}},
        }
    )
    with app.app_context():
        document = json.loads(app.view_functions["api-docs.openapi_json"]().get_data())  # type: ignore[union-attr]
    loaded = schemathesis.openapi.from_dict(document, config=config)
    loaded.app = app
    return loaded


def unwrap(result: Result[T, InvalidSchema]) -> T:
    """What was made of the document, which is valid."""
    assert isinstance(result, Ok)
    return result.ok()


def log_in(app: Flask) -> FlaskClient:
    client = app.test_client()
    client.post("/api/session", json={"password": LOGIN["admin_password"]})
    return client


@schemathesis.serializer(*RAW_TYPES)
def send_raw(context: schemathesis.SerializationContext, value: object) -> bytes:
    """A file is sent as it is; text that a schema makes up, in UTF-8."""
    if isinstance(value, bytes):
        return value
    return value.encode() if isinstance(value, str) else json.dumps(value).encode()


schema = load_schema()
# How many cases each operation has been sent.
sent: Counter[str] = Counter()


@pytest.fixture(scope="module")
def guarded_app(migrated_app: Flask, config: Config) -> Iterator[Flask]:
    """The application as others reach it, with a login, and with something in it."""
    app = create_app(replace(config, rate_limit=0, **LOGIN))
    # An import that nobody works on is not waited for.
    app.config["EVENT_STREAM_SECONDS"] = 0
    # No name is looked up: that would ask servers outside.
    app.extensions["webhooks"].guard = Guard(resolve=lambda host, seconds: ["93.184.215.14"])
    with app.app_context():
        with db.engine.begin() as connection:
            empty_tables(connection)
            store_key(connection)
        fill(app)
        yield app
        db.engine.dispose()


def store_key(connection: sa.Connection) -> None:
    """The key that all requests are made with; and another, to be revoked."""
    for name, key in (("examples", KEY), ("other", generate_key())):
        connection.execute(
            sa.insert(api_keys).values(
                name=name, scope="admin", key_hash=hash_token(key), hint=hint_of(key)
            )
        )


def fill(app: Flask) -> None:
    """An import with rejected and repeated rows, another to be looked at, an undo, a delivery."""
    client, queue = log_in(app), app.extensions["redis"]
    url = {"url": "https://example.com/hooks"}
    webhook = client.post("/api/webhooks", json=url).get_json()
    client.post(f"/api/webhooks/{webhook['id']}/test")
    for preview in ("false", "true"):
        form = {"file": (io.BytesIO(CSV), "products.csv"), "preview": preview}
        client.post("/api/imports", data=form)
    imports = open_queue(QueueName.IMPORTS, queue)
    worker = SimpleWorker([imports], connection=queue, serializer=JSONSerializer)
    worker.work(burst=True, logging_level="ERROR")
    wanted = {"action": "deactivate", "all": True}
    change_set = client.post("/api/products/bulk", json=wanted).get_json()
    worker.work(burst=True, logging_level="ERROR")
    client.post(f"/api/change-sets/{change_set['id']}/undo")
    worker.work(burst=True, logging_level="ERROR")


def make_sense(case: schemathesis.Case[Any]) -> None:
    """Put right what is right by its form and refused all the same, for causes no schema tells.

    A cursor is made by a list, a password is known, a URL names a host outside, a range does not
    end before it begins, a filter that is all null means nothing, and no file is empty.
    """
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    wanted = case.body.get("filter") if isinstance(case.body, dict) else None
    if isinstance(wanted, dict) and not any(wanted.values()):
        wanted["q"] = "x"
    if case.body in ("", b""):
        case.body = "x"
    headers: Any = case.headers
    if headers and str(headers.get("If-Match", "")).isdigit():
        # Schemathesis has taken its quotation marks for JSON's.
        headers["If-Match"] = f'"{headers["If-Match"]}"'
    for values in (case.query, case.body, wanted):
        if isinstance(values, dict):
            _mend(values)


def _mend(values: dict[str, Any]) -> None:
    values.pop("cursor", None)
    if values.get("file") == b"":
        values["file"] = b"x"
    if "expires_at" in values:
        values["expires_at"] = None
    if "password" in values:
        values["password"] = LOGIN["admin_password"]
    if "url" in values:
        values["url"] = "https://example.com/hooks?a=b"
    for first, last in RANGES:
        if values.get(first) is not None:
            values.pop(last, None)


def aim(case: schemathesis.Case[Any]) -> None:
    """Name what is stored, so that not all that is right is answered by 404."""
    if case.meta is not None and case.meta.generation.mode.is_positive:
        for name in case.path_parameters or {}:
            case.path_parameters[name] = find_id(name, newest=case.method != "GET")


def find_id(name: str, *, newest: bool) -> str:
    """The first id of a table, or the last."""
    order = "id DESC" if newest else "id"
    if newest and name == "import_id":
        order = f"status = 'ready' DESC, {order}"  # so that there is something to start
    statement = sa.text(f"SELECT id FROM {TABLES[name]} ORDER BY {order} LIMIT 1")
    with db.engine.connect() as connection:
        found = connection.execute(statement).scalar()
    return "1" if found is None else str(found)


def call(case: schemathesis.Case[Any], guarded_app: Flask) -> None:
    """Send the case, and compare the answer with the document."""
    aim(case)
    make_sense(case)
    is_tried_by_strangers = sent[case.operation.label] % STRANGERS == 0
    sent[case.operation.label] += 1
    skipped = [] if is_tried_by_strangers else [ignored_auth]
    case.call_and_validate(app=guarded_app, excluded_checks=skipped)


# The cases of an operation are made by its test: at collection they would cost each process ten
# seconds.
@pytest.mark.parametrize("label", [unwrap(one).label for one in schema.get_all_operations()])
def test_it_answers_as_documented(guarded_app: Flask, label: str) -> None:
    load_all_checks()
    [made] = get_all_tests(
        schema=schema.include(name=label), test_func=call, settings=None, given_kwargs=None
    )
    _, send_all_cases = unwrap(made)
    send_all_cases(guarded_app=guarded_app)


def test_what_is_made_is_found_and_what_is_deleted_is_gone(guarded_app: Flask) -> None:
    """Sequences of calls, each with what an earlier one has answered."""
    schema.app = guarded_app
    machine: Any = schema.as_state_machine()

    class Sequence(machine):  # type: ignore[misc]
        def before_call(self, case: schemathesis.Case[Any]) -> None:
            make_sense(case)

        def get_call_kwargs(self, case: schemathesis.Case[Any]) -> dict[str, Any]:
            return {"app": guarded_app}

    limits = settings(
        max_examples=EXAMPLES,
        stateful_step_count=8,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    Sequence.run(settings=limits)


def test_every_error_of_the_document_is_a_problem(operations: list[dict[str, Any]]) -> None:
    for operation in operations:
        responses = operation["responses"]
        assert {"401", "403", "422", "500", "503"} <= responses.keys()
        for status, answer in responses.items():
            if status >= "400":
                name = answer.get("$ref", "").rpartition("/")[2]
                found = schema.raw_schema["components"]["responses"].get(name, answer)
                assert list(found["content"]) == ["application/problem+json"]


def test_every_operation_says_who_may_call_it(operations: list[dict[str, Any]]) -> None:
    scopes = (["read"], ["write"], ["admin"])
    asked: list[Any] = [[{"session": []}, {"bearer": scope}] for scope in scopes]
    open_to_all = [one["tags"][0] for one in operations if one["security"] == []]
    assert set(open_to_all) == {"session"}
    assert all(one["security"] in [[], *asked] for one in operations)


@pytest.fixture
def operations() -> list[dict[str, Any]]:
    """Every operation of the document."""
    return [
        operation
        for methods in schema.raw_schema["paths"].values()
        for method, operation in methods.items()
        if method != "parameters"
    ]
