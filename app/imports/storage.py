"""Uploads and the rows of the imports' tables. Functions take the connection and never commit.

An upload is kept in PostgreSQL, in chunks, because web and workers share no
disk; so every worker on every machine can read it.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import IO, Any
from uuid import UUID

import sqlalchemy as sa

from app.imports.errors import ImportNotFound, WrongStatus
from app.imports.models import import_chunks, import_duplicates, import_rejects, imports
from app.imports.status import AT_WORK, FINISHED, WAITING, Counts, OnReject, Progress, Stage, Status
from app.pagination import Page, PageRequest, Sort, fetch_page
from app.products.upsert import Mode

CHUNK_BYTES = 256 * 1024
COPY_BINARY_HEADER = b"PGCOPY\n\xff\r\n\0" + struct.pack("!ii", 0, 0)
COPY_BINARY_TRAILER = struct.pack("!h", -1)
NEWEST_FIRST = Sort("-id", (imports.c.id,), descending=True)


@dataclass(frozen=True, kw_only=True)
class Import:
    """A stored import. `problem` is a problem object; the rest as the API describes it."""

    id: str
    filename: str
    size_bytes: int
    preview: bool
    mode: Mode
    on_reject: OnReject
    wishes: Mapping[str, Any]
    status: Status
    stage: Stage | None
    attempts: int
    counts: Counts
    progress: Progress
    format: Mapping[str, str] | None
    mapping: Mapping[str, str]
    ignored_columns: list[str]
    columns: list[Mapping[str, Any]]
    sample_changes: list[Mapping[str, Any]]
    problem: Mapping[str, Any] | None
    change_set_id: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class NewImport:
    """What the uploader asks for."""

    filename: str
    size_bytes: int
    preview: bool
    mode: Mode
    on_reject: OnReject
    wishes: Mapping[str, Any]


def make_import(row: sa.Row[Any]) -> Import:
    """An import out of a row that begins with the table's columns."""
    values = dict(zip(imports.c.keys(), row, strict=False))
    return Import(
        **{
            **values,
            "mode": Mode(values["mode"]),
            "on_reject": OnReject(values["on_reject"]),
            "status": Status(values["status"]),
            "stage": Stage(values["stage"]) if values["stage"] else None,
            "counts": Counts(**values["counts"]),
            "progress": Progress(**values["progress"]),
        }
    )


def create_import(connection: sa.Connection, new: NewImport, content: IO[bytes]) -> Import:
    """Store the row and the uploaded bytes."""
    row = connection.execute(
        sa.insert(imports)
        .values(
            **asdict(new),
            status=Status.QUEUED,
            counts=asdict(Counts()),
            progress=asdict(Progress()),
            mapping={},
            ignored_columns=[],
            columns=[],
            sample_changes=[],
        )
        .returning(*imports.c)
    ).one()
    stored = make_import(row)
    _copy_chunks(connection, stored.id, content)
    return stored


def _copy_chunks(connection: sa.Connection, import_id: str, content: IO[bytes]) -> None:
    """COPY the bytes in PostgreSQL's binary format: text would double them on the way."""
    cursor = connection.connection.cursor()
    cursor.copy_expert(
        "COPY import_chunks (import_id, position, data) FROM STDIN (FORMAT binary)",
        _Readable(_binary_rows(import_id, content)),
        CHUNK_BYTES,
    )


def _binary_rows(import_id: str, content: IO[bytes]) -> Iterator[bytes]:
    key = bytes.fromhex(import_id.replace("-", ""))
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


def get_import(connection: sa.Connection, import_id: str) -> Import:
    """The import; raises ImportNotFound."""
    row = connection.execute(sa.select(imports).where(imports.c.id == import_id)).one_or_none()
    if row is None:
        raise ImportNotFound
    return make_import(row)


def list_imports(connection: sa.Connection, request: PageRequest) -> Page[Import]:
    """The imports, newest first (their ids are UUIDs of version 7, which grow with time)."""
    total = connection.execute(sa.select(sa.func.count()).select_from(imports)).scalar_one()
    return fetch_page(
        connection, sa.select(imports), NEWEST_FIRST, request, total=total, make=make_import
    )


def move_status(
    connection: sa.Connection,
    import_id: str,
    expected: Iterable[Status],
    status: Status,
    **values: object,
) -> bool:
    """Move an import from one of `expected` to `status`; False if it is in none of them."""
    statement = (
        sa.update(imports)
        .where(imports.c.id == import_id, imports.c.status.in_([s.value for s in expected]))
        .values(status=status.value, **values)
    )
    return connection.execute(statement).rowcount == 1


def restart_import(
    connection: sa.Connection, import_id: str, changes: Mapping[str, Any], *, preview: bool
) -> Import:
    """Queue a waiting import, its options changed by `changes`: to be looked at again, or applied.

    Raises ImportNotFound, WrongStatus.
    """
    current = get_import(connection, import_id)
    wishes = {
        **current.wishes,
        **{key: changes[key] for key in changes.keys() - {"mode", "on_reject"}},
    }
    values = {key: changes[key] for key in changes.keys() & {"mode", "on_reject"}}
    # A file that failed may be looked at again, read in another way; nothing else.
    expected = WAITING | {Status.FAILED} if preview else WAITING
    moved = move_status(
        connection,
        import_id,
        expected,
        Status.QUEUED,
        finished_at=None,
        preview=preview,
        wishes=wishes,
        problem=None,
        stage=None,
        attempts=0,
        **values,
    )
    if not moved:
        raise WrongStatus("checked again" if preview else "started", current.status)
    return get_import(connection, import_id)


