"""/api/session and /api/sessions: log in, log out here and everywhere, who am I."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response
from redis.exceptions import RedisError

from app.access import Access, requires
from app.accounts import cookies, sessions, throttle
from app.accounts.errors import (
    InsufficientScope,
    InvalidKey,
    LoginThrottled,
    LoginUnavailable,
    WrongPassword,
)
from app.accounts.identity import ADMINISTRATOR, current_config, identify
from app.accounts.passwords import is_right_password, mark_of
from app.accounts.schemas import Credentials, SessionSchema
from app.api import ApiBlueprint, current_caller
from app.audit.entries import Action, record_entry
from app.caller import Caller
from app.errors import DomainError
from app.extensions import db, redis_extension
from app.problems import ProblemType

# RFC 6750, section 3: what went wrong with a key.
BAD_KEY = (("WWW-Authenticate", 'Bearer realm="Product Importer", error="invalid_token"'),)
PROBLEM_TYPES: dict[type[DomainError], ProblemType] = {
    WrongPassword: ProblemType("wrong-password", 401, "The password is wrong"),
    LoginThrottled: ProblemType("too-many-logins", 429, "Too many failed logins"),
    LoginUnavailable: ProblemType("unavailable", 503, "Nobody can log in just now"),
    InvalidKey: ProblemType("invalid-api-key", 401, "The API key is not valid", BAD_KEY),
    InsufficientScope: ProblemType("insufficient-scope", 403, "The API key's scope is too small"),
}
blueprint = ApiBlueprint(
    "session", __name__, description="Log in and out", problem_types=PROBLEM_TYPES
)


@blueprint.route("/session", methods=["GET"])
@blueprint.response(200, SessionSchema)
@requires(Access.PUBLIC)
def get_session() -> Mapping[str, object]:
    """Who asks, by session or key, and whether a login is asked for here."""
    identity = identify()
    return {
        "authenticated": identity is not None,
        "login_required": current_config().admin_password is not None,
        "actor": identity and identity.actor,
        "scope": identity and identity.access.value,
        "way": identity and identity.way.value,
    }


@blueprint.route("/session", methods=["POST"])
@blueprint.arguments(Credentials)
@blueprint.response(204)
@blueprint.raises(WrongPassword, LoginThrottled, LoginUnavailable)
@requires(Access.PUBLIC)
def create_session(credentials: Mapping[str, str]) -> Response:
    """Log in: always a new session, whatever cookie came along."""
    expected = current_config().admin_password
    if expected is not None:
        address = current_caller().address
        try:
            check_password(expected, credentials["password"], address)
            open_session(expected, address)
        except RedisError as error:
            raise LoginUnavailable from error
    return Response(status=204)


def check_password(expected: str, given: str, address: str) -> None:
    """Raise WrongPassword, LoginThrottled or RedisError if `given` opens nothing now."""
    seconds = throttle.reserve_attempt(redis_extension.client, address)
    if seconds:
        record_failure(was_throttled=True)
        raise LoginThrottled(seconds)
    if not is_right_password(expected, given):
        record_failure(was_throttled=False)
        raise WrongPassword


def record_failure(*, was_throttled: bool) -> None:
    """Into the audit log, at most once a minute an address: guessing must not fill it."""
    caller = current_caller()
    if throttle.is_to_be_noted(redis_extension.client, caller.address):
        with db.engine.begin() as connection:
            detail = {"throttled": was_throttled}
            record_entry(connection, Action.LOGIN_FAILED, caller, detail=detail)


def open_session(password: str, address: str) -> None:
    """Give the browser a session; the one it may have had ends."""
    throttle.forgive(redis_extension.client, address)
    old = cookies.read_token()
    mark = mark_of(password, cookies.secret_keys()[0])
    with db.engine.begin() as connection:
        if old is not None:
            sessions.close_session(connection, old)
        token = sessions.open_session(connection, mark)
        record_entry(connection, Action.LOGIN, Caller(ADMINISTRATOR.actor, address))
    cookies.keep_token(token)


@blueprint.route("/session", methods=["DELETE"])
@blueprint.response(204)
@requires(Access.PUBLIC)
def delete_session() -> Response:
    """Log out here. The cookie is worth nothing afterwards, nor is any copy of it."""
    if current_config().admin_password is not None:
        token = cookies.read_token()
        if token is not None:
            with db.engine.begin() as connection:
                sessions.close_session(connection, token)
        cookies.drop_token()
    return Response(status=204)


@blueprint.route("/sessions", methods=["DELETE"])
@blueprint.response(204)
@requires(Access.ADMIN)
def delete_all_sessions() -> Response:
    """Log out everywhere: every session ends, this one included. API keys stay in force."""
    with db.engine.begin() as connection:
        count = sessions.close_all_sessions(connection)
        detail = {"sessions": count}
        record_entry(connection, Action.LOGGED_OUT_EVERYWHERE, current_caller(), detail=detail)
    if current_config().admin_password is not None:
        cookies.drop_token()
    return Response(status=204)
