"""A record's cells → the values of a product, or the reason why not.

Pure. The rules for values are the catalog's own (`products/rules.py`); here
is only how a CSV cell writes them. Never raises for a bad row; a second header
with other columns is a problem of the file, since it changes the rows below.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from app.imports.broken_rows import CUT_ABOVE, FirstCells, Lone, RestRows, add_lone
from app.imports.checked import CheckedBatch, Fitted, Settled
from app.imports.cut_prices import CUT, is_cut_price
from app.imports.dialect import Layout
from app.imports.errors import OtherHeader, Reject, Remark
from app.imports.flags import find_numbers, parse_flags
from app.imports.headers import normalise
from app.imports.mapping import ColumnMapping, name_columns
from app.imports.no_products import is_no_row, is_total
from app.imports.prices import DecimalDecider, parse_prices
from app.imports.records import Batch, Damage
from app.imports.requoting import Dialect
from app.imports.row_groups import find_groups
from app.imports.second_headers import find_first_product, is_other_header
from app.imports.shape import RowShape, make_shape
from app.imports.texts import (
    Column,
    Parsed,
    clean_cells,
    is_float,
    parse_descriptions,
    parse_names,
    parse_skus,
)
from app.products import rules
from app.products.rules import Violation
from app.products.upsert import Field

VALUE_SHOWN = 200


class BatchChecker:
    """Checks the records of one file, whose header and mapping are known.

    Works by columns: a column of a batch in which all is well, the usual
    case, is seen to be so in a few operations over the whole of it.
    """

    def __init__(
        self,
        header: Sequence[str],
        mapping: ColumnMapping,
        decimals: DecimalDecider,
        shape: RowShape | None = None,
        *,
        leave_out: Collection[int] = (),
        texts_beside_price: int | None = None,
        layout: Layout | None = None,
    ) -> None:
        self._header = header
        self._columns = name_columns(header)
        self._shape = shape or make_shape(header)
        self._leave_out = leave_out
        self._beside = texts_beside_price
        layout = layout or Layout(Dialect(","), 0)
        self._first_product = find_first_product(layout, mapping.columns)
        self._first_cells = FirstCells(layout, mapping.columns)
        self.rests = RestRows(layout, mapping.columns)
        self.lone: Lone | None = None  # what stood alone on the last line of the batch judged last
        self._lone_at_end: Lone | None = None
        self._names = normalise_row(header)
        self._mapping = mapping
        self._mapped = {self._names[at] for at in mapping.columns.values()}
        self._decimals = decimals
        self._groups = find_groups(header, mapping)
        self._are_floats: bool | None = None
        self._parsers: dict[Field, Callable[[list[str]], Parsed]] = {
            Field.SKU: self._parse_skus,
            Field.NAME: parse_names,
            Field.DESCRIPTION: parse_descriptions,
            Field.PRICE: self._parse_prices,
            Field.ACTIVE: self._parse_flags,
        }

    def check(self, batch: Batch) -> CheckedBatch:
        """Each record's values, or the first thing wrong with it."""
        fitted = self.fit(batch)
        self.watch(fitted)
        self.watch_skus(fitted)
        return self.judge(fitted)

    def fit(self, batch: Batch) -> Fitted:
        """The batch without the rows that have too few or too many cells, which are rejected.

        A line of nothing but white space is blank, and no row.
        """
        shape, unwanted = self._shape, self._leave_out
        rejects = [_reject_damage(d) for d in batch.damages if d.line not in unwanted]
        remarks = [_leave_out(d.line, d.text) for d in batch.damages if d.line in unwanted]
        lone = self.lone
        is_below = lone is not None and lone.line + 1 in batch.lines[:1]
        is_even = set(map(len, batch.rows)) <= {shape.width} and shape.named == shape.usual
        if is_even and not is_below:
            self._lone_at_end = None if batch.rows else lone
            return self._set_aside(Fitted(batch.lines, batch.rows, rejects, remarks))
        lines: list[int] = []
        rows: list[list[str]] = []
        for line, cells in zip(batch.lines, batch.rows, strict=True):
            fitted = shape.fit(cells)
            is_cut = line not in unwanted and self._first_cells.is_cut(lone, line, cells[0])
            if fitted is not None and is_cut:
                rejects.append(self._reject(line, fitted, 0, CUT_ABOVE))
            elif fitted is not None:
                lines.append(line)
                rows.append(fitted)
            elif line in unwanted:
                remarks.append(_leave_out(line, ",".join(cells)))
            elif is_no_row(cells, self._mapping.columns.get(Field.SKU, 0)):
                remarks.append(Remark(line, "no_row", shown(",".join(cells)), True))
            elif any(map(str.strip, cells)):
                rejects.append(self._misfit(line, cells))
                lone = add_lone(lone, line, cells[0]) if len(cells) == 1 else lone
        self._lone_at_end = lone
        return self._set_aside(Fitted(lines, rows, rejects, remarks))

    def _set_aside(self, fitted: Fitted) -> Fitted:
        """The rows without those that are no products, and with a remark on each that may be."""
        sku = self._mapping.columns.get(Field.SKU, 0)
        codes = [
            self._tell_no_product(line, cells, sku)
            for line, cells in zip(fitted.lines, fitted.rows, strict=True)
        ]
        if not any(codes) and not self._groups:
            return fitted
        settled = Settled()
        for line, cells, code in zip(fitted.lines, fitted.rows, codes, strict=True):
            if code:
                is_skipped = code != "totals_row"
                settled.remarks.append(Remark(line, code, shown(cells[sku]), is_skipped))
            if code in (None, "totals_row"):
                self._settle(line, cells, settled)
        return replace(
            fitted,
            lines=settled.lines,
            rows=settled.rows,
            remarks=[*fitted.remarks, *settled.remarks],
        )

    def _settle(self, line: int, cells: list[str], settled: Settled) -> None:
        """The row as the rows above it demand, or set aside."""
        for group in self._groups:
            cells, remark = group.settle(line, cells)
            if remark:
                settled.remarks.append(replace(remark, value=shown(remark.value)))
                if remark.is_skipped:
                    return
        settled.lines.append(line)
        settled.rows.append(cells)

    def _tell_no_product(self, line: int, cells: Sequence[str], sku: int) -> str | None:
        """Why a row is no product, or may be none: the code of a remark."""
        cell = cells[sku]
        if line in self._leave_out:
            return "left_out"
        if normalise(cell) in self._mapped:
            if normalise_row(cells) == self._names:
                return "header_repeated"
            name = self._mapping.columns.get(Field.NAME, sku)
            if normalise(cells[name]) in self._mapped - {normalise(cell)}:
                raise OtherHeader(line, cells)
        if line > self._first_product and is_other_header(cells, self._mapping.columns):
            raise OtherHeader(line, cells)
        if is_no_row(cells, sku):
            return "no_row"
        return "totals_row" if is_total(cells, sku, self._mapping.columns.get(Field.NAME)) else None

    def watch(self, fitted: Fitted, beside: Sequence[tuple[int, str]] = ()) -> None:
        """Take notice of a batch's prices: they may tell the decimal mark.

        `beside` are such from between that tell it too, each with its line.
        """
        index = self._mapping.columns.get(Field.PRICE)
        if index is None:
            return
        cells = clean_cells([row[index] for row in fitted.rows])
        if beside:
            in_order = sorted([*zip(fitted.lines, cells, strict=True), *beside])
            cells = [cell for _, cell in in_order]
        self._decimals.watch(cells)

    def watch_skus(self, fitted: Fitted, beside: Sequence[tuple[int, str]] = ()) -> None:
        """Take notice of the file's first SKU: one such as `10001.0` speaks for its column.

        `beside` are such from between, each with its line.
        """
        if self._are_floats is None:
            index = self._mapping.columns.get(Field.SKU, 0)
            skus = clean_cells([row[index] for row in fitted.rows])
            in_order = sorted([*zip(fitted.lines, skus, strict=True), *beside])
            first = next((sku for _, sku in in_order if sku), None)
            self._are_floats = None if first is None else bool(is_float(first))

    def judge(self, fitted: Fitted) -> CheckedBatch:
        """Each row's values, or the first thing wrong with it, by the decimal mark known by now."""
        self.lone = self._lone_at_end
        lines, rows, rejects = fitted.lines, fitted.rows, list(fitted.rejects)
        columns: dict[Field, Column] = {}
        bad: dict[int, Reject] = {}
        notes: list[tuple[int, str, str]] = []
        cells = list(zip(*rows, strict=True)) or [()] * len(self._header)
        for name, index in self._mapping.columns.items():
            parsed = self._parsers[name](clean_cells(cells[index]))
            columns[name] = parsed.values
            notes += [(at, *note) for at, note in parsed.notes.items()]
            for at, violation in parsed.violations.items():
                bad.setdefault(at, self._reject(lines[at], rows[at], index, violation))
        if self._beside is not None:
            price = self._beside - 1
            for at, cell in enumerate(cells[self._beside]):
                if at not in bad and is_cut_price(rows[at][price], cell):
                    bad[at] = self._reject(lines[at], rows[at], price, CUT)
        for at, (index, violation) in self.rests.find(lines, rows).items():
            bad.setdefault(at, self._reject(lines[at], rows[at], index, violation))
        remarks = [
            Remark(lines[at], code, shown(v), False) for at, code, v in notes if at not in bad
        ]
        if bad:
            good = [at for at in range(len(rows)) if at not in bad]
            lines = [lines[at] for at in good]
            columns = {name: [column[at] for at in good] for name, column in columns.items()}
            rejects += bad.values()
        return CheckedBatch(lines, columns, rejects, [*fitted.remarks, *remarks])

    def _parse_skus(self, cells: list[str]) -> Parsed:
        return parse_skus(cells, are_floats=bool(self._are_floats))

    def _parse_prices(self, cells: list[str]) -> Parsed:
        decimals = self._decimals
        return parse_prices(cells, decimals.mark, rounds=decimals.has_many_decimals)

    def _parse_flags(self, cells: list[str]) -> Parsed:
        """Flags by the words that all systems use, and by the numbers of the one this is from."""
        numbers = find_numbers(self._header[self._mapping.columns[Field.ACTIVE]])
        return parse_flags([numbers.get(cell, cell) for cell in cells] if numbers else cells)

    def _misfit(self, line: int, cells: list[str]) -> Reject:
        count, named = len(cells), self._shape.named
        is_short = count < self._shape.usual and not any(map(str.strip, cells[named:]))
        code = "too_few_cells" if is_short else "too_many_cells"
        others = (
            f"the header has {named}"
            if count != named
            else f"nearly all others have {self._shape.usual}"
        )
        detail = f"The row has {count} {'cell' if count == 1 else 'cells'}, and {others}."
        return Reject(line, None, shown(",".join(cells)), code, detail, cells)

    def _reject(self, line: int, cells: list[str], index: int, violation: Violation) -> Reject:
        column, value = self._columns[index], shown(cells[index])
        return Reject(line, column, value, violation.code, violation.detail, cells)


def _reject_damage(damage: Damage) -> Reject:
    text = damage.text
    return Reject(damage.line, None, shown(text), damage.code, damage.detail, [text])


def _leave_out(line: int, text: str) -> Remark:
    return Remark(line, "left_out", shown(text), True)


def normalise_row(cells: Sequence[str]) -> list[str]:
    """A row's cells as names of columns are compared."""
    return [normalise(cell) for cell in cells]


def shown(value: str) -> str:
    """A value as a person is shown it: cut, and with every forbidden character visible."""
    cut = value if len(value) <= VALUE_SHOWN else value[: VALUE_SHOWN - 1] + "…"
    if rules.is_clean(cut):
        return cut
    return "".join("\N{REPLACEMENT CHARACTER}" if rules.find_forbidden(c) else c for c in cut)
