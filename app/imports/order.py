"""The order in which imports write: that in which they were accepted, or, after a preview, started.

Several may read at the same time. An import writes when none that is at work has an earlier place;
a preview has no place, and what has ended, or waits for a person, stands in nobody's way. Places
are given under a lock that is held until the commit: an import that has one sees all earlier ones.

An import ahead that nobody works on is not waited for: the one behind it steps back, and its
worker does the one ahead first. So no number of workers can wait for each other in a circle.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from app.attempts import is_due
from app.imports.models import imports, write_places
from app.imports.status import AT_WORK
from app.imports.storage import Awaited, Import
from app.locks import held_keys, lock_key

# Any number will do that no other advisory lock of this database has.
PLACING = 7_220_519_010
PLACING_SECONDS = 20
# So long may a job be on its way to its worker.
UNSERVED_SECONDS = 3.0
LOOK_SECONDS = 0.5


class Unserved(Exception):
    """The import that is to write first is at work by its row, and nobody works on it."""

    def __init__(self, import_id: str) -> None:
        super().__init__(f"nobody works on the import {import_id}, which comes first")
        self.import_id = import_id


@dataclass(frozen=True)
class _Place:
    number: int
    awaited: Awaited
    is_pausing: bool


def needs_place(job: Import) -> bool:
    """Whether the import is going to write and has no place."""
    return not job.preview and job.write_place is None and job.status in AT_WORK


def with_place(connection: sa.Connection, job: Import) -> Import:
    """The import with a place among those that write: the last one, if it needs one and has none.

    The transaction commits soon: all other imports wait for it to get their places. The commit of
    an upload of 512 MB takes less than 0.1 s; what takes long is to store it, which comes before.
    """
    return replace(job, write_place=_take_place(connection, job.id)) if needs_place(job) else job


def _take_place(connection: sa.Connection, import_id: str) -> int:
    # Longer than other waits for a lock: a large upload would have to be sent again.
    connection.execute(sa.text(f"SET LOCAL lock_timeout = '{PLACING_SECONDS}s'"))
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(PLACING)))
    statement = (
        sa.update(imports)
        .where(imports.c.id == import_id)
        .values(write_place=write_places.next_value())
        .returning(imports.c.write_place)
    )
    place: int = connection.execute(statement).scalar_one()
    return place


def is_next(connection: sa.Connection, job: Import) -> bool:
    """Whether no import that is at work has an earlier place."""
    return not _find_ahead(connection, job)


def with_awaited(connection: sa.Connection, found: Sequence[Import]) -> list[Import]:
    """The imports, each with the one that it has to wait for: the last one ahead of it."""
    if not any(item.status in AT_WORK and item.write_place for item in found):
        return list(found)
    places = _find_places(connection)

    def look(item: Import) -> Import:
        if item.status not in AT_WORK or item.write_place is None:
            return item
        ahead = [place.awaited for place in places if place.number < item.write_place]
        return replace(item, waiting_for=ahead[-1] if ahead else None)

    return [look(item) for item in found]


class Patience:
    """Looks now and then whether somebody works on the imports ahead."""

    def __init__(self, job: Import, clock: Callable[[], float] = time.monotonic) -> None:
        self._job = job
        self._clock = clock
        self._looked = self._served = clock()

    def look(self, connection: sa.Connection) -> None:
        """Raises Unserved once nobody has worked on any of them for a while.

        One that pauses between two attempts is waited for: it is not to be worked on yet.
        """
        now = self._clock()
        if now - self._looked < LOOK_SECONDS:
            return
        self._looked = now
        ahead = _find_ahead(connection, self._job)
        held = held_keys(connection) if ahead else frozenset()
        if not ahead or any(
            place.is_pausing or lock_key(place.awaited.import_id) in held for place in ahead
        ):
            self._served = now
        elif now - self._served >= UNSERVED_SECONDS:
            raise Unserved(ahead[0].awaited.import_id)


def _find_ahead(connection: sa.Connection, job: Import) -> list[_Place]:
    """The places before the import's, the first one first."""
    if job.write_place is None:
        return []
    return _find_places(connection, imports.c.write_place < job.write_place)


def _find_places(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> list[_Place]:
    statement = (
        sa.select(imports.c.write_place, imports.c.id, imports.c.filename, ~is_due(imports))
        .where(imports.c.status.in_([status.value for status in AT_WORK]))
        .where(imports.c.write_place.is_not(None), *conditions)
        .order_by(imports.c.write_place)
    )
    return [
        _Place(number, Awaited(import_id, filename), is_pausing)
        for number, import_id, filename, is_pausing in connection.execute(statement)
    ]
