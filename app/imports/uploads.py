"""The uploaded bytes, kept in PostgreSQL in chunks.

Web and workers share no disk; so every worker on every machine can read what
the web process took. Functions take the connection and never commit.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import IO
from uuid import UUID

import sqlalchemy as sa

from app.imports.models import import_chunks, imports
from app.imports.status import FINISHED

CHUNK_BYTES = 256 * 1024
# The format's signature, flags and header extension (PostgreSQL manual, COPY, "Binary Format").
COPY_BINARY_HEADER = b"PGCOPY\n\xff\r\n\0" + struct.pack("!ii", 0, 0)
COPY_BINARY_TRAILER = struct.pack("!h", -1)


def store_upload(connection: sa.Connection, import_id: str, content: IO[bytes]) -> None:
    """Keep the bytes of a new import, in chunks.

    COPY in PostgreSQL's binary format: as text they would be twice as many on the way.
    """
    cursor = connection.connection.cursor()
    cursor.copy_expert(
        "COPY import_chunks (import_id, position, data) FROM STDIN (FORMAT binary)",
        _Readable(_binary_rows(import_id, content)),
        CHUNK_BYTES,
    )


def _binary_rows(import_id: str, content: IO[bytes]) -> Iterator[bytes]:
    key = UUID(import_id).bytes
    yield COPY_BINARY_HEADER
    for position, data in enumerate(iter(lambda: content.read(CHUNK_BYTES), b"")):
        yield struct.pack("!hi16siii", 3, 16, key, 4, position, len(data)) + data
    yield COPY_BINARY_TRAILER


class _Readable:
    """Pieces of bytes as the file-like object COPY reads from."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""

    def read(self, size: int) -> bytes:
        """At most `size` bytes; b"" at the end."""
        if not self._rest:
            self._rest = next(self._pieces, b"")
        piece, self._rest = self._rest[:size], self._rest[size:]
        return piece


def has_upload(connection: sa.Connection, import_id: str) -> bool:
    """Whether the bytes are still kept: from the first one on, since that one goes first."""
    first = sa.exists().where(import_chunks.c.import_id == import_id, import_chunks.c.position == 0)
    return bool(connection.execute(sa.select(first)).scalar())


def count_kept_bytes(connection: sa.Connection, import_id: str) -> int:
    """How many of the uploaded bytes are kept."""
    kept = sa.func.coalesce(sa.func.sum(sa.func.octet_length(import_chunks.c.data)), 0)
    own = import_chunks.c.import_id == import_id
    return int(connection.execute(sa.select(kept).where(own)).scalar_one())


def forget_old_chunks(connection: sa.Connection, keep_days: int, limit: int) -> int:
    """Delete bytes of imports that ended long ago, so many chunks at most; how many went."""
    age = sa.func.make_interval(0, 0, 0, keep_days)
    chunk = sa.tuple_(import_chunks.c.import_id, import_chunks.c.position)
    old = (
        sa.select(import_chunks.c.import_id, import_chunks.c.position)
        .join(imports, imports.c.id == import_chunks.c.import_id)
        .where(imports.c.created_at < sa.func.now() - age, imports.c.status.in_(FINISHED))
        .order_by(import_chunks.c.import_id, import_chunks.c.position)
        .limit(limit)
    )
    return connection.execute(sa.delete(import_chunks).where(chunk.in_(old))).rowcount


def read_upload(connection: sa.Connection, import_id: str) -> Iterator[bytes]:
    """The uploaded bytes, block by block; other statements may run in between."""
    position = 0
    wanted = sa.select(import_chunks.c.data).where(
        import_chunks.c.import_id == import_id,
        import_chunks.c.position == sa.bindparam("position"),
    )
    while True:
        data = connection.execute(wanted, {"position": position}).scalar_one_or_none()
        if data is None:
            return
        yield bytes(data)
        position += 1
