"""Every error under /api as `application/problem+json` (RFC 9457).

The factory hands `init_app` one table, exception → `ProblemType`; it is made
of the tables the packages' routes declare, and is the only place where a
domain error meets a status code. Texts of libraries and databases never reach
a client: what is not in the table is logged and becomes a plain 500.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

import psycopg2
from flask import Flask, Response, current_app, json, request
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import (
    ClientDisconnected,
    HTTPException,
    InternalServerError,
    RequestTimeout,
)

from app.config import Config
from app.errors import DomainError
from app.shortage import Shortage, find_full_disk, find_shortage

MEDIA_TYPE = "application/problem+json"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ProblemType:
    """A kind of problem: its stable path below /problems/, status, title, headers of its own."""

    slug: str
    status: int
    title: str
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A problem object (RFC 9457, section 3.1), ready to be sent or stored."""

    type: str
    title: str
    status: int
    detail: str
    errors: tuple[Mapping[str, str], ...] = ()
    data: Mapping[str, object] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        kind: ProblemType,
        detail: str,
        *,
        errors: tuple[Mapping[str, str], ...] = (),
        data: Mapping[str, object] | None = None,
    ) -> Problem:
        """A problem of a known kind."""
        return cls(
            type=f"/problems/{kind.slug}",
            title=kind.title,
            status=kind.status,
            detail=detail,
            errors=errors,
            data=data or {},
        )

    def as_dict(self) -> dict[str, object]:
        """The JSON object, extension members at its top level."""
        body: dict[str, object] = {
            "type": self.type,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        if self.errors:
            body["errors"] = [dict(error) for error in self.errors]
        return {**self.data, **body}

    def as_response(self) -> Response:
        """The answer that carries this problem."""
        return Response(json.dumps(self.as_dict()), status=self.status, content_type=MEDIA_TYPE)


INVALID_INPUT = ProblemType("invalid-input", 422, "The input is not valid")
INVALID_JSON = ProblemType("bad-request", 400, "The request cannot be understood")
UNAVAILABLE = ProblemType("unavailable", 503, "A service is not available")
BUSY = ProblemType("busy", 409, "Somebody else is changing this just now")
FULL = ProblemType("insufficient-storage", 507, "There is no room left")

DETAILS = {
    400: "The request could not be understood. If it has a body, send valid JSON.",
    401: "Log in first, or send credentials.",
    403: "This request is refused: it comes from another site, or names a host that is not ours.",
    404: "Nothing is at this address.",
    405: "This address does not support the method. The Allow header lists those it does.",
    408: "The request did not arrive whole, or came too slowly.",
    411: "Say with Content-Length how long the body is.",
    413: "The request is larger than this server accepts.",
    415: "Send the body with the media type this address expects, such as application/json.",
    500: "The server failed. The failure is logged; trying again may help.",
}


def invalid_input(errors: Mapping[str, object] | list[object]) -> Problem:
    """The 422 of field errors as marshmallow nests them."""
    listed = tuple(
        {"pointer": pointer, "detail": detail} for pointer, detail in _flatten(errors, "")
    )
    first = listed[0] if listed else {"pointer": "", "detail": "The input is not valid."}
    where = f"{first['pointer'].lstrip('/')}: " if first["pointer"] else ""
    return Problem.of(INVALID_INPUT, f"{where}{first['detail']}", errors=listed)


def _flatten(node: object, pointer: str) -> list[tuple[str, str]]:
    """JSON pointers (RFC 6901) and sentences out of nested error dictionaries."""
    if isinstance(node, Mapping):
        found = []
        for key, value in node.items():
            token = str(key).replace("~", "~0").replace("/", "~1")
            found += _flatten(value, pointer if key == "_schema" else f"{pointer}/{token}")
        return found
    if isinstance(node, list):
        return [item for value in node for item in _flatten(value, pointer)]
    return [(pointer, str(node))]


def init_app(app: Flask, table: Mapping[type[DomainError], ProblemType]) -> None:
    """Register the handlers; `table` must name every DomainError a view may raise."""

    def domain_error(error: DomainError) -> Response:
        kind = next(table[base] for base in type(error).__mro__ if base in table)
        errors = ({"pointer": error.pointer, "detail": error.detail},) if error.pointer else ()
        response = Problem.of(kind, error.detail, errors=errors, data=error.data).as_response()
        response.headers.extend(kind.headers)
        if "retry_after" in error.data:
            response.headers["Retry-After"] = str(error.data["retry_after"])
        return response

    app.register_error_handler(DomainError, domain_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(DBAPIError, _database_error)
    # COPY is spoken with the driver itself.
    app.register_error_handler(psycopg2.Error, _database_error)
    app.register_error_handler(OSError, _system_error)
    app.register_error_handler(PoolTimeout, _pool_exhausted)
    app.register_error_handler(RedisError, _redis_error)


def _http_error(error: HTTPException) -> Response | HTTPException:
    """What Werkzeug, Flask or the argument parser raised; pages keep their plain answer."""
    if not request.path.startswith("/api"):
        return error
    if isinstance(error, ClientDisconnected):
        error = RequestTimeout()  # to the stream both are the same
    status = error.code or 500
    messages = getattr(error, "data", {}).get("messages")
    if status == 400:
        problem = Problem.of(
            INVALID_JSON, DETAILS[400], errors=({"pointer": "", "detail": DETAILS[400]},)
        )
    elif status == 422 and messages:
        problem = invalid_input(_without_location(messages))
    else:
        title = HTTPStatus(status).phrase
        detail = DETAILS.get(status, f"{title}.")
        problem = Problem.of(ProblemType(title.lower().replace(" ", "-"), status, title), detail)
    response = problem.as_response()
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    return response


def _without_location(messages: Mapping[str, object]) -> Mapping[str, object]:
    """The parser files errors under where they were found ("json", "query"): leave that out."""
    merged: dict[str, object] = {}
    for errors in messages.values():
        merged.update(errors if isinstance(errors, Mapping) else {"_schema": errors})
    return merged


def _database_error(error: DBAPIError | psycopg2.Error) -> Response:
    """The database is full, away or refused to wait; anything else is our mistake: a 500."""
    if shortage := find_shortage(error):  # a server whose log finds no room breaks off as well
        return _no_room(error, shortage)
    code = getattr(getattr(error, "orig", error), "pgcode", None) or ""
    is_lost = getattr(error, "connection_invalidated", False)
    if is_lost or code in ("", "25P03", "57P01", "57P02", "57P03"):
        if shortage := find_full_disk(_embedded_cluster()):
            return _no_room(error, shortage)
        log.warning("database unavailable", extra={"path": request.path}, exc_info=error)
        detail = "The database cannot be reached just now. Try again in a few seconds."
        return _retry_soon(Problem.of(UNAVAILABLE, detail))
    if code in ("55P03", "40P01", "40001"):
        detail = "Another change holds this row. Try again in a moment."
        return _retry_soon(Problem.of(BUSY, detail))
    log.error("database error", extra={"path": request.path}, exc_info=error)
    return _as_response(_http_error(InternalServerError()))


def _embedded_cluster() -> Path:
    """Where `make run` keeps the database's data; no folder where the database is elsewhere."""
    config: Config = current_app.config["PRODUCT_IMPORTER"]
    return config.data_dir / "postgres" if config.is_database_local else Path("/nonexistent")


def _system_error(error: OSError) -> Response:
    """There is no room for an upload; anything else is our mistake: a 500."""
    shortage = find_shortage(error)
    if shortage is None:
        raise error
    return _no_room(error, shortage)


def _no_room(error: Exception, shortage: Shortage) -> Response:
    log.error("no room", extra={"path": request.path}, exc_info=error)
    return Problem.of(FULL, shortage.detail).as_response()


def _pool_exhausted(error: PoolTimeout) -> Response:
    log.warning("every database connection is in use", extra={"path": request.path}, exc_info=error)
    detail = "The server has as much to do as it can just now. Try again in a few seconds."
    return _retry_soon(Problem.of(UNAVAILABLE, detail))


def _redis_error(error: RedisError) -> Response:
    if shortage := find_shortage(error):
        return _no_room(error, shortage)
    log.warning("redis unavailable", extra={"path": request.path}, exc_info=error)
    detail = "The queue cannot be reached just now. Try again in a few seconds."
    return _retry_soon(Problem.of(UNAVAILABLE, detail))


def _retry_soon(problem: Problem) -> Response:
    response = problem.as_response()
    response.headers["Retry-After"] = "2"
    return response


def _as_response(answer: Response | HTTPException) -> Response:
    if isinstance(answer, HTTPException):
        return Response(answer.get_body(), status=answer.code, headers=answer.get_headers())
    return answer
