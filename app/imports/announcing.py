"""Telling that an import has ended, in the transaction that ends it."""

from __future__ import annotations

from dataclasses import asdict

import sqlalchemy as sa

from app.imports.status import Status
from app.imports.storage import Import, get_import
from app.webhooks.events import EventType, record_event

TYPES = {
    Status.COMPLETED: EventType.IMPORT_COMPLETED,
    Status.FAILED: EventType.IMPORT_FAILED,
    Status.CANCELLED: EventType.IMPORT_CANCELLED,
}


def announce_end(connection: sa.Connection, import_id: str) -> None:
    """Write the event of an import's end, if it has ended."""
    ended = get_import(connection, import_id)
    if ended.status in TYPES:
        record_event(connection, TYPES[ended.status], describe_end(ended))


def describe_end(ended: Import) -> dict[str, object]:
    """What `import.*` tells: how it ended, the counts, and where more is to be read."""
    address = f"/api/imports/{ended.id}"
    links = {
        "self": address,
        "rejects": f"{address}/rejects",
        "rejects_csv": f"{address}/rejects.csv",
    }
    if ended.change_set_id is not None:
        links["change_set"] = f"/api/change-sets/{ended.change_set_id}"
    return {
        "id": ended.id,
        "filename": ended.filename,
        "status": ended.status.value,
        "counts": asdict(ended.counts),
        "problem": ended.problem,
        "change_set_id": ended.change_set_id,
        "links": links,
    }
