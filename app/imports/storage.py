"""The imports' rows: made, found, and moved from state to state.

Functions take the connection and never commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import IO, Any

import sqlalchemy as sa

from app.attempts import is_due
from app.imports.errors import FileNotKept, ImportNotFound, WrongStatus
from app.imports.models import imports
from app.imports.status import AT_WORK, FINISHED, WAITING, Counts, OnReject, Progress, Stage, Status
from app.imports.uploads import has_upload, store_upload
from app.pagination import Page, PageRequest, Sort, fetch_page
from app.products.upsert import Mode

NEWEST_FIRST = Sort("-id", (imports.c.id,), descending=True)


@dataclass(frozen=True)
class Awaited:
    """An import that another one waits for."""

    import_id: str
    filename: str


@dataclass(frozen=True, kw_only=True)
class Import:
    """A stored import. `problem` is a problem object; the rest as the API describes it.

    `waiting_for` is filled by `order.with_awaited` only.
    """

    id: str
    actor: str
    filename: str
    size_bytes: int
    preview: bool
    mode: Mode
    on_reject: OnReject
    wishes: Mapping[str, Any]
    status: Status
    stage: Stage | None
    run: int
    write_place: int | None
    attempts: int
    next_attempt_at: datetime | None
    counts: Counts
    progress: Progress
    format: Mapping[str, str] | None
    mapping: Mapping[str, str]
    ignored_columns: list[str]
    columns: list[Mapping[str, Any]]
    sample_changes: list[Mapping[str, Any]]
    notices: list[Mapping[str, Any]]
    problem: Mapping[str, Any] | None
    change_set_id: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    waiting_for: Awaited | None = None


@dataclass(frozen=True, kw_only=True)
class NewImport:
    """What the uploader asks for."""

    actor: str
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
    store_upload(connection, stored.id, content)
    return stored


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
        run=imports.c.run + 1,
        write_place=None,
        attempts=0,
        next_attempt_at=None,
        progress=asdict(Progress()),
        started_at=None,
        **values,
    )
    if not moved:
        raise WrongStatus("checked again" if preview else "started", current.status)
    if not has_upload(connection, import_id):
        raise FileNotKept
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


def is_finished(connection: sa.Connection, import_id: str) -> bool:
    """Whether the import has ended, or is gone."""
    status = connection.execute(
        sa.select(imports.c.status).where(imports.c.id == import_id)
    ).scalar_one_or_none()
    return status is None or Status(status) in FINISHED


def step_back(connection: sa.Connection, import_id: str) -> None:
    """Have an import wait again, its attempt not counted: another one has to be done first."""
    values = {"stage": None, "attempts": imports.c.attempts - 1, "next_attempt_at": None}
    move_status(connection, import_id, AT_WORK, Status.QUEUED, **values)


def begin_next_run(connection: sa.Connection, import_id: str, run: int) -> int | None:
    """Have the next run do the work of this one; its number, None if the import has moved on."""
    statement = (
        sa.update(imports)
        .where(imports.c.id == import_id, imports.c.run == run)
        .where(imports.c.status.in_([s.value for s in AT_WORK]))
        .values(run=run + 1)
        .returning(imports.c.run)
    )
    return connection.execute(statement).scalar()


@dataclass(frozen=True)
class Unfinished:
    """An import that should be queued or at work; whether an attempt had begun."""

    import_id: str
    run: int
    has_begun: bool


def find_unfinished(connection: sa.Connection, older_than_seconds: int) -> list[Unfinished]:
    """The imports that should be queued or at work, the oldest first; without those that pause
    between two attempts.
    """
    age = sa.func.now() - sa.func.make_interval(0, 0, 0, 0, 0, 0, older_than_seconds)
    statement = (
        sa.select(imports.c.id, imports.c.run, imports.c.status != Status.QUEUED.value)
        .where(imports.c.status.in_([s.value for s in AT_WORK]), imports.c.created_at < age)
        .where(is_due(imports))
        .order_by(imports.c.id)
        .limit(100)
    )
    return [Unfinished(*row) for row in connection.execute(statement)]
