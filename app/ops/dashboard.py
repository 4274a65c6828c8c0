"""rq-dashboard below /rq, made safe to expose to an administrator.

The package (0.9.0) is used as it comes, but for what is wrong with it:

- it unpickles what it finds in Redis, whatever serializer it is told to use,
  and writes it back pickled: every reading class is bound to JSON here;
- its pages put job texts and a part of the address into HTML and scripts
  unescaped: the loader corrects the templates while it reads them;
- it changes state on GET and takes writes from other sites: `_refuse_unsafe`;
- a job that is gone, a wrong address or an absent Redis are tracebacks: they
  become short pages.

It is registered inside a blueprint of our own, made anew for every app,
because the package's own is one per process and takes no more hooks once it
has been registered. Its pages load nothing from other hosts. Who may see them
is not decided here but in the app's own `before_request`.
"""

from __future__ import annotations

import functools
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import redis
import rq_dashboard
from flask import Blueprint, Flask, Response, current_app, g, request
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from redis.exceptions import RedisError
from rq import Queue, Worker, requeue_job
from rq.exceptions import InvalidJobOperation, NoSuchJobError
from rq.job import Job
from rq.serializers import JSONSerializer
from rq_dashboard import web

from app.access import Access, close_foreign
from app.extensions import ANSWER_SECONDS, connect_redis

REGISTRIES = frozenset(
    ("queued", "scheduled", "deferred", "started", "finished", "failed", "canceled")
)

# Its templates are compiled in the browser (unsafe-eval) and carry style
# attributes; scripts run from its own files and from the one block with the nonce.
_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; style-src 'self'; "
    "style-src-attr 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

# What is wrong in the templates → what it has to be.
_CORRECTIONS: tuple[tuple[re.Pattern[str], str], ...] = (
    # Escaped by hand already: leave it to the next line, or it is escaped twice.
    (re.compile(r"<%= \$\('<div/>'\)\.text\(([\w.]+)\)\.html\(\) %>"), r"<%= \1 %>"),
    # In the browser's templates `<%=` inserts as it is, `<%-` escapes.
    (re.compile(r"<%="), "<%-"),
    # Jinja does not escape in .js files: a queue's name in the address was run as script.
    (re.compile(r"'\{\{ queue\.name \}\}'"), "{{ queue.name|tojson }}"),
    # Registered inside another blueprint, it goes by another name.
    (re.compile(r"url_for\('rq_dashboard\."), "url_for('."),
    # The app's own static files need not hold an icon, nor exist.
    (re.compile(r"url_for\('static', filename='favicon\.ico'\)"), "url_for('.favicon')"),
    (
        re.compile(r'<script type="text/javascript">'),
        '<script type="text/javascript" nonce="{{ script_nonce }}">',
    ),
)

_PAGE = Markup(
    '<!doctype html><html lang="en"><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width"><title>{title}</title>'
    '<h1>{title}</h1><p>{text}</p><p><a href="{home}">All queues</a></p></html>'
)


class CorrectedLoader(FileSystemLoader):
    """Reads the package's templates and hands them on corrected; no file is copied."""

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        """See jinja2.BaseLoader.get_source."""
        source, filename, is_current = super().get_source(environment, template)
        for pattern, replacement in _CORRECTIONS:
            source = pattern.sub(replacement, source)
        return source, filename, is_current


