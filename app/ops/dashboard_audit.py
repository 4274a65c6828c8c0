"""What the job dashboard is used for, told to the audit log.

Redis has no transaction with the database: an entry is written after the change, and where that
fails, the log of the process tells of it.
"""

from __future__ import annotations

import logging

from flask import Flask, Response, request
from sqlalchemy.exc import SQLAlchemyError

from app.api import current_caller
from app.audit.entries import Action, record_entry
from app.extensions import db

VIEWS = {
    "requeue_job_view": Action.JOBS_REQUEUED,
    "requeue_all": Action.JOBS_REQUEUED,
    "delete_job_view": Action.JOBS_DELETED,
    "empty_queue": Action.JOBS_DELETED,
}
log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Have `app` write down what changes jobs. The dashboard itself needs no database."""
    app.after_request(record_jobs)


def record_jobs(response: Response) -> Response:
    """Write down what has just been done to jobs, if this was such a request, and it succeeded."""
    mount, _, view = (request.endpoint or "").rpartition(".")
    if mount.partition(".")[0] != "rq" or view not in VIEWS or response.status_code != 200:
        return response
    # The address may hold what PostgreSQL cannot.
    named = {n: str(v).replace("\x00", "\ufffd") for n, v in (request.view_args or {}).items()}
    subject = named.get("job_id") or named.get("queue_name")
    try:
        with db.engine.begin() as connection:
            record_entry(connection, VIEWS[view], current_caller(), subject=subject, detail=named)
    except SQLAlchemyError as error:
        log.warning(
            "jobs changed, not in the audit log", extra={"subject": subject}, exc_info=error
        )
    return response
