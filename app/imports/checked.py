"""Rows on their way through the checks: fitted into columns, set aside, and checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress

from app.imports.errors import Reject, Remark
from app.imports.texts import Column
from app.products.upsert import Field


@dataclass(frozen=True)
class CheckedBatch:
    """A batch's good rows, column by column as PostgreSQL reads them, and its bad ones."""

    lines: Sequence[int]
    columns: Mapping[Field, Column]
    rejects: Sequence[Reject]
    remarks: Sequence[Remark] = ()

    def split(self, places: set[int]) -> tuple[CheckedBatch, CheckedBatch]:
        """The good rows that are not at `places`, with the bad ones, and those that are."""
        inside = [at in places for at in range(len(self.lines))]
        outside = [not is_inside for is_inside in inside]
        first = replace(self._pick(outside), rejects=self.rejects, remarks=self.remarks)
        return first, self._pick(inside)

    def _pick(self, wanted: Sequence[bool]) -> CheckedBatch:
        columns = {f: list(compress(column, wanted)) for f, column in self.columns.items()}
        return CheckedBatch(list(compress(self.lines, wanted)), columns, [])


@dataclass(frozen=True)
class Fitted:
    """Rows that have as many cells as the header, the line of each, and those rejected already.

    Rows that are set aside are among the `remarks` alone.
    """

    lines: Sequence[int]
    rows: Sequence[list[str]]
    rejects: Sequence[Reject]
    remarks: Sequence[Remark] = ()


@dataclass
class Settled:
    """Rows that stay, and remarks on them and on those that do not."""

    lines: list[int] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
