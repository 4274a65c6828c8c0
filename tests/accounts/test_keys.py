"""API keys: made, listed, used and revoked; and what an attacker tries with them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.tokens import generate_key, hint_of
from app.extensions import db
from tests.accounts.conftest import MakeKey, audited, bearer, execute

SHOWN = {
    "id", "name", "scope", "prefix", "last_characters", "created_at", "expires_at",
    "last_used_at", "revoked_at",
}  # fmt: skip
LAST_USE = "SELECT last_used_at FROM api_keys"


def status_of(client: FlaskClient, key: str, path: str = "/api/products") -> int:
    """What a GET with that key is answered with."""
    return client.get(path, headers=bearer(key)).status_code


def test_a_key_is_shown_once_and_opens_the_api(stranger: FlaskClient, make_key: MakeKey) -> None:
    made = make_key("read", name="Search index")
    assert set(made) == {*SHOWN, "key"}
    assert made["key"].startswith(made["prefix"])
    assert made["key"].endswith(made["last_characters"])
    assert (made["name"], made["scope"], made["revoked_at"]) == ("Search index", "read", None)
    assert status_of(stranger, made["key"]) == 200


def test_the_list_shows_the_newest_first_and_no_key(admin: FlaskClient, make_key: MakeKey) -> None:
    keys = [make_key("read", name=name)["key"] for name in ("A", "B", "C")]
    answer = admin.get("/api/api-keys?limit=2")
    page = answer.get_json()
    assert [item["name"] for item in page["items"]] == ["C", "B"]
    assert (page["total"], set(page["items"][0])) == (3, SHOWN)
    assert not any(key in answer.text for key in keys)
    rest = admin.get("/api/api-keys", query_string={"cursor": page["next_cursor"]}).get_json()
    assert [item["name"] for item in rest["items"]] == ["A"]


def test_the_database_holds_no_key(make_key: MakeKey) -> None:
    key = make_key("admin")["key"]
    stored = str(execute("SELECT * FROM api_keys").one())
    assert key[8:-4] not in stored
    assert hint_of(key) in stored


def test_a_revoked_key_opens_nothing_from_the_next_request_on(
    admin: FlaskClient, stranger: FlaskClient, make_key: MakeKey
) -> None:
    made = make_key("read")
    assert status_of(stranger, made["key"]) == 200
    assert admin.delete(f"/api/api-keys/{made['id']}").status_code == 204
    assert status_of(stranger, made["key"]) == 401
    item = admin.get("/api/api-keys").get_json()["items"][0]
    assert item["revoked_at"] is not None


def test_what_is_revoked_or_unknown_cannot_be_revoked(
    admin: FlaskClient, make_key: MakeKey
) -> None:
    made = make_key("read")
    for status in (204, 404):
        assert admin.delete(f"/api/api-keys/{made['id']}").status_code == status
    assert admin.delete(f"/api/api-keys/{uuid4()}").status_code == 404


def test_a_key_opens_until_it_expires(stranger: FlaskClient, make_key: MakeKey) -> None:
    ends = datetime.now(UTC) + timedelta(hours=1)
    made = make_key("read", expires_at=ends.isoformat())
    assert datetime.fromisoformat(made["expires_at"]) == ends
    assert status_of(stranger, made["key"]) == 200
    execute("UPDATE api_keys SET expires_at = clock_timestamp()")
    assert status_of(stranger, made["key"]) == 401


def test_a_scope_that_is_none_is_told_which_there_are(admin: FlaskClient) -> None:
    problem = admin.post("/api/api-keys", json={"name": "ERP", "scope": "root"}).get_json()
    assert problem["detail"] == "scope: Must be one of: read, write, admin."


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""}, {"name": " "}, {"name": "a\nb"}, {"name": " a"}, {"name": "x" * 101},
        {"name": "\x00"}, {"name": "\ud800"}, {"name": None}, {"name": 5}, {"scope": "public"},
        {"scope": "root"}, {"scope": None}, {"scope": ["admin"]}, {"expires_at": "yesterday"},
        {"expires_at": "2020-01-01T00:00:00Z"}, {"expires_at": "0001-01-01T00:00:00+15:00"},
        {"expires_at": "9999-12-31T23:59:59-15:00"}, {"expires_at": 99999999999}, {"key": "mine"},
        {"id": str(uuid4())}, {"revoked_at": None},
    ],
)  # fmt: skip
def test_a_key_that_makes_no_sense_is_422(admin: FlaskClient, fields: dict[str, Any]) -> None:
    answer = admin.post("/api/api-keys", json={"name": "ERP", "scope": "read", **fields})
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")


@pytest.mark.parametrize(
    "credentials",
    [
        "Bearer", "Bearer ", "Bearer x", "bearer pi_live_", "BEARER null", "Bearer pi_live_é",
        "Bearer a b", f"Bearer {'x' * 5000}", "Bearer ' OR 1=1 --",
        pytest.param(f"Bearer {generate_key()}", id="one"),
        pytest.param(f"Bearer {generate_key()}, Bearer {generate_key()}", id="two"),
    ],
)  # fmt: skip
def test_what_is_no_key_of_ours_is_401_even_beside_a_session(
    admin: FlaskClient, credentials: str
) -> None:
    answer = admin.get("/api/products", headers={"Authorization": credentials})
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_a_wrong_checksum_is_refused_without_a_question_to_the_database(
    stranger: FlaskClient, closed_app: Flask, make_key: MakeKey
) -> None:
    key = make_key("read")["key"]
    wrong = key[:-1] + ("a" if key[-1] != "a" else "b")
    asked: list[str] = []
    with closed_app.app_context():
        engine = db.engine

    def listen(*arguments: Any) -> None:
        asked.append(arguments[2])

    sa.event.listen(engine, "before_cursor_execute", listen)
    try:
        assert status_of(stranger, wrong) == 401
        assert asked == []
        assert status_of(stranger, key) == 200
        assert asked != []
    finally:
        sa.event.remove(engine, "before_cursor_execute", listen)


def test_why_a_key_opens_nothing_is_not_told(
    admin: FlaskClient, stranger: FlaskClient, make_key: MakeKey
) -> None:
    revoked, expired = make_key("read"), make_key("read")
    admin.delete(f"/api/api-keys/{revoked['id']}")
    execute("UPDATE api_keys SET expires_at = now() WHERE id = :id", id=expired["id"])
    sent = (revoked["key"], expired["key"], generate_key(), "x")
    answers = {stranger.get("/api/products", headers=bearer(key)).text for key in sent}
    assert len(answers) == 1


def test_other_schemes_are_left_alone(admin: FlaskClient, stranger: FlaskClient) -> None:
    basic = {"Authorization": "Basic YWRtaW46eA=="}
    assert admin.get("/api/products", headers=basic).status_code == 200
    assert stranger.get("/api/products", headers=basic).status_code == 401


def test_a_key_tells_who_it_is(stranger: FlaskClient, make_key: MakeKey) -> None:
    key = make_key("write", name="Shop")["key"]
    assert stranger.get("/api/session", headers=bearer(key)).get_json() == {
        "authenticated": True, "login_required": True,
        "actor": "key:Shop", "scope": "write", "way": "key",
    }  # fmt: skip
    assert stranger.get("/api/session", headers=bearer("x")).status_code == 401


def test_what_a_key_changes_goes_by_its_name(stranger: FlaskClient, make_key: MakeKey) -> None:
    headers = bearer(make_key("write", name="Shop")["key"])
    made = stranger.post("/api/products", json={"sku": "A", "name": "N"}, headers=headers)
    history = stranger.get(f"/api/products/{made.get_json()['id']}/history", headers=headers)
    assert history.get_json()["items"][0]["actor"] == "key:Shop"


def test_a_key_opens_no_session(stranger: FlaskClient, make_key: MakeKey) -> None:
    key = make_key("admin")["key"]
    answer = stranger.get("/api/products", headers=bearer(key))
    assert "Set-Cookie" not in answer.headers
    assert stranger.get("/api/products").status_code == 401


def test_the_last_use_is_written_down_at_most_once_a_minute(
    stranger: FlaskClient, make_key: MakeKey
) -> None:
    key = make_key("read")["key"]
    assert execute(LAST_USE).scalar_one() is None
    status_of(stranger, key)
    first = execute(LAST_USE).scalar_one()
    status_of(stranger, key)
    assert execute(LAST_USE).scalar_one() == first is not None
    execute("UPDATE api_keys SET last_used_at = last_used_at - interval '61 seconds'")
    status_of(stranger, key)
    assert execute(LAST_USE).scalar_one() > first


def test_a_use_that_somebody_else_writes_down_is_not_waited_for(
    stranger: FlaskClient, make_key: MakeKey
) -> None:
    key = make_key("read")["key"]
    with db.engine.begin() as connection:
        connection.execute(sa.text("SELECT 1 FROM api_keys FOR UPDATE"))
        assert status_of(stranger, key) == 200


def test_where_nobody_is_asked_a_key_counts_all_the_same(client: FlaskClient) -> None:
    made = client.post("/api/api-keys", json={"name": "ERP", "scope": "read"}).get_json()
    headers = bearer(made["key"])
    assert client.get("/api/products", headers=headers).status_code == 200
    body = {"sku": "A", "name": "N"}
    assert client.post("/api/products", json=body, headers=headers).status_code == 403
    assert client.get("/api/products", headers=bearer("x")).status_code == 401
    client.delete(f"/api/api-keys/{made['id']}")
    assert client.get("/api/products", headers=headers).status_code == 401


def test_a_write_with_a_key_may_come_from_anywhere(
    stranger: FlaskClient, make_key: MakeKey
) -> None:
    headers = {**bearer(make_key("write")["key"]), "Origin": "https://shop.example"}
    answer = stranger.post("/api/products", json={"sku": "A", "name": "N"}, headers=headers)
    assert answer.status_code == 201


def test_a_key_that_is_none_does_not_lift_the_refusal_of_other_sites(admin: FlaskClient) -> None:
    for credentials in ({}, bearer("x"), {"Authorization": "Basic x"}):
        headers = {**credentials, "Sec-Fetch-Site": "cross-site"}
        answer = admin.post("/api/products", json={"sku": "A", "name": "N"}, headers=headers)
        assert answer.status_code in (401, 403)


@pytest.mark.parametrize("scope", ["read", "write"])
def test_no_lesser_key_manages_keys(stranger: FlaskClient, make_key: MakeKey, scope: str) -> None:
    made = make_key(scope)
    headers = bearer(made["key"])
    body = {"name": "More", "scope": "admin"}
    assert stranger.get("/api/api-keys", headers=headers).status_code == 403
    assert stranger.post("/api/api-keys", json=body, headers=headers).status_code == 403
    assert stranger.delete(f"/api/api-keys/{made['id']}", headers=headers).status_code == 403
    assert execute("SELECT count(*) FROM api_keys WHERE revoked_at IS NULL").scalar_one() == 1


def test_an_admin_key_manages_keys_even_itself(stranger: FlaskClient, make_key: MakeKey) -> None:
    made = make_key("admin")
    headers = bearer(made["key"])
    body = {"name": "More", "scope": "read"}
    assert stranger.post("/api/api-keys", json=body, headers=headers).status_code == 201
    assert stranger.delete(f"/api/api-keys/{made['id']}", headers=headers).status_code == 204
    assert stranger.get("/api/api-keys", headers=headers).status_code == 401


def test_making_and_revoking_are_written_down_without_the_key(
    admin: FlaskClient, make_key: MakeKey
) -> None:
    made = make_key("write", name="Shop")
    admin.delete(f"/api/api-keys/{made['id']}")
    created, revoked = audited("key_created")[0], audited("key_revoked")[0]
    detail = {"id": made["id"], "scope": "write"}
    assert (created.actor, created.subject) == ("admin", "Shop")
    assert created.detail == {**detail, "expires_at": None}
    assert (revoked.subject, revoked.detail) == ("Shop", detail)
    assert made["key"] not in str(audited("key_created"))
