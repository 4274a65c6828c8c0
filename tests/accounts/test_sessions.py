"""Sessions: opened by a login, worth nothing once they have ended, however that came about."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from http.cookies import SimpleCookie

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer

from app import create_app
from app.accounts.sessions import LONGEST, LONGEST_UNUSED
from app.config import Config
from tests.accounts.conftest import PASSWORD, MakeKey, audited, bearer, execute, log_in

SECURE = "https://localhost"
COOKIE = "product_importer"
LATER = "UPDATE sessions SET {} = {} - make_interval(secs => :seconds)"


def cookie_of(client: FlaskClient) -> str:
    """The session cookie that the client holds."""
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    return cookie.value


def is_open(app: Flask, cookie: str) -> bool:
    """Whether that cookie, copied to another browser, opens the API."""
    other = app.test_client()
    other.set_cookie(COOKIE, cookie)
    return other.get("/api/products").status_code == 200


def age(column: str, by: timedelta) -> None:
    """Have that time of all sessions lie further back."""
    execute(LATER.format(column, column), seconds=by.total_seconds())


def test_the_right_password_opens_and_logging_out_closes(stranger: FlaskClient) -> None:
    for wrong in ("wrong", "", "\ud800", PASSWORD + "\x00"):
        assert log_in(stranger, wrong).status_code == 401
    assert stranger.get("/api/products").status_code == 401
    assert log_in(stranger).status_code == 204
    assert stranger.get("/api/products").status_code == 200
    assert stranger.delete("/api/session").status_code == 204
    assert stranger.get("/api/products").status_code == 401


def test_a_hashed_password_opens_as_well(app: Flask, closed_config: Config, hashed: str) -> None:
    closed = create_app(replace(closed_config, admin_password=hashed))
    client = closed.test_client()
    assert log_in(client, hashed).status_code == 401
    assert log_in(client).status_code == 204
    assert client.get("/api/products").status_code == 200


def test_the_session_tells_who_is_asking(stranger: FlaskClient) -> None:
    nobody = {"authenticated": False, "login_required": True}
    known = {"authenticated": True, "login_required": True}
    empty = {"actor": None, "scope": None, "way": None}
    assert stranger.get("/api/session").get_json() == {**nobody, **empty}
    log_in(stranger)
    assert stranger.get("/api/session").get_json() == {
        **known, "actor": "admin", "scope": "admin", "way": "session",
    }  # fmt: skip


def test_over_http_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    stranger: FlaskClient,
) -> None:
    cookie = SimpleCookie(log_in(stranger).headers["Set-Cookie"])[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert (cookie["secure"], cookie["domain"]) == ("", "")


def test_over_https_the_cookie_is_secure_and_bound_to_the_host(stranger: FlaskClient) -> None:
    answer = stranger.post("/api/session", json={"password": PASSWORD}, base_url=SECURE)
    name = f"__Host-{COOKIE}"
    cookie = SimpleCookie(answer.headers["Set-Cookie"])[name]
    assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert stranger.get("/api/products", base_url=SECURE).status_code == 200


def test_over_https_a_cookie_without_the_prefix_is_not_taken(
    admin: FlaskClient, closed_app: Flask
) -> None:
    other = closed_app.test_client()
    other.set_cookie(COOKIE, cookie_of(admin))
    assert other.get("/api/products").status_code == 200
    assert other.get("/api/products", base_url=SECURE).status_code == 401


def test_no_answer_but_the_login_s_sets_a_cookie(admin: FlaskClient) -> None:
    for path in ("/api/products", "/", "/api/session", "/healthz"):
        assert "Set-Cookie" not in admin.get(path, buffered=True).headers


def test_a_copied_cookie_is_worth_nothing_after_logging_out(
    admin: FlaskClient, closed_app: Flask
) -> None:
    stolen = cookie_of(admin)
    assert is_open(closed_app, stolen)
    admin.delete("/api/session")
    assert not is_open(closed_app, stolen)


def test_logging_out_everywhere_ends_every_session_and_no_key(
    admin: FlaskClient, closed_app: Flask, make_key: MakeKey
) -> None:
    key = make_key("read")["key"]
    others = [closed_app.test_client() for _ in range(3)]
    for other in others:
        log_in(other)
    stolen = [cookie_of(other) for other in others]

    assert admin.delete("/api/sessions").status_code == 204

    assert admin.get("/api/products").status_code == 401
    assert [is_open(closed_app, cookie) for cookie in stolen] == [False] * 3
    client = closed_app.test_client()
    assert client.get("/api/products", headers=bearer(key)).status_code == 200
    assert [(e.actor, e.detail) for e in audited("logged_out_everywhere")] == [
        ("admin", {"sessions": 4})
    ]


def test_a_stranger_can_log_out_nobody(stranger: FlaskClient, admin: FlaskClient) -> None:
    assert stranger.delete("/api/sessions").status_code == 401
    assert stranger.delete("/api/session").status_code == 204
    assert admin.get("/api/products").status_code == 200


def test_a_session_unused_for_too_long_is_over(admin: FlaskClient) -> None:
    age("last_used_at", LONGEST_UNUSED - timedelta(minutes=1))
    assert admin.get("/api/products").status_code == 200
    age("last_used_at", LONGEST_UNUSED + timedelta(minutes=1))
    assert admin.get("/api/products").status_code == 401


def test_a_session_that_is_used_is_over_at_its_greatest_age_all_the_same(
    admin: FlaskClient,
) -> None:
    age("created_at", LONGEST - timedelta(minutes=1))
    assert admin.get("/api/products").status_code == 200
    age("created_at", timedelta(minutes=2))
    assert admin.get("/api/products").status_code == 401


def test_its_use_is_written_down_at_most_once_a_minute(admin: FlaskClient) -> None:
    last_use = "SELECT last_used_at FROM sessions"
    first = execute(last_use).scalar_one()
    admin.get("/api/products")
    assert execute(last_use).scalar_one() == first
    age("last_used_at", timedelta(minutes=2))
    admin.get("/api/products")
    assert execute(last_use).scalar_one() > first


def test_sessions_that_are_over_are_deleted_at_the_next_login(
    admin: FlaskClient, stranger: FlaskClient
) -> None:
    age("last_used_at", LONGEST_UNUSED + timedelta(minutes=1))
    log_in(stranger)
    assert execute("SELECT count(*) FROM sessions").scalar_one() == 1


def test_a_login_makes_a_new_session_and_ends_the_one_the_browser_had(
    admin: FlaskClient, closed_app: Flask
) -> None:
    planted = cookie_of(admin)
    log_in(admin)
    assert cookie_of(admin) != planted
    assert not is_open(closed_app, planted)
    assert admin.get("/api/products").status_code == 200


def test_a_failed_login_leaves_the_session_as_it_is(admin: FlaskClient) -> None:
    assert log_in(admin, "wrong").status_code == 401
    assert admin.get("/api/products").status_code == 200


def test_a_cookie_of_which_any_character_differs_opens_nothing(
    admin: FlaskClient, closed_app: Flask
) -> None:
    cookie = cookie_of(admin)
    for place in range(0, len(cookie), 5):
        other = "A" if cookie[place] != "A" else "g"
        assert not is_open(closed_app, cookie[:place] + other + cookie[place + 1 :])


@pytest.mark.parametrize("key", ["", "secret", "dev", "k" * 31])
def test_a_cookie_signed_with_another_key_opens_nothing(
    admin: FlaskClient, closed_app: Flask, key: str
) -> None:
    signer = closed_app.session_interface.get_signing_serializer(closed_app)  # type: ignore[attr-defined]
    content = signer.loads(cookie_of(admin))
    forged = URLSafeTimedSerializer(
        key, salt="cookie-session", signer_kwargs=signer.signer_kwargs
    ).dumps(content)
    assert not is_open(closed_app, forged)


@pytest.mark.parametrize("content", [{}, {"token": 1}, {"token": "guess"}, {"administrator": "x"}])
def test_a_cookie_of_ours_with_another_token_opens_nothing(
    closed_app: Flask, content: dict[str, object]
) -> None:
    signer = closed_app.session_interface.get_signing_serializer(closed_app)  # type: ignore[attr-defined]
    assert not is_open(closed_app, signer.dumps(content))


def test_the_database_holds_nothing_that_opens_a_session(
    admin: FlaskClient, closed_app: Flask
) -> None:
    signer = closed_app.session_interface.get_signing_serializer(closed_app)  # type: ignore[attr-defined]
    token: str = signer.loads(cookie_of(admin))["token"]
    stored = str(execute("SELECT * FROM sessions").one())
    assert token not in stored
    assert PASSWORD not in stored


def test_a_new_password_ends_the_old_sessions(admin: FlaskClient, closed_config: Config) -> None:
    changed = create_app(replace(closed_config, admin_password="another"))
    assert not is_open(changed, cookie_of(admin))


def test_a_new_secret_key_ends_the_sessions_unless_the_old_one_is_named(
    admin: FlaskClient, closed_config: Config
) -> None:
    renewed = create_app(replace(closed_config, secret_key="n" * 32))
    assert not is_open(renewed, cookie_of(admin))
    renewed.config["SECRET_KEY_FALLBACKS"] = [closed_config.secret_key]
    assert is_open(renewed, cookie_of(admin))


def test_where_nobody_is_asked_any_password_will_do_and_no_cookie_is_set(
    client: FlaskClient,
) -> None:
    answer = client.post("/api/session", json={"password": "whatever"})
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (204, False)
    assert client.delete("/api/session").status_code == 204
    assert client.delete("/api/sessions").status_code == 204


def test_a_login_is_written_down_with_its_address(stranger: FlaskClient) -> None:
    log_in(stranger, address="198.51.100.7")
    assert [(e.actor, e.address) for e in audited("login")] == [("admin", "198.51.100.7")]
