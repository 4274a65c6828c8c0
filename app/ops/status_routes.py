"""/api/status: what the status page shows, and whoever else wants to know at a glance."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from app.access import Access, requires
from app.api import ApiBlueprint, UtcDateTime
from app.errors import DomainError
from app.ops.failures import FailureKind
from app.ops.status import Status, read_status
from app.problems import ProblemType

PROBLEM_TYPES: dict[type[DomainError], ProblemType] = {}
blueprint = ApiBlueprint(
    "status", __name__, description="How it all is just now", problem_types=PROBLEM_TYPES
)


class QueueSchema(ma.Schema):
    """A queue; `oldest_at` is when the job that is next was put there."""

    name = ma.fields.String(required=True)
    waiting = ma.fields.Integer(required=True)
    oldest_at = UtcDateTime(required=True, allow_none=True)
    running = ma.fields.Integer(required=True)
    failed = ma.fields.Integer(required=True)


class RunningJobSchema(ma.Schema):
    """What a worker does just now."""

    id = ma.fields.String(required=True)
    started_at = UtcDateTime(required=True, allow_none=True)


class WorkerSchema(ma.Schema):
    """A worker that gives signs of life, and when the last one came."""

    name = ma.fields.String(required=True)
    queue = ma.fields.String(required=True)
    state = ma.fields.String(required=True)
    host = ma.fields.String(required=True)
    pid = ma.fields.Integer(required=True, allow_none=True)
    started_at = UtcDateTime(required=True, allow_none=True)
    seen_at = UtcDateTime(required=True, allow_none=True)
    job = ma.fields.Nested(RunningJobSchema, required=True, allow_none=True)


class PendingSchema(ma.Schema):
    """What webhooks are still to be told, counted up to 100,000, and when the first is due."""

    pending = ma.fields.Integer(required=True)
    next_at = UtcDateTime(required=True, allow_none=True)


class TableSchema(ma.Schema):
    """A table's size on disk and about how many rows it has."""

    name = ma.fields.String(required=True)
    data_bytes = ma.fields.Integer(required=True)
    index_bytes = ma.fields.Integer(required=True)
    rows = ma.fields.Integer(required=True)


class DatabaseSchema(ma.Schema):
    """The database; since when the index for searches lacks something, if it does."""

    bytes = ma.fields.Integer(required=True)
    connections = ma.fields.Integer(required=True)
    max_connections = ma.fields.Integer(required=True)
    unindexed_since = UtcDateTime(required=True, allow_none=True)
    announcements = ma.fields.Integer(required=True)


class FailureSchema(ma.Schema):
    """Something that did not work. For a delivery, `id` is the webhook's."""

    kind = ma.fields.Enum(FailureKind, by_value=True, required=True)
    id = ma.fields.String(required=True)
    subject = ma.fields.String(required=True)
    detail = ma.fields.String(required=True)
    at = UtcDateTime(required=True, allow_none=True)


def _counts() -> ma.fields.List[Any]:
    return ma.fields.List(ma.fields.Integer(), required=True, allow_none=True)


class SeriesSchema(ma.Schema):
    """What was counted in each step of time, the oldest first; the last one ends at `until`."""

    step_seconds = ma.fields.Integer(required=True)
    until = UtcDateTime(required=True)
    rows = _counts()
    requests = _counts()
    server_errors = _counts()
    delivered = _counts()
    undelivered = _counts()


class StatusSchema(ma.Schema):
    """How it all is. Null is what cannot be told while the database or Redis is away."""

    at = UtcDateTime(required=True)
    is_ready = ma.fields.Boolean(required=True)
    parts = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Boolean(), required=True)
    versions = ma.fields.Dict(
        keys=ma.fields.String(), values=ma.fields.String(allow_none=True), required=True
    )
    queues = ma.fields.List(ma.fields.Nested(QueueSchema), required=True, allow_none=True)
    workers = ma.fields.List(ma.fields.Nested(WorkerSchema), required=True, allow_none=True)
    deliveries = ma.fields.Nested(PendingSchema, required=True, allow_none=True)
    webhooks = ma.fields.Dict(
        keys=ma.fields.String(), values=ma.fields.Integer(), required=True, allow_none=True
    )
    server = ma.fields.Nested(DatabaseSchema, required=True, allow_none=True)
    tables = ma.fields.List(ma.fields.Nested(TableSchema), required=True, allow_none=True)
    failures = ma.fields.List(ma.fields.Nested(FailureSchema), required=True)
    rates = ma.fields.List(ma.fields.Nested(SeriesSchema), required=True)


@blueprint.route("/status", methods=["GET"])
@blueprint.response(200, StatusSchema)
@requires(Access.READ)
def get_status() -> Status:
    """Queues, workers, what was done lately and what failed, sizes and versions."""
    return read_status()
