"""/api/api-keys: for the administrator, and for keys that may do all that he may."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Response

from app.access import Access, requires
from app.accounts import keys
from app.accounts.errors import KeyNotFound
from app.accounts.keys import ApiKey
from app.accounts.schemas import KeyInput, KeyPage, NewKeySchema
from app.api import ApiBlueprint, current_caller, format_utc
from app.audit.entries import Action, record_entry
from app.errors import DomainError
from app.extensions import db
from app.pagination import Page, PageArguments, PageRequest
from app.problems import ProblemType

PROBLEM_TYPES: dict[type[DomainError], ProblemType] = {
    KeyNotFound: ProblemType("not-found", 404, "There is no such API key"),
}
blueprint = ApiBlueprint(
    "api_keys", __name__, description="Keys for programs", problem_types=PROBLEM_TYPES
)


@blueprint.route("/api-keys", methods=["GET"])
@blueprint.arguments(PageArguments, location="query")
@blueprint.response(200, KeyPage)
@requires(Access.ADMIN)
def list_keys(arguments: Mapping[str, Any]) -> Page[ApiKey]:
    """The keys, newest first, those included that are revoked or have expired."""
    with db.engine.connect() as connection:
        return keys.list_keys(connection, PageRequest(**arguments))


@blueprint.route("/api-keys", methods=["POST"])
@blueprint.arguments(KeyInput)
@blueprint.response(201, NewKeySchema)
@requires(Access.ADMIN)
def create_key(values: Mapping[str, Any]) -> ApiKey:
    """Make a key. The answer's `key` is shown this once; send it as `Authorization: Bearer`."""
    with db.engine.begin() as connection:
        made, key = keys.create_key(connection, **values)
        expires_at = made.expires_at and format_utc(made.expires_at)
        record_entry(
            connection,
            Action.KEY_CREATED,
            current_caller(),
            subject=made.name,
            detail={"id": made.id, "scope": made.scope, "expires_at": expires_at},
        )
    return replace(made, key=key)


@blueprint.route("/api-keys/<uuid:key_id>", methods=["DELETE"])
@blueprint.response(204)
@blueprint.raises(KeyNotFound)
@requires(Access.ADMIN)
def revoke_key(key_id: UUID) -> Response:
    """Revoke a key: from now on it opens nothing."""
    with db.engine.begin() as connection:
        revoked = keys.revoke_key(connection, str(key_id))
        record_entry(
            connection,
            Action.KEY_REVOKED,
            current_caller(),
            subject=revoked.name,
            detail={"id": revoked.id, "scope": revoked.scope},
        )
    return Response(status=204)
