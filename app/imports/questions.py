"""What a person is asked about the columns of a file, each with the answers that a click gives.

Pure. An answer is the mapping that a client sends back. It holds what was
wished before, so that no question comes twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.imports.errors import MissingColumns, Question, make_answer
from app.imports.headers import normalise
from app.imports.mapping import ColumnMapping, name_columns
from app.imports.shape import NEARLY_ALL
from app.imports.suggestions import Finder, Rows
from app.imports.validation import shown
from app.products.upsert import Field, Mode

SAMPLES = 3
MOST = 0.5
EMPTY = "(empty)"
WORDS = {
    Field.SKU: "SKU",
    Field.NAME: "name",
    Field.DESCRIPTION: "description",
    Field.PRICE: "price",
    Field.ACTIVE: "status",
}


class AmbiguousColumn(Question):
    """More than one column may be a field, or one that is not called so looks like it."""

    slug = "ambiguous-column"
    title = "A column has to be chosen"


class Asker:
    """Asks about one file, of which the first rows are known. `wishes` is the mapping so far."""

    def __init__(
        self,
        header: Sequence[str],
        rows: Rows,
        mapping: ColumnMapping,
        wishes: Mapping[str, str | None],
    ) -> None:
        self._header = header
        self._names = name_columns(header)
        self._rows = rows
        self._mapping = mapping
        self._wishes = wishes
        self._finder = Finder(header, rows, mapping)

    def ask_about_rivals(self) -> None:
        """Raise AmbiguousColumn where several columns may be a field and their cells differ."""
        for field, rivals in self._mapping.rivals.items():
            if not self._have_one_name(rivals) or find_differing(self._rows, rivals):
                self._ask(field, rivals, self._explain_rivals(field, rivals))

    def ask_about_unknown(self) -> None:
        """Raise AmbiguousColumn where a field has no column, and one may be it.

        The fields are the price, the description and the status.
        """
        for field, find in (
            (Field.PRICE, self._finder.find_only_prices),
            (Field.DESCRIPTION, self._finder.find_descriptions),
            (Field.ACTIVE, self._finder.find_flags),
        ):
            is_open = field not in self._mapping.columns and field not in self._wishes
            found = find() if is_open and field not in self._mapping.rivals else []
            if found:
                listed = self._list(found)
                look = "looks like one" if len(found) == 1 else "look like one"
                detail = (
                    f"No column is recognised as the {WORDS[field]}, and {listed} {look}. "
                    f"Choose the column, or import the file without a {WORDS[field]}."
                )
                self._ask(field, found, detail)

    def ask_about_price(self) -> None:
        """Raise AmbiguousColumn where the price's column has no prices, and another one has."""
        index = self._mapping.columns.get(Field.PRICE)
        if index is None or Field.PRICE in self._wishes:
            return
        rows, count = len(self._rows), self._finder.count_prices(index)
        are_whole = any(len(row) >= len(self._header) for row in self._rows)
        if not are_whole or count > (1 - NEARLY_ALL) * rows:
            return
        find = self._finder.find_sure_prices if count else self._finder.find_prices
        share = NEARLY_ALL if count else MOST
        found = [at for at in find() if self._finder.count_prices(at) >= share * rows]
        if found:
            look = "looks like one" if len(found) == 1 else "look like one"
            detail = (
                f"The column “{self._names[index]}” {self._say_priceless(index, count)}, and "
                f"{self._list(found)} {look}. Choose the column with the price."
            )
            self._ask(Field.PRICE, [*found, index], detail)

    def _say_priceless(self, index: int, count: int) -> str:
        cells = [cell for cell in self._finder.read_cells(index) if not is_zero(cell)]
        if count:
            return "has no price on nearly all rows looked at"
        if cells:
            return f"has no price on any row looked at, but values such as “{shown(cells[0])}”"
        return "has no price on any row looked at"

    def ask_about_flags(self, index: int, values: Sequence[str]) -> None:
        """Raise AmbiguousColumn: of a column taken for the status only some values are flags."""
        name, listed = self._names[index], " and ".join(f"“{shown(value)}”" for value in values)
        other = self._mapping.columns.get(Field.ACTIVE, index)
        without = "No status column" if other == index else f"“{self._names[other]}” is the status"
        raise AmbiguousColumn(
            f"The column “{name}” holds values that mean yes or no, and others such as {listed}. "
            "Import the file without it, or have the rows with those others rejected.",
            [
                self._answer(without, Field.ACTIVE, None if other == index else other),
                self._answer(f"“{name}” is the status", Field.ACTIVE, index),
            ],
            field=Field.ACTIVE.value,
        )

    def refuse_missing(self) -> MissingColumns:
        """The problem of a file without a column that is needed, with the likeliest ones."""
        missing = " and ".join(WORDS[field] for field in self._mapping.missing)
        suggested = self._suggest()
        likely = " and ".join(
            f"“{suggested[field]}” as the {WORDS[field]}"
            for field in self._mapping.missing
            if field in suggested
        )
        detail = (
            f"No column of the file is recognised as the {missing}. Choose the columns, or rename "
            f"them in the file.{f' Likely: {likely}.' if likely else ''}"
        )
        data: dict[str, object] = {
            "headers": self._names,
            "suggested": {field.value: name for field, name in suggested.items()},
        }
        if self._mapping.missing == (Field.NAME,) and Field.NAME not in suggested:
            detail += " Without a name, products that are in the catalog can be updated."
            data["answers"] = [
                make_answer("Only update products that are known", {"mode": Mode.UPDATE_ONLY.value})
            ]
        return MissingColumns(detail, **data)

    def _suggest(self) -> dict[Field, str]:
        """The likeliest column of each field that has none and is not decided.

        A file of one column is not split into columns yet.
        """
        if len(self._header) < 2:
            return {}
        finder, found = self._finder, dict[Field, list[int]]()
        if Field.SKU in self._mapping.missing:
            found[Field.SKU] = finder.find_keys()
        if Field.NAME in self._mapping.missing:
            found[Field.NAME] = finder.find_names(found.get(Field.SKU, [])[:1])
        taken = {at for columns in found.values() for at in columns[:1]}
        for field, others in (
            (Field.PRICE, finder.find_only_prices()),
            (Field.DESCRIPTION, finder.find_descriptions()),
            (Field.ACTIVE, finder.find_flags()),
        ):
            if field not in self._mapping.columns and field not in self._wishes:
                found[field] = [at for at in others if at not in taken]
        return {field: self._names[columns[0]] for field, columns in found.items() if columns}

    def _ask(self, field: Field, columns: Sequence[int], detail: str) -> None:
        answers = [
            self._answer(f"“{self._names[at]}” is the {WORDS[field]}", field, at, columns)
            for at in columns
        ]
        if field not in (Field.SKU, Field.NAME):
            answers.append(self._answer(f"No {WORDS[field]} column", field, None, columns))
        raise AmbiguousColumn(
            detail,
            answers,
            field=field.value,
            suggested={field.value: self._names[columns[0]]},
        )

    def _answer(
        self, label: str, field: Field, index: int | None, columns: Sequence[int] = ()
    ) -> dict[str, object]:
        chosen = None if index is None else self._names[index]
        known = {f.value: name for f, name in self._mapping.headers.items()}
        open_fields = {f.value for f in self._mapping.rivals}
        sure = {name: header for name, header in known.items() if name not in open_fields}
        mapping = {**sure, **self._wishes, field.value: chosen}
        samples = [] if index is None else self._take_samples(field, index, columns)
        return make_answer(label, {"mapping": mapping}, samples)

    def _take_samples(self, field: Field, index: int, columns: Sequence[int]) -> list[str]:
        """Cells of the same rows for each answer, beside what tells the products apart."""
        beside = self._mapping.columns.get(Field.NAME if field is Field.SKU else Field.SKU)
        rows = find_differing(self._rows, columns) or self._rows
        return [
            " · ".join(
                shown(read_cell(row, at)) or EMPTY
                for at in ([beside, index] if field is not Field.SKU else [index, beside])
                if at is not None
            )
            for row in rows[:SAMPLES]
        ]

    def _explain_rivals(self, field: Field, rivals: Sequence[int]) -> str:
        word = WORDS[field]
        if self._have_one_name(rivals):
            return (
                f"{len(rivals)} columns are called “{self._header[rivals[0]]}”, and their values "
                f"differ. Choose the one with the {word}."
            )
        return f"{self._list(rivals)} may each be the {word}. Choose one."

    def _have_one_name(self, columns: Sequence[int]) -> bool:
        return len({normalise(self._header[at]) for at in columns}) == 1

    def _list(self, columns: Sequence[int]) -> str:
        *first, last = (f"“{self._names[at]}”" for at in columns)
        return f"{', '.join(first)} and {last}" if first else last


def find_differing(rows: Rows, columns: Sequence[int]) -> Rows:
    """The rows in which the columns have not the same cells."""
    return [row for row in rows if len({read_cell(row, at) for at in columns}) > 1]


def is_zero(cell: str) -> bool:
    """Whether a cell is 0, in whatever way it is written."""
    return not cell.strip("0.,-+ ")


def read_cell(row: Sequence[str], index: int) -> str:
    """A cell, trimmed; a row that ends before it has an empty one."""
    return row[index].strip() if index < len(row) else ""
