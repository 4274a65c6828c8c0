"""The pipeline of one import: read → compare → apply, in one transaction.

Knows neither Flask nor RQ: it is given a connection, the file's blocks and a
listener, and answers an `Outcome`, which the caller stores in the same
transaction. A file that cannot be imported is an outcome, not an exception;
whatever is raised means the transaction must be rolled back.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import sqlalchemy as sa

from app.imports import staging
from app.imports.errors import BadMapping, BadRows, EmptyFile, EmptyKey, FileProblem, MissingColumns
from app.imports.mapping import ColumnMapping, count_known, map_columns
from app.imports.preview import SampleTaker, take_sample_changes
from app.imports.prices import DecimalDecider
from app.imports.progress import Meter, Report
from app.imports.reader import CsvFile, Format, FormatWish, open_csv
from app.imports.status import Counts, OnReject, Stage, Status
from app.imports.storage import Import
from app.imports.validation import BatchChecker, CheckedBatch
from app.products import rules
from app.products.turns import try_turn
from app.products.upsert import Field, Written, compare_rows, prefer_index, write_rows

TURN_SECONDS = 0.1
Listener = Callable[[Report], None]
OpenBlocks = Callable[[], Iterable[bytes]]


class Cancelled(Exception):
    """Raised by a listener to stop the work: somebody has cancelled the import."""


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
    connection: sa.Connection, job: Import, open_blocks: OpenBlocks, listen: Listener
) -> Outcome:
    """Import (or preview) a file in the connection's transaction.

    `open_blocks` gives the file's bytes from the beginning, each time it is
    called. Safe to repeat after a rollback. Raises what the database and the
    listener raise.
    """
    run = _Run(connection, job, listen)
    try:
        return run.execute(open_blocks)
    except FileProblem as problem:
        waits = isinstance(problem, MissingColumns | EmptyKey | BadMapping)
        return run.conclude(Status.NEEDS_MAPPING if waits else Status.FAILED, problem)


class _Run:
    """One pass over a file. Its attributes are what is known of the file so far."""

    def __init__(self, connection: sa.Connection, job: Import, listen: Listener) -> None:
        self.connection = connection
        self.job = job
        self.listen = listen
        self.meter = Meter(preview=job.preview)
        self.counts = Counts()
        self.file: CsvFile | None = None
        self.mapping: ColumnMapping | None = None
        self.decimals = DecimalDecider(job.wishes.get("decimal"))
        self.samples = SampleTaker()
        self.bytes_read = 0

    def execute(self, open_blocks: OpenBlocks) -> Outcome:
        """Read, compare, apply; stop where the file or the options say so."""
        staging.create_staging(self.connection)
        file, mapping = self._open(open_blocks)
        if mapping.missing:
            self._refuse_unmapped(file, mapping)
        if not self._read(file, mapping):
            # Only now is it known that the decimals have a comma, and prices were read before.
            file, mapping = self._open(open_blocks)
            self._read(file, mapping)
        self._judge(file, mapping)
        self._compare()
        if self.counts.rejected and self.job.on_reject is OnReject.ABORT:
            return self._abort()
        fields = list(mapping.columns)
        return self._preview(fields) if self.job.preview else self._apply(fields)

    def _open(self, open_blocks: OpenBlocks) -> tuple[CsvFile, ColumnMapping]:
        """Begin the file from its beginning."""
        staging.forget_findings(self.connection, self.job.id)
        wishes = self.job.wishes
        wish = FormatWish(wishes.get("encoding"), wishes.get("delimiter"))
        self.bytes_read, self.counts, self.samples = 0, Counts(), SampleTaker()
        self.file = open_csv(self._counted(open_blocks()), wish, count_known)
        self.mapping = map_columns(self.file.header, wishes.get("mapping") or {}, self.job.mode)
        return self.file, self.mapping

    def _counted(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        for block in blocks:
            self.bytes_read += len(block)
            yield block

    def _refuse_unmapped(self, file: CsvFile, mapping: ColumnMapping) -> None:
        """Take the first rows' cells, so that a person can choose; raises MissingColumns."""
        for batch in file.batches():
            self.samples.take(batch)
            if self.samples.is_full:
                break
        names = " and ".join("SKU" if f is Field.SKU else str(f) for f in mapping.missing)
        raise MissingColumns(
            f"No column of the file is recognised as the {names}. "
            "Choose the columns, or rename them in the file.",
            headers=file.header,
        )

    def _read(self, file: CsvFile, mapping: ColumnMapping) -> bool:
        """Check every record and stage the good ones; False if it has to be done once more."""
        checker = BatchChecker(file.header, mapping, self.decimals)
        mark = self.decimals.mark
        for batch in file.batches():
            had_open_cells = self.decimals.has_open_cells
            checked = checker.check(batch)
            if self.decimals.contradicts_itself:
                break
            if had_open_cells and self.decimals.mark != mark:
                return False
            mark = self.decimals.mark
            self.samples.take(batch)
            self._stage(checked)
        return True

    def _stage(self, checked: CheckedBatch) -> None:
        staging.copy_rows(self.connection, checked)
        staging.copy_rejects(self.connection, self.job.id, checked.rejects)
        self.counts = replace(
            self.counts,
            rows=self.counts.rows + len(checked.lines) + len(checked.rejects),
            rejected=self.counts.rejected + len(checked.rejects),
        )
        self._report(Stage.READING, self.bytes_read / max(self.job.size_bytes, 1))

    def _judge(self, file: CsvFile, mapping: ColumnMapping) -> None:
        """Raise what only the whole file can tell."""
        if Field.PRICE in mapping.headers:
            self.decimals.conclude(mapping.headers[Field.PRICE])
        if not self.counts.rows:
            raise EmptyFile("The file has a header and no rows below it.")
        column = mapping.headers[Field.SKU]
        if self.counts.rejected == self.counts.rows and staging.all_rejected_for(
            self.connection, self.job.id, rules.REQUIRED_SKU.code
        ):
            other = self.samples.suggest_key(file.header, mapping)
            hint = f" “{other}” has a value of its own on every row shown." if other else ""
            raise EmptyKey(
                f"The column “{column}” is there and empty on every row, and a product needs a "
                f"SKU. Fill it in, or choose another column as the SKU.{hint}",
                suggested={Field.SKU.value: other} if other else {},
            )

    def _compare(self) -> None:
        self._report(Stage.COMPARING, 0)
        duplicates = staging.set_duplicates_aside(self.connection, self.job.id)
        self.counts = replace(self.counts, duplicates=duplicates)
        self._report(Stage.COMPARING, 0.5 if self.job.preview else 1)

    def _abort(self) -> Outcome:
        """One bad row was to stop the import: all good ones are skipped."""
        good = self.counts.rows - self.counts.rejected - self.counts.duplicates
        self.counts = replace(self.counts, skipped=good)
        problem = BadRows(
            f"{self.counts.rejected:,} of {self.counts.rows:,} rows cannot be imported, and one "
            "is enough to stop this import. Nothing was changed. Correct the rows listed, or "
            "import again and leave them out."
        )
        return self.conclude(Status.READY if self.job.preview else Status.FAILED, problem)

    def _preview(self, fields: Sequence[Field]) -> Outcome:
        rows = staging.select_rows(fields)
        self._count(compare_rows(self.connection, rows, fields, self.job.mode))
        changes = take_sample_changes(self.connection, rows, fields, self.job.mode)
        return replace(self.conclude(Status.READY), sample_changes=changes)

    def _apply(self, fields: Sequence[Field]) -> Outcome:
        total = max(self.counts.rows - self.counts.rejected - self.counts.duplicates, 1)
        written, done = Written(), 0
        while not try_turn(self.connection):
            self._report(Stage.COMPARING, 1)
            time.sleep(TURN_SECONDS)
        self._report(Stage.APPLYING, 0)
        prefer_index(self.connection)
        for rows in staging.select_windows(self.connection, fields):
            written += write_rows(self.connection, rows, fields, self.job.mode)
            done = sum(asdict(written).values())
            self._report(Stage.APPLYING, done / total, rows_applied=done)
        self._count(written)
        return self.conclude(Status.COMPLETED)

    def _count(self, written: Written) -> None:
        self.counts = replace(self.counts, **asdict(written))

    def _report(self, stage: Stage, share: float, rows_applied: int = 0) -> None:
        self.listen(self.meter.measure(stage, share, self.counts.rows, rows_applied))

    def conclude(self, status: Status, problem: FileProblem | None = None) -> Outcome:
        """The outcome, with what is known of the file by now."""
        mapping = self.mapping
        return Outcome(
            status=status,
            counts=self.counts,
            format=asdict(self._describe_format(self.file)) if self.file else None,
            mapping={f.value: name for f, name in mapping.headers.items()} if mapping else None,
            ignored_columns=mapping.ignored if mapping else (),
            columns=self.samples.describe(self.file.header, mapping) if self.file else (),
            problem=problem,
        )

    def _describe_format(self, file: CsvFile) -> Format:
        return Format(file.encoding, file.dialect.delimiter, file.dialect.quote, self.decimals.mark)
