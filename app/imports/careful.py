"""A file's records, each checked by itself, batch by batch.

Pure. This is what reading means; `plain.py` does the same in less time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from app.imports.checked import CheckedBatch
from app.imports.copytext import format_rows
from app.imports.errors import Reject, Remark
from app.imports.mapping import ColumnMapping
from app.imports.prices import DecimalDecider
from app.imports.reader import CsvFile
from app.imports.records import Batch
from app.imports.repeats import SeenSkus
from app.imports.validation import BatchChecker
from app.products.upsert import Field


@dataclass(frozen=True)
class RowTexts:
    """Good rows in COPY's text format: those whose SKU may have come before, and the others."""

    good: int
    rows: bytes
    held: int
    held_rows: bytes


@dataclass(frozen=True)
class CheckedRows:
    """Some of a file's rows, checked. `write` may be called once, and before any later ones'.

    Of the `batch` only the first rows of the file are sure to be all there.
    """

    batch: Batch
    rejects: Sequence[Reject]
    remarks: Sequence[Remark]
    write: Callable[[], RowTexts]


def make_checker(file: CsvFile, mapping: ColumnMapping, decimals: DecimalDecider) -> BatchChecker:
    """A checker of the file's records."""
    return BatchChecker(
        file.header,
        mapping,
        decimals,
        file.shape,
        leave_out=file.leave_out,
        texts_beside_price=file.texts_beside_price,
        layout=file.layout,
    )


def check_carefully(
    file: CsvFile, mapping: ColumnMapping, decimals: DecimalDecider
) -> Iterator[CheckedRows]:
    """All rows. `decimals` is told of each batch's prices just before it comes."""
    checker = make_checker(file, mapping, decimals)
    seen = SeenSkus()
    for batch in file.batches():
        checked = checker.check(batch)
        write = partial(_write, checked, seen)
        yield CheckedRows(batch, checked.rejects, checked.remarks, write)


def _write(checked: CheckedBatch, seen: SeenSkus) -> RowTexts:
    repeated = seen.find_repeated([sku or "" for sku in checked.columns[Field.SKU]])
    if not repeated:
        return RowTexts(len(checked.lines), format_rows(checked), 0, b"")
    first, held = checked.split(repeated)
    return RowTexts(len(first.lines), format_rows(first), len(held.lines), format_rows(held))
