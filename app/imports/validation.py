"""A record's cells → the values of a product, or the reason why not.

Pure. The rules for values are the catalog's own (`products/rules.py`); here
is only how a CSV cell writes them. Never raises for a bad row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import compress

from app.imports.errors import Reject, Remark
from app.imports.headers import normalise
from app.imports.mapping import ColumnMapping
from app.imports.prices import DecimalDecider, parse_prices
from app.imports.records import Batch, Damage
from app.products import rules
from app.products.rules import Violation
from app.products.upsert import Field

VALUE_SHOWN = 200
YES = (
    "true", "yes", "1", "published", "active", "y", "t", "on", "enabled",
    "unlisted",  # Shopify: active, and found by those who have the link
)  # fmt: skip
NO = (
    "false", "no", "0", "draft", "inactive", "n", "f", "off", "disabled",
    "archived",  # Shopify
    "proposed", "rejected",  # Medusa
)  # fmt: skip
# Numbers that only the column's name explains: Magento's 1 and 2, WooCommerce's -1 for a draft.
FLAGS_BY_COLUMN = {
    "productonline": {"2": "f"},
    **{name: {"-1": "f"} for name in ("published", "veröffentlicht", "publié", "publicado")},
}
is_guarded = re.compile(r"'+[=+\-@＝＋－＠]").match
FLAGS = {"": "t", **dict.fromkeys(YES, "t"), **dict.fromkeys(NO, "f")}
NOT_A_FLAG = Violation(
    "active_invalid",
    "Write true or false, yes or no, 1 or 0, active or inactive, published or draft.",
)
Column = list[str | None]
Violations = dict[int, Violation]


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


class BatchChecker:
    """Checks the records of one file, whose header and mapping are known.

    Works by columns: a column of a batch in which all is well, the usual
    case, is seen to be so in a few operations over the whole of it.
    """

    def __init__(
        self, header: Sequence[str], mapping: ColumnMapping, decimals: DecimalDecider
    ) -> None:
        self._header = header
        self._names = normalise_row(header)
        self._mapping = mapping
        self._decimals = decimals
        self._parsers: dict[Field, Callable[[list[str]], tuple[Column, Violations]]] = {
            Field.SKU: parse_skus,
            Field.NAME: parse_names,
            Field.DESCRIPTION: parse_descriptions,
            Field.PRICE: self._parse_prices,
            Field.ACTIVE: self._parse_flags,
        }

    def check(self, batch: Batch) -> CheckedBatch:
        """Each record's values, or the first thing wrong with it."""
        fitted = self.fit(batch)
        self.watch(fitted)
        return self.judge(fitted)

    def fit(self, batch: Batch) -> Fitted:
        """The batch without the rows that have too few or too many cells, which are rejected.

        A line of nothing but white space is blank, and no row.
        """
        width = len(self._header)
        rejects = [_reject_damage(damage) for damage in batch.damages]
        if set(map(len, batch.rows)) <= {width}:
            return self._set_aside(Fitted(batch.lines, batch.rows, rejects))
        lines: list[int] = []
        rows: list[list[str]] = []
        for line, cells in zip(batch.lines, batch.rows, strict=True):
            fitted = fit(cells, width)
            if fitted is not None:
                lines.append(line)
                rows.append(fitted)
            elif any(map(str.strip, cells)):
                rejects.append(self._misfit(line, cells))
        return self._set_aside(Fitted(lines, rows, rejects))

    def _set_aside(self, fitted: Fitted) -> Fitted:
        """The rows without those that equal the header: files were joined."""
        names, mapped = self._names, self._mapping.columns[Field.SKU]
        again = [
            at
            for at, cells in enumerate(fitted.rows)
            if normalise(cells[mapped]) == names[mapped] and normalise_row(cells) == names
        ]
        if not again:
            return fitted
        remarks = [
            Remark(fitted.lines[at], "header_repeated", shown(fitted.rows[at][mapped]), True)
            for at in again
        ]
        kept = sorted(set(range(len(fitted.rows))) - set(again))
        return replace(
            fitted,
            lines=[fitted.lines[at] for at in kept],
            rows=[fitted.rows[at] for at in kept],
            remarks=[*fitted.remarks, *remarks],
        )

    def watch(self, fitted: Fitted, beside: Sequence[tuple[int, str]] = ()) -> None:
        """Take notice of a batch's prices: they may tell the decimal mark.

        `beside` are such from between that tell it too, each with its line.
        """
        index = self._mapping.columns.get(Field.PRICE)
        if index is None:
            return
        cells = [row[index].strip() for row in fitted.rows]
        if beside:
            in_order = sorted([*zip(fitted.lines, cells, strict=True), *beside])
            cells = [cell for _, cell in in_order]
        self._decimals.watch(cells)

    def judge(self, fitted: Fitted) -> CheckedBatch:
        """Each row's values, or the first thing wrong with it, by the decimal mark known by now."""
        lines, rows, rejects = fitted.lines, fitted.rows, list(fitted.rejects)
        columns: dict[Field, Column] = {}
        bad: dict[int, Reject] = {}
        cells = list(zip(*rows, strict=True)) or [()] * len(self._header)
        for field, index in self._mapping.columns.items():
            columns[field], violations = self._parsers[field](list(map(str.strip, cells[index])))
            for at, violation in violations.items():
                bad.setdefault(at, self._reject(lines[at], rows[at], index, violation))
        if bad:
            good = [at for at in range(len(rows)) if at not in bad]
            lines = [lines[at] for at in good]
            columns = {field: [column[at] for at in good] for field, column in columns.items()}
            rejects += bad.values()
        return CheckedBatch(lines, columns, rejects, fitted.remarks)

    def _parse_prices(self, cells: list[str]) -> tuple[Column, Violations]:
        return _separate(parse_prices(cells, self._decimals.mark))

    def _parse_flags(self, cells: list[str]) -> tuple[Column, Violations]:
        """Flags by the words that all systems use, and by the numbers of the one this is from."""
        numbers = find_numbers(self._mapping.headers[Field.ACTIVE])
        return parse_flags([numbers.get(cell, cell) for cell in cells] if numbers else cells)

    def _misfit(self, line: int, cells: list[str]) -> Reject:
        width = len(self._header)
        code = "too_few_cells" if len(cells) < width else "too_many_cells"
        detail = f"The row has {len(cells)} cells, and the header has {width}."
        return Reject(line, None, shown(",".join(cells)), code, detail, cells)

    def _reject(self, line: int, cells: list[str], index: int, violation: Violation) -> Reject:
        column, value = self._header[index], shown(cells[index])
        return Reject(line, column, value, violation.code, violation.detail, cells)


