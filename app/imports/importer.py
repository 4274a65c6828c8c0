"""The pipeline of one import: read → compare → apply, in one transaction.

Knows neither Flask nor RQ: it is given a connection, the file's events and a
listener, and answers an `Outcome`, which the caller stores in the same
transaction. A file that cannot be imported is an outcome, not an exception;
whatever is raised means the transaction must be rolled back.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from typing import Any

import sqlalchemy as sa

from app.imports import staging
from app.imports.early import EarlyWriter, begin_early
from app.imports.errors import BadMapping, BadRows, EmptyKey, FileProblem, MissingColumns
from app.imports.preview import take_sample_changes
from app.imports.progress import Meter, Report
from app.imports.reading import Again, End, Event, Part, Understanding
from app.imports.status import Counts, OnReject, Stage, Status
from app.imports.storage import Import
from app.products.turns import try_turn
from app.products.upsert import Field, Written, compare_rows, prefer_index, write_rows

TURN_SECONDS = 0.1
# Larger files are likely to have more rows than are watched for repetitions.
EARLY_BYTES = 150 * 1024 * 1024
Listener = Callable[[Report], None]
OpenEvents = Callable[[], AbstractContextManager[Iterable[Event]]]


class Cancelled(Exception):
    """Raised by a listener to stop the work: somebody has cancelled the import."""


class RowsMissing(RuntimeError):
    """The counts do not add up: something is wrong here, and nothing must be committed."""


class _Repeated(Exception):
    """A SKU came twice while rows were written early: begin again, and write when all is known."""


@dataclass(frozen=True)
class Outcome:
    """How an import ends, and what was understood of its file."""

    status: Status
    counts: Counts
    format: Mapping[str, str] | None = None
    mapping: Mapping[str, str] | None = None
    ignored_columns: Sequence[str] = ()
    columns: Sequence[Mapping[str, Any]] = ()
    sample_changes: Sequence[Mapping[str, Any]] = ()
    problem: FileProblem | None = None


def run_import(
    connection: sa.Connection, job: Import, open_events: OpenEvents, listen: Listener
) -> Outcome:
    """Import (or preview) a file in the connection's transaction.

    `open_events` gives the file's events, as `reading.read_file` makes them,
    from the beginning each time it is called. Safe to repeat after a
    rollback. Raises what the database, the events and the listener raise.
    """
    return _Run(connection, job, listen).execute(open_events)


class _Run:
    """One pass over a file. Its attributes are what is known of the file so far."""

    def __init__(self, connection: sa.Connection, job: Import, listen: Listener) -> None:
        self.connection = connection
        self.job = job
        self.listen = listen
        self.meter = Meter(preview=job.preview)
        self.counts = Counts()
        self.understanding = Understanding()
        self.early: EarlyWriter | None = None

    def execute(self, open_events: OpenEvents) -> Outcome:
        """Read, compare, apply; stop where the file or the options say so."""
        staging.create_staging(self.connection)
        staging.forget_findings(self.connection, self.job.id)
        if self._may_be_early():
            self.early = begin_early(self.connection, self.job.mode)
        try:
            problem = self._read(open_events)
        except _Repeated:
            problem = self._read(open_events)
        if problem is not None and self.early is not None:
            # Its rejected rows went back with what was written: they are to be kept.
            self._take_back_early()
            problem = self._read(open_events)
        if problem is not None:
            waits = isinstance(problem, MissingColumns | EmptyKey | BadMapping)
            return self._conclude(Status.NEEDS_MAPPING if waits else Status.FAILED, problem)
        if self.early is not None:
            self._count(self.early.write_rest(self._fields()))
            return self._conclude(Status.COMPLETED)
        return self._compare_and_apply()

    def _may_be_early(self) -> bool:
        """Whether rows may be written before the file's end, and repetitions be noticed in time."""
        goes_through = not self.job.preview and self.job.on_reject is OnReject.SKIP
        return goes_through and self.job.size_bytes <= EARLY_BYTES

    def _read(self, open_events: OpenEvents) -> FileProblem | None:
        """Stage the file's rows; the problem, if it has one that ends the import."""
        self.counts = Counts()
        with open_events() as events:
            for event in events:
                match event:
                    case Part():
                        self._stage(event)
                    case Again():
                        self._take_back_early()
                        staging.forget_findings(self.connection, self.job.id)
                        self.counts = Counts()
                    case End():
                        self.understanding = event.understanding
                        return event.problem
        raise AssertionError("a file's events end with their End")

    def _stage(self, part: Part) -> None:
        if part.held and self.early is not None:
            self._take_back_early()
            raise _Repeated
        staging.copy_rows(self.connection, part.fields, part.rows)
        staging.copy_rows(self.connection, part.fields, part.held_rows)
        staging.copy_rejects(self.connection, part.rejects)
        self.counts = replace(
            self.counts,
            rows=self.counts.rows + part.good + part.held + part.bad,
            rejected=self.counts.rejected + part.bad,
        )
        share = part.bytes_read / max(self.job.size_bytes, 1)
        if self.early is None:
            self._report(Stage.READING, share)
        else:
            self.early.take(part.good, part.fields)
            self._report(Stage.APPLYING, share, self.early.written.total)

    def _take_back_early(self) -> None:
        if self.early is not None:
            self.early.take_back()
            self.early = None

    def _fields(self) -> list[Field]:
        mapping = self.understanding.mapping
        return list(mapping.columns) if mapping else []

    def _compare_and_apply(self) -> Outcome:
        self._compare()
        if self.counts.rejected and self.job.on_reject is OnReject.ABORT:
            return self._abort()
        return self._preview(self._fields()) if self.job.preview else self._apply(self._fields())

    def _compare(self) -> None:
        self._report(Stage.COMPARING, 0)
        duplicates = staging.set_duplicates_aside(self.connection, self.job.id)
        self.counts = replace(self.counts, duplicates=duplicates)
        self._report(Stage.COMPARING, 0.5 if self.job.preview else 1)

    def _abort(self) -> Outcome:
        """One bad row was to stop the import: all good ones are skipped."""
        self.counts = replace(self.counts, skipped=self._left())
        problem = BadRows(
            f"{self.counts.rejected:,} of {self.counts.rows:,} rows cannot be imported, and one "
            "is enough to stop this import. Nothing was changed. Correct the rows listed, or "
            "import again and leave them out."
        )
        return self._conclude(Status.READY if self.job.preview else Status.FAILED, problem)

    def _preview(self, fields: Sequence[Field]) -> Outcome:
        rows = staging.select_rows(fields)
        self._count(compare_rows(self.connection, rows, fields, self.job.mode))
        changes = take_sample_changes(self.connection, rows, fields, self.job.mode)
        return replace(self._conclude(Status.READY), sample_changes=changes)

    def _apply(self, fields: Sequence[Field]) -> Outcome:
        total = max(self._left(), 1)
        written, done = Written(), 0
        while not try_turn(self.connection):
            self._report(Stage.COMPARING, 1)
            time.sleep(TURN_SECONDS)
        self._report(Stage.APPLYING, 0)
        prefer_index(self.connection)
        for rows in staging.select_windows(self.connection, fields):
            written += write_rows(self.connection, rows, fields, self.job.mode)
            done = written.total
            self._report(Stage.APPLYING, done / total, rows_applied=done)
        self._count(written)
        return self._conclude(Status.COMPLETED)

    def _count(self, written: Written) -> None:
        """Take over what became of the rows; raises if one of them is missing."""
        self.counts = replace(self.counts, **asdict(written))
        if written.total != self._left():
            raise RowsMissing(f"{self._left()} rows to write, {written.total} written")

    def _left(self) -> int:
        """The good rows that no later one replaces."""
        return self.counts.rows - self.counts.rejected - self.counts.duplicates

    def _report(self, stage: Stage, share: float, rows_applied: int = 0) -> None:
        self.listen(self.meter.measure(stage, share, self.counts.rows, rows_applied))

    def _conclude(self, status: Status, problem: FileProblem | None = None) -> Outcome:
        """The outcome, with what is known of the file by now."""
        known, mapping = self.understanding, self.understanding.mapping
        if status is Status.FAILED:
            self.counts = replace(self.counts, skipped=self._left())
        return Outcome(
            status=status,
            counts=self.counts,
            format=asdict(known.format) if known.format else None,
            mapping={f.value: name for f, name in mapping.headers.items()} if mapping else None,
            ignored_columns=mapping.ignored if mapping else (),
            columns=known.columns,
            problem=problem,
        )
