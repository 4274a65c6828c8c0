"""Sessions and API keys as JSON."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import marshmallow as ma

from app.access import Access
from app.accounts.identity import Way
from app.accounts.models import SCOPES
from app.api import UtcDateTime
from app.pagination import page_schema

MAX_PASSWORD = 1000
MAX_NAME = 100
# One line with something on it, nothing before and nothing behind.
NAME = r"^(?!\s)[^\x00-\x1f\x7f-\x9f\u2028\u2029]*(?<!\s)$"
is_name = re.compile(r"(?!\s)[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]*(?<!\s)").fullmatch
SCOPE_NAMES = tuple(scope.value for scope in SCOPES)


class Credentials(ma.Schema):
    """What a person logs in with."""

    password = ma.fields.String(required=True, validate=ma.validate.Length(max=MAX_PASSWORD))


class SessionSchema(ma.Schema):
    """Who is asking."""

    authenticated = ma.fields.Boolean(
        required=True, metadata={"description": "Whether this caller gets in."}
    )
    login_required = ma.fields.Boolean(
        required=True,
        metadata={"description": "False: no password is set, and this machine is asked nothing."},
    )
    actor = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "As the journal names the caller: `local`, `admin`, `key:…`."},
    )
    scope = ma.fields.String(
        required=True, allow_none=True, validate=ma.validate.OneOf([*SCOPE_NAMES, None])
    )
    way = ma.fields.String(
        required=True,
        allow_none=True,
        validate=ma.validate.OneOf([*Way, None]),
        metadata={"description": "How the caller is known."},
    )


class FutureMoment(ma.fields.AwareDateTime):
    """A time still to come, in ISO 8601; without a zone it is UTC."""

    def __init__(self, **options: Any) -> None:
        super().__init__(format="iso", default_timezone=UTC, **options)

    def _deserialize(self, value: Any, *arguments: Any, **options: Any) -> datetime:
        moment: datetime = super()._deserialize(value, *arguments, **options)
        try:
            moment = moment.astimezone(UTC)
        except OverflowError as error:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE) from error
        if moment <= datetime.now(UTC):
            raise ma.ValidationError("This time is over already.")
        return moment


def _check_name(name: str) -> None:
    if not is_name(name):
        raise ma.ValidationError(
            "A name is one line of text, without control characters and spaces around it."
        )


class KeyInput(ma.Schema):
    """A key to be made."""

    name = ma.fields.String(
        required=True,
        validate=[ma.validate.Length(min=1, max=MAX_NAME), _check_name],
        metadata={"pattern": NAME, "description": "Whose it is, or what for."},
    )
    scope = ma.fields.Enum(
        Access,
        by_value=True,
        required=True,
        validate=ma.validate.OneOf(SCOPES),
        error_messages={"unknown": f"Must be one of: {', '.join(SCOPE_NAMES)}."},
        metadata={"openapi": {"enum": list(SCOPE_NAMES)}},
    )
    expires_at = FutureMoment(load_default=None)


class KeySchema(ma.Schema):
    """A key as the API shows it: never the key itself."""

    id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    scope = ma.fields.String(required=True, validate=ma.validate.OneOf(SCOPE_NAMES))
    prefix = ma.fields.String(required=True)
    last_characters = ma.fields.String(required=True)
    created_at = UtcDateTime(required=True)
    expires_at = UtcDateTime(required=True, allow_none=True)
    last_used_at = UtcDateTime(required=True, allow_none=True)
    revoked_at = UtcDateTime(required=True, allow_none=True)


class NewKeySchema(KeySchema):
    """A key that has just been made; it is shown this once."""

    key = ma.fields.String(required=True)


KeyPage = page_schema(KeySchema)