def _reject_damage(damage: Damage) -> Reject:
    text = damage.text
    return Reject(damage.line, None, shown(text), damage.code, damage.detail, [text])


def normalise_row(cells: Sequence[str]) -> list[str]:
    """A row's cells as names of columns are compared."""
    return [normalise(cell) for cell in cells]


def fit(cells: list[str], width: int) -> list[str] | None:
    """`cells` in `width`, where only empty ones are lost by it; else None."""
    if len(cells) < width or any(cells[width:]):
        return None
    return cells if len(cells) == width else cells[:width]


def parse_skus(cells: list[str]) -> tuple[Column, Violations]:
    """SKUs as they stand, leading zeros and case kept."""
    return _check_texts(cells, rules.check_sku, rules.SKU_MAX, required=True)


def parse_names(cells: list[str]) -> tuple[Column, Violations]:
    """Names as they stand."""
    return _check_texts(cells, rules.check_name, rules.NAME_MAX, required=True)


def parse_descriptions(cells: list[str]) -> tuple[Column, Violations]:
    """Descriptions as they stand; an empty cell is an empty description."""
    return _check_texts(cells, rules.check_description, rules.DESCRIPTION_MAX, required=False)


def _check_texts(
    cells: list[str], check: Callable[[str], Violation | None], longest: int, *, required: bool
) -> tuple[Column, Violations]:
    texts = strip_guards(cells) if "'" in "".join(cells) else cells
    fits = max(map(len, texts), default=0) <= longest and not (required and "" in texts)
    values: Column = list(texts)
    if fits and rules.is_clean("".join(texts)):
        return values, {}
    found = ((at, check(text)) for at, text in enumerate(texts))
    return values, {at: violation for at, violation in found if violation}


def strip_guards(cells: list[str]) -> list[str]:
    """The cells without the apostrophe that keeps a spreadsheet from running one as a formula.

    Exactly what the export puts in front: right is `'=SUM(A1)` → `=SUM(A1)`, and `''=1` →
    `'=1`. `'90s` and `'n'` stay as they are.
    """
    return [cell[1:] if cell[:1] == "'" and is_guarded(cell) else cell for cell in cells]


def parse_flags(cells: list[str]) -> tuple[Column, Violations]:
    """`t` or `f`; an empty cell means the default, active."""
    values: Column = [FLAGS.get(cell) for cell in cells]
    return (values, {}) if None not in values else _separate([parse_flag(cell) for cell in cells])


def _separate(parsed: Sequence[str | Violation | None]) -> tuple[Column, Violations]:
    violations = {at: value for at, value in enumerate(parsed) if isinstance(value, Violation)}
    return [None if isinstance(value, Violation) else value for value in parsed], violations


def find_numbers(header: str) -> Mapping[str, str]:
    """The numbers that are flags in the column of a name, and nowhere else."""
    return FLAGS_BY_COLUMN.get(normalise(header), {})


def parse_flag(text: str) -> str | Violation:
    """`t` or `f`, in whatever case the word is written."""
    return FLAGS.get(text.casefold(), NOT_A_FLAG)


def shown(value: str) -> str:
    """A value as a person is shown it: cut, and with every forbidden character visible."""
    cut = value if len(value) <= VALUE_SHOWN else value[: VALUE_SHOWN - 1] + "…"
    if rules.is_clean(cut):
        return cut
    return "".join("\N{REPLACEMENT CHARACTER}" if rules.find_forbidden(c) else c for c in cut)
