"""/api/session: log in, log out, who am I."""

from __future__ import annotations

from collections.abc import Mapping

import marshmallow as ma
from flask import Response, current_app
from werkzeug.exceptions import Unauthorized

from app.access import Access, requires
from app.accounts import guard
from app.api import ApiBlueprint
from app.config import Config
from app.errors import DomainError
from app.problems import ProblemType

PROBLEM_TYPES: dict[type[DomainError], ProblemType] = {}
blueprint = ApiBlueprint(
    "session", __name__, description="Log in and out", problem_types=PROBLEM_TYPES
)


class Credentials(ma.Schema):
    """What a person logs in with."""

    password = ma.fields.String(required=True, validate=ma.validate.Length(max=1000))


class SessionSchema(ma.Schema):
    """Who is asking."""

    authenticated = ma.fields.Boolean(required=True)
    login_required = ma.fields.Boolean(required=True)


def _config() -> Config:
    config: Config = current_app.config["PRODUCT_IMPORTER"]
    return config


@blueprint.route("/session", methods=["GET"])
@blueprint.response(200, SessionSchema)
@blueprint.doc(security=[])
@requires(Access.PUBLIC)
def get_session() -> Mapping[str, bool]:
    """Whether a login is asked for here, and whether this is one."""
    config = _config()
    required = config.admin_password is not None
    return {
        "authenticated": not required or guard.is_logged_in(config),
        "login_required": required,
    }


@blueprint.route("/session", methods=["POST"])
@blueprint.arguments(Credentials)
@blueprint.response(204)
@blueprint.doc(security=[])
@requires(Access.PUBLIC)
def create_session(credentials: Mapping[str, str]) -> Response:
    """Log in."""
    config = _config()
    if config.admin_password is not None and not guard.log_in(config, credentials["password"]):
        raise Unauthorized
    return Response(status=204)


@blueprint.route("/session", methods=["DELETE"])
@blueprint.response(204)
@blueprint.doc(security=[])
@requires(Access.PUBLIC)
def delete_session() -> Response:
    """Log out."""
    guard.log_out()
    return Response(status=204)
