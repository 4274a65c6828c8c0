"""Pieces of a file → checked rows, by whole columns.

Pure. What `columns.py` is not sure of is read and judged by `BatchChecker`,
and comes back into its place. The decimal mark is told by the same
cells as there, in the same order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.imports.arrays import Bytes, Forms, Mask, Places, np
from app.imports.broken_rows import may_be_rest_row
from app.imports.careful import make_checker
from app.imports.cells import Cells, read_records
from app.imports.checked import CheckedBatch
from app.imports.columns import (
    SPACE,
    WORD_MAX,
    Column,
    PriceForm,
    find_unfit,
    find_words,
    is_plain_text,
    may_be_rest,
    take_column,
    tell_prices,
)
from app.imports.flags import FLAGS, find_numbers
from app.imports.headers import normalise
from app.imports.mapping import ColumnMapping
from app.imports.pieces import Piece, join_batches
from app.imports.prices import DecimalDecider
from app.imports.reader import CsvFile
from app.imports.records import Batch
from app.imports.shape import RowShape
from app.imports.sku_columns import SkuSigns, find_uncomposed
from app.products import rules
from app.products.upsert import Field

LONGEST = {
    Field.SKU: rules.SKU_MAX,
    Field.NAME: rules.NAME_MAX,
    Field.DESCRIPTION: rules.DESCRIPTION_MAX,
}


@dataclass(frozen=True)
class PlainRows:
    """Rows whose cells are good as they stand, by the records they are.

    Where there is no such column, `forms` and `flags` say nothing.
    """

    records: Places
    columns: Mapping[Field, Column]
    forms: Forms
    flags: Bytes

    def pick(self, wanted: Mask) -> PlainRows:
        """Some of the rows."""
        columns = {field: column.pick(wanted) for field, column in self.columns.items()}
        return PlainRows(self.records[wanted], columns, self.forms[wanted], self.flags[wanted])

    def find_telling(self, cells: Cells) -> list[tuple[int, str]]:
        """Of each mark the first price that has it, with its line: the others tell no more."""
        found: list[tuple[int, str]] = []
        for form in (PriceForm.POINT, PriceForm.COMMA):
            at = np.flatnonzero(self.forms == form)[:1]
            found += [
                (int(cells.lines[self.records[n]]), self.columns[Field.PRICE].read(n))
                for n in at.tolist()
            ]
        return found

    def find_first_sku(self, cells: Cells) -> list[tuple[int, str]]:
        """The first SKU, with its line."""
        lines = cells.lines[self.records[:1]].tolist()
        return [(line, self.columns[Field.SKU].read(0)) for line in lines]


class PieceChecker:
    """Checks the pieces of one file, whose header and mapping are known."""

    def __init__(self, file: CsvFile, mapping: ColumnMapping, decimals: DecimalDecider) -> None:
        self._beside = file.texts_beside_price
        self._checker = make_checker(file, mapping, decimals)
        self._dialect = file.dialect
        self._shape = file.shape
        self._leave_out = sorted(file.leave_out)
        self._columns = mapping.columns
        self._decimals = decimals
        self._signs = SkuSigns(
            {normalise(file.header[at]) for at in mapping.columns.values()},
            has_prices=Field.PRICE in mapping.columns,
        )
        self._flags: Mapping[str, str] = {}
        if Field.ACTIVE in mapping.columns:
            words = {**FLAGS, **find_numbers(file.header[mapping.columns[Field.ACTIVE]])}
            self._flags = {
                word: flag
                for word, flag in words.items()
                if word.isascii() and len(word) <= WORD_MAX
            }

    def check(self, piece: Piece) -> tuple[PlainRows, CheckedBatch]:
        """A piece's good rows: the plain ones, and the others beside the bad ones."""
        cells = piece.cells
        plain, odd = self._tell_apart(cells, self._find_lone(piece), piece.batch)
        batch = join_batches([piece.batch, read_records(cells, odd, self._dialect)])
        fitted = self._checker.fit(batch)
        self._checker.watch(fitted, plain.find_telling(cells))
        self._checker.watch_skus(fitted, plain.find_first_sku(cells))
        is_foreign = self._has_foreign_price(plain.forms)
        if is_foreign.any():
            more = read_records(cells, plain.records[is_foreign], self._dialect)
            fitted = self._checker.fit(join_batches([batch, more]))
            plain = plain.pick(~is_foreign)
        return plain, self._checker.judge(fitted)

    def _may_be_cut(self, cells: Cells, records: Places, batch: Batch) -> Mask:
        """Which rows may be the rest of the row above, or have theirs below."""
        lines = cells.lines[records]
        rests = lines[cells.text[cells.starts[cells.first[records] + 1]] == SPACE].tolist()
        rests += [n for n, row in zip(batch.lines, batch.rows, strict=True) if may_be_rest_row(row)]
        may_be: Mask = np.isin(lines, [*rests, *(line - 1 for line in rests)])
        return may_be if rests else np.zeros(len(lines), np.bool_)

    def _has_foreign_price(self, forms: Forms) -> Mask:
        """Which prices are not written as the decimal mark demands."""
        is_comma: Mask = forms == PriceForm.COMMA
        is_other: Mask = (forms == PriceForm.POINT) | (forms == PriceForm.WHOLE)
        return is_comma if self._decimals.mark == "." else is_other

    def _find_lone(self, piece: Piece) -> list[int]:
        """The lines that have one cell: the row below one may be cut."""
        lines: list[int] = piece.cells.lines[:-1][np.diff(piece.cells.first) == 1].tolist()
        lines += [
            n for n, row in zip(piece.batch.lines, piece.batch.rows, strict=True) if row[1:] == []
        ]
        return [*lines, self._checker.lone.line] if self._checker.lone else lines

    def _tell_apart(
        self, cells: Cells, lone: Sequence[int], batch: Batch
    ) -> tuple[PlainRows, Places]:
        """The plain rows, and the records that are neither among them nor blank."""
        is_blank, has_width = measure_records(cells, self._shape)
        records = np.flatnonzero(has_width & ~is_blank & ~find_unfit(cells))
        columns = {
            field: take_column(cells, cells.first[records] + index)
            for field, index in self._columns.items()
        }
        is_good = np.ones(len(records), np.bool_)
        for field in LONGEST.keys() & columns.keys():
            is_needed = field is not Field.DESCRIPTION
            is_good &= is_plain_text(columns[field], LONGEST[field], required=is_needed)
        is_good &= ~self._signs.find(columns[Field.SKU])
        is_good[find_uncomposed(columns[Field.SKU], is_good)] = False
        forms = np.full(len(records), PriceForm.EMPTY, np.int8)
        if Field.PRICE in columns:
            forms = tell_prices(columns[Field.PRICE])
            is_good &= forms != PriceForm.OTHER
            if self._beside is not None:
                whole = np.flatnonzero(forms == PriceForm.WHOLE)
                texts = take_column(cells, cells.first[records[whole]] + self._beside)
                is_good[whole[may_be_rest(texts)]] = False
        flags = np.zeros(len(records), np.uint8)
        if Field.ACTIVE in columns:
            flags = find_words(columns[Field.ACTIVE], self._flags)
            is_good &= flags != 0
        if lone:
            is_good &= ~np.isin(cells.lines[records] - 1, lone)
        if self._checker.rests.can_be and self._shape.usual > 1:
            is_good &= ~self._may_be_cut(cells, records, batch)
        if self._leave_out:
            is_good &= ~np.isin(cells.lines[records], self._leave_out)
        is_odd = ~is_blank
        is_odd[records[is_good]] = False
        plain = PlainRows(records, columns, forms, flags).pick(is_good)
        return plain, np.flatnonzero(is_odd)


def measure_records(cells: Cells, shape: RowShape) -> tuple[Mask, Mask]:
    """Which records are blank, and which have the usual number of cells, none of them too many."""
    first, last = cells.first[:-1], cells.first[1:] - 1
    counts = last - first + 1
    is_blank = cells.ends[last] - cells.starts[first] == counts - 1
    has_width = counts == shape.usual
    if shape.named < shape.usual:
        wide = np.flatnonzero(has_width)
        beyond = cells.ends[last[wide]] - cells.starts[first[wide] + shape.named]
        has_width[wide] = beyond == shape.usual - shape.named - 1
    return is_blank, has_width
