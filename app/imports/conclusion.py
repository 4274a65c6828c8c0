"""What an import has come to, written into its row by the transaction that did the work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from app.imports import storage
from app.imports.announcing import announce_end
from app.imports.errors import FileProblem
from app.imports.importer import Cancelled, Outcome
from app.imports.reader import UNKNOWN, replace_unprintable
from app.imports.status import AT_WORK, FINISHED, Counts, Progress, Status
from app.problems import Problem, ProblemType

# A preview has come to the end of what it does, and an import that failed to none.
FINAL_PERCENT = {Status.COMPLETED: 100.0, Status.READY: 99.0}


def conclude(
    connection: sa.Connection, job: storage.Import, outcome: Outcome, seconds: float
) -> None:
    """Store the outcome, in the transaction of the work; raises Cancelled if it was cancelled."""
    values: dict[str, Any] = {
        "counts": asdict(outcome.counts),
        "progress": asdict(_final_progress(outcome, seconds)),
        "stage": None,
        "problem": describe_problem(outcome.problem) if outcome.problem else None,
        "format": outcome.format,
        "mapping": outcome.mapping or {},
        "ignored_columns": list(outcome.ignored_columns),
        "columns": list(outcome.columns),
        "notices": list(outcome.notices),
        "change_set_id": outcome.change_set_id,
    }
    if outcome.status is not Status.COMPLETED:
        values["sample_changes"] = list(outcome.sample_changes)
    if outcome.status in FINISHED:
        values["finished_at"] = sa.func.clock_timestamp()
    if not storage.move_status(connection, job.id, AT_WORK, outcome.status, **values):
        raise Cancelled
    announce_end(connection, job.id)


def _final_progress(outcome: Outcome, seconds: float) -> Progress:
    counts = outcome.counts
    return Progress(
        percent=FINAL_PERCENT.get(outcome.status, 0.0),
        rows_read=counts.rows,
        rows_applied=_applied(counts) if outcome.status is Status.COMPLETED else 0,
        rows_per_second=round(counts.rows / seconds) if counts.rows and seconds else None,
        eta_seconds=None,
    )


def _applied(counts: Counts) -> int:
    return counts.rows - counts.rejected - counts.duplicates


def describe_problem(problem: FileProblem) -> dict[str, object]:
    """The problem object of a file that cannot be imported."""
    kind = ProblemType(problem.slug, 422, problem.title)
    described = Problem.of(kind, problem.detail, data=problem.data).as_dict()
    return {name: printable(value) for name, value in described.items()}


def printable(value: object) -> object:
    """A JSON value whose texts the database can keep: a file's bytes may be anything."""
    if isinstance(value, str):
        return value if value == "\t" else replace_unprintable(UNKNOWN, value)
    if isinstance(value, Mapping):
        return {name: printable(part) for name, part in value.items()}
    return [printable(part) for part in value] if isinstance(value, list | tuple) else value
