"""Writing into the audit log. The connection commits."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import sqlalchemy as sa

from app.audit.models import audit_entries
from app.caller import Caller

# The engine's execution option that says for how many days an entry is kept.
DAYS_OPTION = "audit_days"
DEFAULT_DAYS = 365


class Action(StrEnum):
    """What is written down."""

    LOGIN = "login"
    LOGIN_FAILED = "login_failed"
    LOGGED_OUT_EVERYWHERE = "logged_out_everywhere"
    KEY_CREATED = "key_created"
    KEY_REVOKED = "key_revoked"
    WEBHOOK_CREATED = "webhook_created"
    WEBHOOK_CHANGED = "webhook_changed"
    WEBHOOK_DELETED = "webhook_deleted"
    WEBHOOK_SECRET_ROTATED = "webhook_secret_rotated"  # noqa: S105 - a name, not a secret
    WEBHOOK_TESTED = "webhook_tested"
    WEBHOOK_RECOVERED = "webhook_recovered"
    WEBHOOK_REDELIVERED = "webhook_redelivered"
    IMPORT_CREATED = "import_created"
    IMPORT_STARTED = "import_started"
    IMPORT_CANCELLED = "import_cancelled"
    BULK_REQUESTED = "bulk_requested"
    UNDO_REQUESTED = "undo_requested"
    EXPORT_MADE = "export_made"
    FILE_DOWNLOADED = "file_downloaded"
    JOBS_REQUEUED = "jobs_requeued"
    JOBS_DELETED = "jobs_deleted"


def record_entry(
    connection: sa.Connection,
    action: Action,
    caller: Caller,
    *,
    subject: str | None = None,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Write down that `caller` did `action`, in the transaction of what it tells.

    `subject` is what it was done to, as a reader would name it (a URL, a file's name);
    `detail` is JSON, its ids as text. Neither may hold a secret: nothing is taken out here,
    and nothing can be taken out later.
    """
    days = connection.get_execution_options().get(DAYS_OPTION, DEFAULT_DAYS)
    connection.execute(
        sa.insert(audit_entries).values(
            actor=caller.actor,
            address=caller.address,
            action=action.value,
            subject=subject,
            detail=dict(detail or {}),
            keep_until=sa.func.clock_timestamp() + sa.func.make_interval(0, 0, 0, days),
        )
    )
