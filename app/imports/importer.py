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
from app.imports.comparer import CatalogComparer
from app.imports.copytext import find_last_line
from app.imports.errors import BadMapping, BadRows, EmptyKey, FileProblem, MissingColumns, Question
from app.imports.order import Patience
from app.imports.progress import Meter, Report
from app.imports.reading import Again, End, Event, Part, Understanding
from app.imports.status import Counts, OnReject, Stage, Status
from app.imports.storage import Import
from app.imports.timing import Activity, Stopwatch
from app.imports.writer import CatalogWriter, try_writing
from app.products.upsert import Field, Written

TURN_SECONDS = 0.1
Listener = Callable[[Report], None]
OpenEvents = Callable[[], AbstractContextManager[Iterable[Event]]]


class Cancelled(Exception):
    """Raised by a listener to stop the work: somebody has cancelled the import."""


class RowsMissing(RuntimeError):
    """The counts do not add up: something is wrong here, and nothing must be committed."""


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
    notices: Sequence[Mapping[str, Any]] = ()
    problem: FileProblem | None = None
    change_set_id: str | None = None


def run_import(
    connection: sa.Connection,
    job: Import,
    open_events: OpenEvents,
    listen: Listener,
    *,
    undo_days: int,
    watch: Stopwatch | None = None,
) -> Outcome:
    """Import (or preview) a file in the connection's transaction.

    `open_events` gives the file's events, as `reading.read_file` makes them,
    from the beginning each time it is called. What is written can be undone for
    `undo_days`; where the time goes is counted by `watch`. Safe to repeat after
    a rollback. Raises what the database, the events and the listener raise, and Unserved
    where another import has to be done first.
    After a completed import the connection may do nothing that waits for others.
    """
    return _Run(connection, job, listen, undo_days, watch or Stopwatch()).execute(open_events)


