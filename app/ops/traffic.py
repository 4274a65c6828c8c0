"""Every request gets an id, a line in the log, and is counted.

An id that the caller sends is kept if it is harmless, so that one id follows a call through
several systems. The line tells the path without its query, which may hold a secret.
"""

from __future__ import annotations

import logging
import re
import secrets
import time

from flask import Flask, Response, g, request

from app import logs
from app.counters import current_counters

HEADER = "X-Request-ID"
is_harmless = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII).fullmatch
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# Asked for by machines every few seconds, or with every page.
ROUTINE = re.compile(r"/(healthz|readyz|metrics)$|/(css|js|img)/|/rq/static/")
log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Register before whatever else looks at requests: what is refused is told as well."""
    app.before_request(begin)
    app.after_request(end)
    app.teardown_request(forget)


def begin() -> None:
    """Name the request, and look at the clock."""
    given = request.headers.get(HEADER, "")
    g.request_id = given if is_harmless(given) else secrets.token_hex(8)
    g.began = time.perf_counter()
    logs.bind(request_id=g.request_id)


def forget(_error: BaseException | None) -> None:
    """What the thread writes between two requests belongs to neither."""
    logs.bind()


def end(response: Response) -> Response:
    """Answer the id, count, and write the line. The time is that until the answer begins."""
    seconds = time.perf_counter() - g.began
    response.headers[HEADER] = g.request_id
    method = request.method if request.method in METHODS else "other"
    rule = request.url_rule.rule if request.url_rule else "unmatched"
    current_counters().count_request(method, rule, response.status_code, seconds)
    log.log(
        logging.DEBUG if ROUTINE.match(request.path) else logging.INFO,
        "%s %s %s",
        method,
        request.path,
        response.status_code,
        extra={
            "method": method,
            "path": request.path,
            "status": response.status_code,
            "ms": round(seconds * 1000, 1),
            "actor": g.get("actor", "unknown"),
        },
    )
    return response
