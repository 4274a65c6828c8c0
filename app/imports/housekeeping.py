"""What is done about imports now and then, a little at a time."""

from __future__ import annotations

import sqlalchemy as sa

from app.housekeeping import Chore, Piece
from app.imports import storage
from app.imports.announcing import announce_end
from app.imports.models import imports
from app.imports.status import WAITING, Status
from app.imports.uploads import forget_old_chunks

KEEP_UPLOAD_DAYS = 7
# 50 MB; larger pieces would keep the disk busy for seconds.
CHUNKS_AT_ONCE = 200
PREVIEWS_AT_ONCE = 100


def forget_uploads(connection: sa.Connection) -> Piece:
    """Delete bytes of imports that ended long ago."""
    rows = forget_old_chunks(connection, KEEP_UPLOAD_DAYS, CHUNKS_AT_ONCE)
    return Piece(rows, has_more=rows == CHUNKS_AT_ONCE)


def end_abandoned_previews(connection: sa.Connection) -> Piece:
    """Cancel imports that nobody went on with for as long as their files are kept."""
    age = sa.func.make_interval(0, 0, 0, KEEP_UPLOAD_DAYS)
    last_looked_at = sa.func.coalesce(imports.c.started_at, imports.c.created_at)
    abandoned = (
        sa.select(imports.c.id)
        .where(imports.c.status.in_([status.value for status in WAITING]))
        .where(last_looked_at < sa.func.now() - age)
        .limit(PREVIEWS_AT_ONCE)
    )
    ids = connection.execute(abandoned).scalars().all()
    for import_id in ids:
        ended = sa.func.clock_timestamp()
        if storage.move_status(
            connection, import_id, WAITING, Status.CANCELLED, stage=None, finished_at=ended
        ):
            announce_end(connection, import_id)
    return Piece(len(ids), has_more=len(ids) == PREVIEWS_AT_ONCE)


CHORES = (
    Chore("abandoned previews", end_abandoned_previews),
    Chore("old uploads", forget_uploads),
)