class _Run:
    """One pass over a file. Its attributes are what is known of the file so far."""

    def __init__(
        self,
        connection: sa.Connection,
        job: Import,
        listen: Listener,
        undo_days: int,
        watch: Stopwatch,
    ) -> None:
        self.connection = connection
        self.job = job
        self.listen = listen
        self.undo_days = undo_days
        self.watch = watch
        self.meter = Meter(preview=job.preview)
        self.counts = Counts()
        self.held = 0
        self.understanding = Understanding()
        self.writer: CatalogWriter | None = None
        self.writes_early = False
        self.comparer: CatalogComparer | None = None

    def execute(self, open_events: OpenEvents) -> Outcome:
        """Read, compare, apply; stop where the file or the options say so."""
        staging.create_staging(self.connection)
        staging.forget_findings(self.connection, self.job.id)
        self._begin()
        problem = self._read(open_events)
        if problem is not None and self.writer is not None:
            # Its rejected rows go back with what was written: they are to be kept.
            self._take_back()
            self.writes_early = False
            problem = self._read(open_events)
        if problem is not None:
            waits = isinstance(problem, MissingColumns | EmptyKey | BadMapping | Question)
            return self._conclude(Status.NEEDS_MAPPING if waits else Status.FAILED, problem)
        fields = self._fields()
        if self.writer is not None:
            return self._write_rest(self.writer, fields)
        if self.comparer is not None:
            return self._compare_rest(self.comparer, fields)
        self._compare()
        if self.counts.rejected and self.job.on_reject is OnReject.ABORT:
            return self._abort()
        return self._apply(fields)

    def _begin(self) -> None:
        """Compare or write rows as they come, where that may be."""
        if self.job.preview:
            self.comparer = CatalogComparer(self.connection, self.job)
        self.writes_early = not self.job.preview and self.job.on_reject is OnReject.SKIP

    def _read(self, open_events: OpenEvents) -> FileProblem | None:
        """Stage the file's rows; the problem, if it has one that ends the import."""
        self.counts, self.held = Counts(), 0
        with open_events() as events:
            for event in self.watch.wait(Activity.READING, events):
                match event:
                    case Part():
                        self._stage(event)
                    case Again():
                        self._take_back()
                        self.counts, self.held = Counts(), 0
                        self._begin()
                    case End():
                        self.understanding = event.understanding
                        return event.problem
        raise AssertionError("a file's events end with their End")

    def _stage(self, part: Part) -> None:
        if self.writes_early and part.good:
            # Not before: until a file gives rows it is nobody's business how long it is read.
            self.writer = try_writing(self.connection, self.job)
            self.writes_early = False
        with self.watch.measure(Activity.STAGING):
            staging.copy_rows(self.connection, staging.staging, part.fields, part.rows)
            staging.copy_rows(self.connection, staging.repeats, part.fields, part.held_rows)
            staging.copy_rejects(self.connection, part.rejects)
        self.counts = replace(
            self.counts,
            rows=self.counts.rows + part.good + part.held + part.bad + part.skipped,
            rejected=self.counts.rejected + part.bad,
            skipped=self.counts.skipped + part.skipped,
        )
        self.held += part.held
        share = part.bytes_read / max(self.job.size_bytes, 1)
        if self.comparer is not None and part.good:
            with self.watch.measure(Activity.COMPARING):
                self.comparer.take(part.good, find_last_line(part.rows), part.fields)
        if self.writer is None:
            self._report(Stage.READING, share)
        else:
            if part.good:
                with self.watch.measure(Activity.WRITING):
                    self.writer.take(part.good, find_last_line(part.rows), part.fields)
            # What is held back is still to be written when all has been read.
            share *= 1 - self.held / max(self.counts.rows, 1)
            self._report(Stage.APPLYING, share, self.writer.written.total)

    def _take_back(self) -> None:
        """Forget all that was found, and what was written of it."""
        if self.writer is not None:
            self.writer.take_back()
            self.writer = None
        staging.forget_findings(self.connection, self.job.id)

    def _fields(self) -> list[Field]:
        mapping = self.understanding.mapping
        return list(mapping.columns) if mapping else []

    def _write_rest(self, writer: CatalogWriter, fields: Sequence[Field]) -> Outcome:
        """End what was begun while the file was read: the last window, and the rows held back."""
        with self.watch.measure(Activity.WRITING):
            writer.write_rest(fields)
        if self.held:
            with self.watch.measure(Activity.COMPARING):
                self.counts = replace(self.counts, duplicates=writer.set_replaced_aside())
            self._write_table(writer, staging.repeats, fields)
        return self._finish(writer)

    def _compare_rest(self, comparer: CatalogComparer, fields: Sequence[Field]) -> Outcome:
        """End the look at a file that was compared while it was read."""
        self._report(Stage.COMPARING, 0)
        with self.watch.measure(Activity.COMPARING):
            comparer.compare_rest(fields)
            if self.held:
                duplicates = comparer.compare_held(fields)
                self.counts = replace(self.counts, duplicates=duplicates)
        if self.counts.rejected and self.job.on_reject is OnReject.ABORT:
            return self._abort()
        self._count(comparer.compared)
        return replace(self._conclude(Status.READY), sample_changes=comparer.samples)

    def _compare(self) -> None:
        self._report(Stage.COMPARING, 0)
        if self.held:
            with self.watch.measure(Activity.COMPARING):
                aside = staging.set_replaced_aside(self.connection, self.job.id)
                staging.put_together(self.connection)
            self.counts = replace(self.counts, duplicates=aside.staged + aside.held)
        self._report(Stage.COMPARING, 1)

    def _abort(self) -> Outcome:
        """One bad row was to stop the import: all good ones are skipped."""
        self._skip_rest()
        problem = BadRows(
            f"{self.counts.rejected:,} of {self.counts.rows:,} rows cannot be imported, and one "
            "is enough to stop this import. Nothing was changed. Correct the rows listed, or "
            "import again and leave them out."
        )
        return self._conclude(Status.READY if self.job.preview else Status.FAILED, problem)

    def _skip_rest(self) -> None:
        """Nothing is written: the good rows are skipped, too."""
        self.counts = replace(self.counts, skipped=self.counts.skipped + self._left())

    def _apply(self, fields: Sequence[Field]) -> Outcome:
        patience = Patience(self.job)
        while (writer := try_writing(self.connection, self.job)) is None:
            self._report(Stage.COMPARING, 1)
            patience.look(self.connection)
            time.sleep(TURN_SECONDS)
        self._report(Stage.APPLYING, 0)
        self._write_table(writer, staging.staging, fields)
        return self._finish(writer)

    def _write_table(self, writer: CatalogWriter, table: sa.Table, fields: Sequence[Field]) -> None:
        total = max(self._left(), 1)

        def tell() -> None:
            done = writer.written.total
            self._report(Stage.APPLYING, done / total, done)

        with self.watch.measure(Activity.WRITING):
            writer.write_table(table, fields, tell)

    def _finish(self, writer: CatalogWriter) -> Outcome:
        self._count(writer.written)
        writer.finish(self.undo_days)
        outcome = self._conclude(Status.COMPLETED)
        return replace(outcome, change_set_id=writer.change_set_id)

    def _count(self, written: Written) -> None:
        """Take over what became of the rows; raises if one of them is missing."""
        if written.total != self._left():
            raise RowsMissing(f"{self._left()} rows to write, {written.total} written")
        skipped = self.counts.skipped + written.skipped
        self.counts = replace(self.counts, **asdict(written) | {"skipped": skipped})

    def _left(self) -> int:
        """The good rows that no later one replaces, before anything became of them."""
        counts = self.counts
        return counts.rows - counts.rejected - counts.duplicates - counts.skipped

    def _report(self, stage: Stage, share: float, rows_applied: int = 0) -> None:
        self.listen(self.meter.measure(stage, share, self.counts.rows, rows_applied))

    def _conclude(self, status: Status, problem: FileProblem | None = None) -> Outcome:
        """The outcome, with what is known of the file by now."""
        known, mapping = self.understanding, self.understanding.mapping
        if status is Status.FAILED:
            self._skip_rest()
        return Outcome(
            status=status,
            counts=self.counts,
            format=asdict(known.format) if known.format else None,
            mapping={f.value: name for f, name in mapping.headers.items()} if mapping else None,
            ignored_columns=mapping.ignored if mapping else (),
            columns=known.columns,
            notices=known.notices,
            problem=problem,
        )