def cancel_import(connection: sa.Connection, import_id: str) -> Import:
    """End an unfinished import; its worker finds out. Raises ImportNotFound, WrongStatus."""
    moved = move_status(
        connection,
        import_id,
        AT_WORK | WAITING,
        Status.CANCELLED,
        stage=None,
        finished_at=sa.func.clock_timestamp(),
    )
    current = get_import(connection, import_id)
    if not moved:
        raise WrongStatus("cancelled", current.status)
    return current


def interrupt_work(connection: sa.Connection, import_id: str) -> None:
    """Break off the statement a worker may be in for this import, so that it looks up.

    Asked for after the status was committed: a worker that is broken off and
    finds its import unchanged would take it for a failure.
    """
    statement = sa.text(
        "SELECT pg_cancel_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted "
        "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
        "AND objsubid = 1 AND ((classid::bigint << 32) | objid::bigint) = :key"
    )
    connection.execute(statement, {"key": lock_key(import_id)})


def lock_import(connection: sa.Connection, import_id: str) -> bool:
    """Take the import's lock until the transaction's end, if it is free."""
    lock = sa.func.pg_try_advisory_xact_lock(lock_key(import_id))
    return bool(connection.execute(sa.select(lock)).scalar())


def lock_key(import_id: str) -> int:
    """The number of the import's advisory lock: its UUID's last 62 bits, all random (RFC 9562)."""
    return UUID(import_id).int & (2**62 - 1)


def is_finished(connection: sa.Connection, import_id: str) -> bool:
    """Whether the import has ended, or is gone."""
    status = connection.execute(
        sa.select(imports.c.status).where(imports.c.id == import_id)
    ).scalar_one_or_none()
    return status is None or Status(status) in FINISHED


def find_unfinished(connection: sa.Connection, older_than_seconds: int) -> list[str]:
    """Ids of imports that should be queued or at work, the oldest first."""
    age = sa.func.now() - sa.func.make_interval(0, 0, 0, 0, 0, 0, older_than_seconds)
    statement = (
        sa.select(imports.c.id)
        .where(imports.c.status.in_([s.value for s in AT_WORK]), imports.c.created_at < age)
        .order_by(imports.c.id)
        .limit(100)
    )
    return list(connection.execute(statement).scalars())


@dataclass(frozen=True)
class StoredReject:
    """A rejected row as it is listed; `cells` are the row's, or its one damaged text."""

    line: int
    column: str | None
    value: str
    code: str
    detail: str
    cells: list[str]


def _make_reject(row: Any) -> StoredReject:
    _, line, column, value, code, detail, cells, *_ = row
    return StoredReject(line, column, value, code, detail, json.loads(cells))


def list_rejects(
    connection: sa.Connection, import_id: str, request: PageRequest
) -> Page[StoredReject]:
    """The rejected rows by line. Raises ImportNotFound, InvalidCursor."""
    rejected = get_import(connection, import_id).counts.rejected
    return fetch_page(
        connection,
        sa.select(import_rejects).where(import_rejects.c.import_id == import_id),
        Sort("line", (import_rejects.c.line,)),
        request,
        total=rejected,
        make=_make_reject,
    )


@dataclass(frozen=True)
class RejectKind:
    """How many rows were rejected for one reason, and the first of them."""

    code: str
    count: int
    first_line: int


def count_reject_kinds(connection: sa.Connection, import_id: str) -> list[RejectKind]:
    """The rejected rows by reason, the most frequent first. Raises ImportNotFound."""
    get_import(connection, import_id)
    count = sa.func.count().label("count")
    statement = (
        sa.select(import_rejects.c.code, count, sa.func.min(import_rejects.c.line))
        .where(import_rejects.c.import_id == import_id)
        .group_by(import_rejects.c.code)
        .order_by(count.desc(), import_rejects.c.code)
    )
    return [RejectKind(*row) for row in connection.execute(statement)]


@dataclass(frozen=True)
class Duplicate:
    """A row whose SKU comes again further down; the last one counts."""

    line: int
    sku: str
    replaced_by_line: int


def list_duplicates(
    connection: sa.Connection, import_id: str, request: PageRequest
) -> Page[Duplicate]:
    """The replaced rows by line. Raises ImportNotFound, InvalidCursor."""
    duplicates = get_import(connection, import_id).counts.duplicates
    return fetch_page(
        connection,
        sa.select(import_duplicates).where(import_duplicates.c.import_id == import_id),
        Sort("line", (import_duplicates.c.line,)),
        request,
        total=duplicates,
        make=lambda row: Duplicate(row.line, row.sku, row.replaced_by_line),
    )
