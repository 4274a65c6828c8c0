"""/api/imports/{id}/events: an import as a stream of events."""

from __future__ import annotations

import logging
from uuid import UUID

import sqlalchemy as sa
from flask import Flask, Response, current_app, json, request

from app.access import Access, requires
from app.api import ApiBlueprint
from app.imports.errors import ImportNotFound
from app.imports.events import STREAM_SECONDS, Snapshot, places, write_events
from app.imports.routes import ITEM, PROBLEM_TYPES, look_at
from app.imports.schemas import ImportSchema
from app.imports.status import FINISHED
from app.problems import UNAVAILABLE, Problem

HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
TOO_MANY = (
    "So many event streams are open that this server serves no more. Try again in a few "
    "seconds, or poll the import itself."
)
DOCUMENTED = {
    "parameters": [
        {
            "in": "header",
            "name": "Last-Event-ID",
            "description": "The last event's id, as a browser sends it when it connects again.",
            "schema": {"type": "string"},
        }
    ],
    "responses": {"204": {"description": "Nothing comes after the event named by Last-Event-ID."}},
}
# Of one event; the stream is made of them.
EVENTS = {
    "type": "object",
    "description": "An event whose data is the import, one at each change. The stream ends with "
    "the import, or after a minute; whoever connects again is told what has changed since.",
    "properties": {
        "id": {"type": "string"},
        "event": {"type": "string"},
        "data": {
            "type": "string",
            "contentMediaType": "application/json",
            "contentSchema": {"$ref": "#/components/schemas/Import"},
        },
    },
    "required": ["id", "data"],
}
log = logging.getLogger(__name__)

blueprint = ApiBlueprint(
    "import-events", __name__, description="Imports as they go", problem_types=PROBLEM_TYPES
)


@blueprint.route(f"{ITEM}/events", methods=["GET"])
@blueprint.response(200, EVENTS, content_type="text/event-stream")
@blueprint.doc(**DOCUMENTED)
@blueprint.raises(ImportNotFound)
@requires(Access.READ)
def stream_events(import_id: UUID) -> Response:
    """The import as Server-Sent Events until it ends."""
    known = request.headers.get("Last-Event-ID")
    first = take_snapshot(str(import_id))
    if first.is_final and first.name == known:
        return Response(status=204)  # which tells a browser not to come again
    if not places.acquire(blocking=False):
        return _refuse()
    seconds: float = current_app.config.get("EVENT_STREAM_SECONDS", STREAM_SECONDS)
    # Its own context at each look: the request's would be held open as long as somebody listens.
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    events = write_events(lambda: look(app, str(import_id)), known=known, seconds=seconds)
    response = Response(
        events,
        content_type="text/event-stream; charset=utf-8",
        headers=HEADERS,
    )
    response.call_on_close(places.release)
    return response


def take_snapshot(import_id: str) -> Snapshot:
    """The import as it is now. Raises ImportNotFound."""
    stored = look_at(import_id)
    return Snapshot(json.dumps(ImportSchema().dump(stored)), stored.status in FINISHED)


def look(app: Flask, import_id: str) -> Snapshot | None:
    """The import as it is now; None while the database is away."""
    try:
        with app.app_context():
            return take_snapshot(import_id)
    except sa.exc.DBAPIError as error:
        log.warning("event stream waits", extra={"import_id": import_id}, exc_info=error)
        return None


def _refuse() -> Response:
    response = Problem.of(UNAVAILABLE, TOO_MANY).as_response()
    response.headers["Retry-After"] = "5"
    return response
