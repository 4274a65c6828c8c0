"""The OpenAPI document at /api/openapi.json: made of what the code declares, and of nothing else.

Schemas become JSON Schemas; what a field checks by code of its own it says in its metadata,
`{"openapi": {...}}` and `{"parameter": {...}}`, and a schema in its `Meta.openapi`. Errors are
problems everywhere: which of them an operation may answer is told by its shape (a body can be
broken, a write can be in somebody's way) and by `ApiBlueprint.raises`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from http import HTTPStatus
from typing import Any

import marshmallow as ma
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from flask import Flask
from flask_smorest import Api

from app.access import Access, close_foreign
from app.config import Config
from app.problems import MEDIA_TYPE, ProblemType

JSON = "application/json"
BY_ANY = (401, 403, 422, 429, 500, 503, 507)
BY_BODY = (400, 408, 413, 415)
BY_WRITE = (409,)
PROBLEM_REFERENCE = {"$ref": "#/components/schemas/Problem"}

LOCATION = {
    "Location": {
        "description": "Where what was made is found.",
        "required": True,
        "schema": {"type": "string", "format": "uri-reference"},
    }
}
ETAG = {
    "ETag": {
        "description": "The version, for If-Match.",
        "required": True,
        "schema": {"type": "string", "pattern": '^"[0-9]+"$'},
    }
}
ATTACHMENT = {
    "Content-Disposition": {
        "description": "The name of the file.",
        "required": True,
        "schema": {"type": "string", "pattern": "^attachment; filename"},
    }
}
CSV_TEXT = {"type": "string"}


class FieldErrorSchema(ma.Schema):
    """What is wrong with one member of the input."""

    pointer = ma.fields.String(required=True, metadata={"description": "RFC 6901"})
    detail = ma.fields.String(required=True)


class ProblemSchema(ma.Schema):
    """A problem (RFC 9457). Some types have members more, such as `existing_id`."""

    class Meta:
        unknown = ma.INCLUDE

    type = ma.fields.String(required=True, metadata={"pattern": "^/problems/[a-z-]+$"})
    title = ma.fields.String(required=True)
    status = ma.fields.Integer(required=True, validate=ma.validate.Range(min=400, max=599))
    detail = ma.fields.String(required=True)
    errors = ma.fields.List(ma.fields.Nested(FieldErrorSchema))


class ProblemObject(ma.fields.Dict):
    """A problem that is stored with what failed, or null."""

    def __init__(self, description: str = "", **options: Any) -> None:
        shape = {"type": ["object", "null"], "anyOf": [PROBLEM_REFERENCE, {"type": "null"}]}
        told = {"description": description} if description else {}
        super().__init__(metadata={"openapi": shape | told}, **options)


def amend_parameter(
    converter: OpenAPIConverter, field: ma.fields.Field[Any], ret: dict[str, Any]
) -> Mapping[str, Any]:
    """A parameter is left out, never null; and one may be JSON as text."""
    schema = ret["schema"]
    if isinstance(schema.get("type"), list):
        kinds = [kind for kind in schema["type"] if kind != "null"]
        schema["type"] = kinds[0] if len(kinds) == 1 else kinds
    if "enum" in schema:
        schema["enum"] = [choice for choice in schema["enum"] if choice is not None]
    if schema.get("default", ma.missing) is None:
        del schema["default"]
    if field.metadata.get("json_text"):
        ret["content"] = {JSON: {"schema": ret.pop("schema")}}
    found: Mapping[str, Any] = field.metadata.get("parameter", {})
    return found


class Converter(OpenAPIConverter):
    """apispec's, with what fields and schemas say of themselves."""

    def init_parameter_attribute_functions(self) -> None:
        """What makes a parameter out of a field; called once."""
        super().init_parameter_attribute_functions()
        self.add_parameter_attribute_function(amend_parameter)

    def field2property(self, field: ma.fields.Field[Any]) -> dict[str, Any]:
        """The JSON Schema of one field."""
        return {**super().field2property(field), **field.metadata.get("openapi", {})}

    def schema2jsonschema(self, schema: Any) -> dict[str, Any]:
        """The JSON Schema of `schema`, with the rules about several of its fields."""
        found: dict[str, Any] = super().schema2jsonschema(schema)  # type: ignore[no-untyped-call]
        return {**found, **getattr(schema.Meta, "openapi", {})}


class Plugin(MarshmallowPlugin):
    """apispec's, with that converter."""

    Converter = Converter


class DocumentedApi(Api):  # type: ignore[misc]
    """flask-smorest's, whose errors are problems and whose operations list all that they answer."""

    ERROR_SCHEMA = ProblemSchema
    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_responses(self) -> None:
        for status in HTTPStatus:
            answer = describe_problem(status.phrase)
            self.spec.components.response(status.name, answer, lazy=True)

    def _register_pagination_header(self) -> None:
        """Lists are pages of ours, whose shape is no header's."""


def describe_problem(description: str) -> dict[str, Any]:
    """A response that carries a problem."""
    return {"description": description, "content": {MEDIA_TYPE: {"schema": ProblemSchema}}}


def list_problems(
    method: str, has_body: bool, kinds: Collection[ProblemType]
) -> dict[int, dict[str, Any] | str]:
    """The errors an operation may answer by what it is, and by `kinds`."""
    expected = set(BY_ANY)
    expected |= set(BY_BODY) if has_body else set()
    expected |= set(BY_WRITE) if method != "get" else set()
    found: dict[int, dict[str, Any] | str] = {
        status: HTTPStatus(status).name for status in sorted(expected)
    }
    for status in sorted({kind.status for kind in kinds} - {422}):
        titles = [kind.title for kind in kinds if kind.status == status]
        found[status] = describe_problem("; ".join(dict.fromkeys(titles)))
    return found


def create_api(app: Flask, config: Config) -> Api:
    """The API of `app`; it documents the blueprints that are registered on it."""
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.config.update(
        API_TITLE="Product Importer",
        API_VERSION="1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api",
        OPENAPI_JSON_PATH="openapi.json",
    )
    api = DocumentedApi(app, spec_kwargs={"marshmallow_plugin": Plugin()})
    close_foreign(app, "api-docs.", Access.READ)
    for name, scheme in list_security_schemes(app.config["SESSION_COOKIE_NAME"]).items():
        api.spec.components.security_scheme(name, scheme)
    return api


def list_security_schemes(cookie: str) -> dict[str, dict[str, str]]:
    """The ways to be known."""
    by_cookie = f"Set by POST /api/session. On https its name is __Host-{cookie}."
    by_key = "An API key. Beside each operation stands the least scope that it needs."
    return {
        "session": {"type": "apiKey", "in": "cookie", "name": cookie, "description": by_cookie},
        "bearer": {"type": "http", "scheme": "bearer", "description": by_key},
    }


def list_security(access: Access | None, config: Config) -> list[dict[str, list[str]]] | None:
    """What an operation asks for; None where nobody is asked, since no password is set.

    OpenAPI 3.1 has the roles that a caller needs stand with a scheme that knows no scopes.
    """
    if access is Access.PUBLIC:
        return []
    if config.admin_password is None:
        return None
    return [{"session": []}, {"bearer": [access.value] if access else []}]
