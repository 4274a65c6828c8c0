"""Rows that a line break has cut: the beginning of the first cell stands alone on the line above,
or the rest of the last one has as many commas as a row.

Pure. A title above its rows looks alike, so that the cells of the file's other rows decide.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.imports.dialect import Layout
from app.imports.spans import is_number
from app.products.rules import Violation
from app.products.upsert import Field

LOWER_SHARE = 0.1  # of names that begin with a small letter, in a file whose names do not
CUT_ABOVE = Violation(
    "line_break_unquoted",
    "The line above has one cell only and seems to be the beginning of this row. A text that "
    "holds a line break has to be in quotation marks.",
)
SKUS_KNOWN = 2  # without which nothing is said of the others
NEEDS_QUOTES = "A text that holds a line break has to be in quotation marks."
REST = Violation(
    "line_break_unquoted",
    "This line begins with words where the others have their SKU, and seems to be the rest of the "
    f"row above. {NEEDS_QUOTES}",
)
CUT_BELOW = Violation(
    "line_break_unquoted",
    "The line below begins with words where the others have their SKU, and seems to be the rest of "
    f"this row. {NEEDS_QUOTES}",
)


@dataclass(frozen=True)
class Lone:
    """What stands alone on a line, and on those directly above it that have one cell as well."""

    line: int
    text: str


def add_lone(above: Lone | None, line: int, cell: str) -> Lone:
    """A line with one cell, below others or alone."""
    is_next = above is not None and above.line == line - 1
    return Lone(line, (above.text if above and is_next else "") + cell.strip())


class FirstCells:
    """What the first cells of a file's rows are like, by the rows at its beginning."""

    def __init__(self, layout: Layout, columns: Mapping[Field, int]) -> None:
        width = max(columns.values(), default=0) + 1
        cells = [row[0].strip() for row in _find_whole(layout) if len(row) >= max(width, 2)]
        cells = list(filter(None, cells))
        self._is_sku = columns.get(Field.SKU) == 0
        self._is_text = not self._is_sku and 0 in columns.values()
        self._lengths: dict[str, list[int]] = defaultdict(list)
        for cell in cells:
            self._lengths[form_of(cell)].append(len(cell))
        small = sum(cell[0].islower() for cell in cells)
        self._has_capitals = len(cells) > 1 and small <= LOWER_SHARE * len(cells)

    def is_cut(self, above: Lone | None, line: int, cell: str) -> bool:
        """Whether the first cell of the row on `line` is the rest of what stands alone above it."""
        cell = cell.strip()
        if above is None or above.line != line - 1 or not cell:
            return False
        if self._is_text:
            is_small = cell[0].islower() and not cell[1:2].isupper()  # `iPad` is a name
            return self._has_capitals and is_small
        return self._is_sku and self._is_rest_of_sku(above.text, cell)

    def _is_rest_of_sku(self, above: str, sku: str) -> bool:
        """Right: `A-1`, `23` in a file with `A-9` and `A-10`. Wrong: `Chairs`, `A-11`."""
        has_digit = any(map(str.isdigit, above))
        if not self._lengths:
            return has_digit and " " not in above
        if form_of(sku) not in self._lengths:
            return any(form_of(above + space + sku) in self._lengths for space in ("", " "))
        is_usual = self._has_length(sku)
        return (has_digit or not is_usual) and self._has_length(above + sku)

    def _has_length(self, sku: str) -> bool:
        """Whether SKUs of its form have its length, or a shorter and a longer one do."""
        lengths = self._lengths.get(form_of(sku), [0])
        return min(lengths) <= len(sku) <= max(lengths)


class RestRows:
    """Finds rows that are text of the row above, with as many commas as a row.

    Only in files whose other SKUs, by the first rows, are codes in the first column, and which
    have no spaces behind their delimiters.
    """

    def __init__(self, layout: Layout, columns: Mapping[Field, int]) -> None:
        rows = [row for row in _find_whole(layout) if any(row)]
        others = [row for row in rows if not _is_like_rest(row)]
        is_enough = len(others) >= SKUS_KNOWN and 2 * len(others) > len(rows)
        self.can_be = columns.get(Field.SKU) == 0 and is_enough and all(map(_has_code, others))

    def find(
        self, lines: Sequence[int], rows: Sequence[Sequence[str]]
    ) -> dict[int, tuple[int, Violation]]:
        """What is wrong with such rows and those directly above them, by their places.

        Each with the index of the column. A row above that is not among `rows` is not found.
        """
        found: dict[int, tuple[int, Violation]] = {}
        if not self.can_be:
            return found
        for at, row in enumerate(rows):
            if may_be_rest_row(row) and _is_like_rest(row):
                found[at] = 0, REST
                if at and lines[at - 1] == lines[at] - 1:
                    found.setdefault(at - 1, (len(rows[at - 1]) - 1, CUT_BELOW))
        return found


def may_be_rest_row(row: Sequence[str]) -> bool:
    """Whether a space stands behind a row's first delimiter."""
    return len(row) > 1 and row[1][:1] == " "


def _is_like_rest(row: Sequence[str]) -> bool:
    """Right: `and big, too, really`. Wrong: `and big,too,really`, `and big, 12, 5`."""
    words = row[0].strip()
    is_text = words[:1].islower() and " " in words
    return is_text and all(cell[:1] == " " and not is_number(cell) for cell in row[1:])


def _has_code(row: Sequence[str]) -> bool:
    sku = row[0].strip()
    is_code = " " not in sku and any(map(str.isdigit, sku))
    return is_code and not any(cell[:1] == " " for cell in row)


def form_of(text: str) -> str:
    """What a text is made of: `CH-12` and `A-7` are both `A-9`, and `Chair` is `Aa`."""
    kinds = [
        "9" if c.isdigit() else ("a" if c.islower() else "A") if c.isalpha() else c for c in text
    ]
    return "".join(kinds[:1] + [other for one, other in pairwise(kinds) if one != other])


def _find_whole(layout: Layout) -> Iterator[Sequence[str]]:
    """The first rows, without those below a line with one cell."""
    above: int | None = None
    for line, row in zip(layout.starts, layout.rows, strict=False):
        if len(row) > 1 and above != line - 1:
            yield row
        above = line if len(row) == 1 else None
