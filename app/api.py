"""The JSON API's blueprint class: flask-smorest, strict about what it is sent.

Unknown members of a body and unknown query parameters are refused, also on
addresses that take no query parameters at all. The decorators are typed here
so that the rest of the code is checked through them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from json import JSONDecodeError
from typing import Any, TypeVar

import marshmallow as ma
from flask import Flask, Request, current_app, g, request
from flask_smorest import Api
from flask_smorest import Blueprint as SmorestBlueprint
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest, UnprocessableEntity, UnsupportedMediaType

View = TypeVar("View", bound=Callable[..., Any])
TAKES_QUERY = "takes_query"


class StrictParser(FlaskParser):
    """Refuses unknown query parameters, which webargs ignores by default."""

    DEFAULT_UNKNOWN_BY_LOCATION = {  # noqa: RUF012
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": ma.RAISE,
    }

    def _raw_load_json(self, req: Request) -> Any:
        has_body = req.content_length or "Transfer-Encoding" in req.headers
        if has_body and not req.is_json:
            raise UnsupportedMediaType
        try:
            return super()._raw_load_json(req)
        except JSONDecodeError:
            raise  # the parser's own business
        except (RecursionError, ValueError) as error:
            # Brackets nested a thousand deep, or a number of thousands of digits.
            raise BadRequest from error


class ApiBlueprint(SmorestBlueprint):  # type: ignore[misc]
    """A group of addresses below /api."""

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, name: str, import_name: str, *, description: str) -> None:
        super().__init__(name, import_name, url_prefix="/api", description=description)
        self.before_request(refuse_stray_query)

    def arguments(
        self, schema: type[ma.Schema] | ma.Schema, *, location: str = "json", **options: object
    ) -> Callable[[View], View]:
        """Parse `schema` from `location` into the view's next argument."""
        decorate = super().arguments(schema, location=location, **options)

        def decorator(view: View) -> View:
            decorated: View = decorate(view)
            if location == "query":
                setattr(decorated, TAKES_QUERY, True)
            return decorated

        return decorator

    def response(
        self,
        status_code: int,
        schema: type[ma.Schema] | ma.Schema | None = None,
        **options: object,
    ) -> Callable[[View], View]:
        """Document and serialise the answer."""
        decorator: Callable[[View], View] = super().response(status_code, schema, **options)
        return decorator

    def doc(self, **extra: object) -> Callable[[View], View]:
        """Add to the view's part of the OpenAPI document."""
        decorator: Callable[[View], View] = super().doc(**extra)
        return decorator

    def route(self, rule: str, **options: object) -> Callable[[View], View]:
        """Register a view."""
        decorator: Callable[[View], View] = super().route(rule, **options)
        return decorator


def refuse_stray_query() -> None:
    """Unknown query parameters: 422, on views that declare none as well."""
    view = current_app.view_functions.get(request.endpoint or "")
    if request.args and not getattr(view, TAKES_QUERY, False):
        error = UnprocessableEntity()
        error.data = {  # type: ignore[attr-defined]
            "messages": {"query": {name: ["Unknown parameter."] for name in request.args}}
        }
        raise error


def current_actor() -> str:
    """Who makes this request, as the gate before it found out: `local`, `admin`, a key's name."""
    return str(g.get("actor", "unknown"))


class UtcDateTime(ma.fields.Field[datetime]):
    """ISO 8601 in UTC with `Z`, microseconds kept."""

    def _serialize(
        self, value: datetime | None, attr: str | None, obj: object, **_: object
    ) -> str | None:
        return None if value is None else format_utc(value)


def format_utc(moment: datetime) -> str:
    """`2026-11-21T08:00:00.000000Z`, the API's only way to write a time."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def create_api(app: Flask) -> Api:
    """The OpenAPI document at /api/openapi.json, filled by the blueprints registered on it."""
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.config.update(
        API_TITLE="Product Importer",
        API_VERSION="1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api",
        OPENAPI_JSON_PATH="openapi.json",
    )
    return Api(app)
