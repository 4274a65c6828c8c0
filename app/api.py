"""The JSON API's blueprint class: flask-smorest, strict about what it is sent.

Unknown members of a body and unknown query parameters are refused, also on
addresses that take no query parameters at all. The decorators are typed here
so that the rest of the code is checked through them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from json import JSONDecodeError
from typing import Any, TypeVar

import marshmallow as ma
from flask import Flask, Request, current_app, g, request
from flask_smorest import Blueprint as SmorestBlueprint
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import (
    BadRequest,
    RequestEntityTooLarge,
    UnprocessableEntity,
    UnsupportedMediaType,
)

from app.access import access_of
from app.caller import Caller
from app.errors import DomainError
from app.openapi import list_problems, list_security
from app.problems import ProblemType

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
        is_chunked = has_body and req.content_length is None
        # Werkzeug cuts a body that does not say its length off at the limit, without a word.
        if is_chunked and len(req.get_data(cache=True)) >= (req.max_content_length or math.inf):
            raise RequestEntityTooLarge
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

    def __init__(
        self,
        name: str,
        import_name: str,
        *,
        description: str,
        problem_types: Mapping[type[DomainError], ProblemType],
    ) -> None:
        super().__init__(name, import_name, url_prefix="/api", description=description)
        self.problem_types = problem_types
        self.before_request(refuse_stray_query)
        self._prepare_doc_cbks.append(self._document_problems)
        self._prepare_doc_cbks.append(self._document_access)

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
        schema: type[ma.Schema] | ma.Schema | Mapping[str, object] | None = None,
        **options: object,
    ) -> Callable[[View], View]:
        """Document and serialise the answer; a plain JSON Schema documents what a view streams."""
        decorator: Callable[[View], View] = super().response(status_code, schema, **options)
        return decorator

    def raises(self, *errors: type[DomainError]) -> Callable[[View], View]:
        """Document which errors of its own the view may end in."""

        def decorator(view: View) -> View:
            view.__dict__.setdefault("_apidoc", {})["raises"] = errors
            return view

        return decorator

    def _document_problems(
        self, doc: dict[str, Any], doc_info: Mapping[str, Any], *, method: str, **_: object
    ) -> dict[str, Any]:
        kinds = [self.problem_types[error] for error in doc_info.get("raises", ())]
        has_body = "requestBody" in doc or "requestBody" in doc_info.get("manual_doc", {})
        problems = list_problems(method, has_body, kinds)
        doc["responses"] = {**doc["responses"], **problems}
        return doc

    def _document_access(
        self, doc: dict[str, Any], doc_info: Mapping[str, Any], *, app: Flask, **_: object
    ) -> dict[str, Any]:
        security = list_security(doc_info.get("access"), app.config["PRODUCT_IMPORTER"])
        return doc if security is None else {**doc, "security": security}

    def doc(self, **extra: object) -> Callable[[View], View]:
        """Add to the view's part of the OpenAPI document."""
        decorator: Callable[[View], View] = super().doc(**extra)
        return decorator

    def route(self, rule: str, **options: object) -> Callable[[View], View]:
        """Register a view."""
        register: Callable[[View], View] = super().route(rule, **options)

        def decorator(view: View) -> View:
            view.__dict__.setdefault("_apidoc", {})["access"] = access_of(view)
            return register(view)

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


def current_caller() -> Caller:
    """The same, with the address the request came from."""
    return Caller(current_actor(), request.remote_addr or "")


class UtcDateTime(ma.fields.Field[datetime]):
    """ISO 8601 in UTC with `Z`, microseconds kept."""

    def __init__(self, **options: Any) -> None:
        shape = {"type": "string", "format": "date-time"}
        super().__init__(metadata=shape, **options)

    def _serialize(
        self, value: datetime | None, attr: str | None, obj: object, **_: object
    ) -> str | None:
        return None if value is None else format_utc(value)


def format_utc(moment: datetime) -> str:
    """`2026-11-21T08:00:00.000000Z`, the API's only way to write a time."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