class _AsJson:
    """Reads and writes JSON, whatever the caller says or leaves out."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **{**options, "serializer": JSONSerializer})


class _JsonJob(_AsJson, Job):
    """What the package is to take for `rq.job.Job`."""


class _JsonWorker(_AsJson, Worker):
    """What the package is to take for `rq.Worker`."""


class _CompactQueue(Queue):
    """What the package is to take for `rq.Queue`."""

    def compact(self) -> None:
        """Remove the ids of jobs that are gone. RQ renames the list, which an empty queue lacks."""
        if self.connection.exists(self.key):
            super().compact()  # type: ignore[no-untyped-call]


@functools.cache
def _connect(url: str) -> redis.Redis:
    """One pool per address; the package would open a new one with every request."""
    return connect_redis(url, retries=1, seconds=ANSWER_SECONDS)


def init_app(app: Flask, redis_url: str) -> None:
    """Mount the dashboard of the queues in `redis_url` at /rq; any number of apps may."""
    _bind_package_to_json()
    app.config["RQ_DASHBOARD_REDIS_URL"] = redis_url
    web.setup_rq_connection(app)

    mount = Blueprint("rq", __name__, url_prefix="/rq")
    # Asked before the package's own loader, since this blueprint is registered before it.
    mount.jinja_loader = CorrectedLoader(Path(rq_dashboard.__file__).parent / "templates")
    mount.register_blueprint(rq_dashboard.blueprint)
    mount.before_request(_refuse_unsafe)
    mount.before_request(_refuse_unknown)
    mount.before_request(_require_redis)
    mount.after_request(_set_policy)
    mount.context_processor(lambda: {"script_nonce": _script_nonce()})
    mount.register_error_handler(NoSuchJobError, _job_gone)
    mount.register_error_handler(InvalidJobOperation, _job_not_failed)
    mount.register_error_handler(RedisError, _redis_away)
    app.register_blueprint(mount)
    close_foreign(app, "rq.", Access.ADMIN)


def _bind_package_to_json() -> None:
    """Replace what the package calls without a serializer. Safe to repeat."""
    web.config.serializer = JSONSerializer
    web.Job = _JsonJob
    web.Worker = _JsonWorker
    web.Queue = _CompactQueue
    web.requeue_job = functools.partial(requeue_job, serializer=JSONSerializer)
    web.from_url = lambda url, **_options: (None, _connect(url))


def _refuse_unsafe() -> Response | None:
    """State changes by POST only, and only from our own pages.

    Whatever answers POST changes state; "requeue all" would do so on GET too.
    """
    rule = request.url_rule
    if rule is None or "POST" not in (rule.methods or ()) or request.method == "OPTIONS":
        return None
    if request.method != "POST":
        page = _page(405, "Not like this", "This address changes something: use the button.")
        page.headers["Allow"] = "POST, OPTIONS"
        return page
    if not _is_same_origin():
        return _page(403, "Refused", "The request came from another site.")
    return None


def _is_same_origin() -> bool:
    """Whether the browser says that this site sent the request.

    By `Sec-Fetch-Site`; by `Origin` against `Host` where that is absent; a
    request with neither is refused.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    return urlsplit(request.headers.get("Origin", "")).netloc == request.host


def _refuse_unknown() -> Response | None:
    """404 for the addresses that the package's views answer with a traceback."""
    place = request.view_args or {}
    known = (
        place.get("instance_number", 0) == 0
        and place.get("registry_name", "queued") in REGISTRIES
        and re.fullmatch(r"[\w-]+", place.get("job_id", "_"), re.ASCII) is not None
        and all(re.fullmatch(r"[1-9]\d{0,5}", str(place.get(n, 1))) for n in ("page", "per_page"))
    )
    return None if known else _page(404, "Not found", "Nothing is at this address.")


def _require_redis() -> None:
    """Raise RedisError before a view does; one view would answer 200 with half a page."""
    if request.endpoint and not request.endpoint.endswith(".static"):
        current_app.redis_conn.ping()  # type: ignore[attr-defined]


def _script_nonce() -> str:
    if "script_nonce" not in g:
        g.script_nonce = secrets.token_urlsafe(16)
    return str(g.script_nonce)


def _set_policy(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = _POLICY.format(nonce=_script_nonce())
    return response


def _job_gone(_error: NoSuchJobError) -> Response:
    text = "There is no job with this id. Finished jobs are forgotten after a while."
    return _page(404, "No such job", text)


def _job_not_failed(_error: InvalidJobOperation) -> Response:
    return _page(409, "Not requeued", "The job is not among the failed ones any more.")


def _redis_away(error: RedisError) -> Response:
    current_app.logger.warning("redis unavailable", extra={"path": request.path}, exc_info=error)
    text = "Redis cannot be reached just now, so the queues cannot be shown. Try again shortly."
    page = _page(503, "The queues are not available", text)
    page.headers["Retry-After"] = "2"
    return page


def _page(status: int, title: str, text: str) -> Response:
    body = _PAGE.format(title=title, text=text, home="/rq/")
    return Response(body, status, {"Cache-Control": "no-store"})
