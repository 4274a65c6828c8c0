"""How many cells the rows of a file have, and which others are still rows.

Pure. Decided on the first rows, for the whole file: a row that has more cells,
or fewer, than nearly all others has its values in the wrong columns.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from app.imports.headers import find_meaning
from app.imports.mapping import OURS
from app.imports.spans import is_number
from app.products.upsert import Field

NEARLY_ALL = 0.9
# A habit shows in this share of the rows, and in this number of them.
HABIT = 0.2
HABIT_ROWS = 2
# A word with a digit, or one of capital letters.
is_key = re.compile(r"(?=\S*\d|[^\Wa-z]+$)\S+").fullmatch
replace_letters, replace_digits = re.compile(r"[^\W\d_]").sub, re.compile(r"\d").sub
replace_runs = re.compile(r"(.)\1+").sub


@dataclass(frozen=True)
class RowShape:
    """How many cells rows have.

    `width`: the header's cells. `named`: those up to its last name; what stands behind is a cell
    too many. `usual`: the cells of a row, `width` and perhaps some empty ones, on every row as
    many. `is_cut`: rows end with their last filled cell, as Excel writes them.
    """

    width: int
    named: int
    usual: int
    is_cut: bool = False
    is_ours: bool = False  # a list of rejected rows, in which a mark stands behind some of them

    def fit(self, cells: list[str]) -> list[str] | None:
        """A row in `width` cells, if none is lost by it and none can have moved; else None."""
        count = len(cells)
        if count == self.usual:
            if count > self.named and any(map(str.strip, cells[self.named :])):
                return None
            return cells if count == self.width else cells[: self.width]
        if self.is_ours and count > self.width and not any(map(str.strip, cells[self.width :])):
            return cells[: self.width]
        if count == self.width:
            return cells if self.named == count and cells[-1].strip() else None
        if self.is_cut and 1 < count < self.width and cells[-1].strip():
            return [*cells, *[""] * (self.width - count)]
        return None


def make_shape(header: Sequence[str]) -> RowShape:
    """The shape of a file in which each row has as many cells as the header."""
    named = len(header)
    while named > 1 and not header[named - 1].strip():
        named -= 1
    return RowShape(len(header), named, len(header))


def find_shape(
    header: Sequence[str], rows: Sequence[Sequence[str]], spaced: Sequence[int] = ()
) -> RowShape:
    """The shape of the file that begins with these rows below its header.

    `spaced` are the names with a space before them.
    """
    exact = make_shape(header)
    if OURS.intersection(header):
        return replace(exact, is_ours=True)
    rows = [row for row in rows if len(row) > 1 and any(map(str.strip, row))]
    if not rows:
        return exact
    # Titles, such as `Chairs,`, have the cells of no row.
    products = [row for row in rows if sum(map(bool, row)) > 1] or rows
    usual, often = Counter(map(len, products)).most_common(1)[0]
    if often >= max(HABIT_ROWS, NEARLY_ALL * len(products)) and usual >= exact.named:
        empty = sum(not any(map(str.strip, row[exact.named :])) for row in products)
        if empty >= NEARLY_ALL * len(products):
            return RowShape(min(exact.width, usual), exact.named, usual)
    is_cut = _is_cut(rows, exact.width) and not _has_cut_name(header, rows, spaced)
    return RowShape(exact.width, exact.named, exact.width, is_cut=is_cut)


def _is_cut(rows: Sequence[Sequence[str]], width: int) -> bool:
    """Whether rows end with their last filled cell, and none of the short ones has moved cells."""
    short = [row for row in rows if len(row) < width]
    if len(short) < max(HABIT_ROWS, HABIT * len(rows)) or max(map(len, rows)) != width:
        return False
    if not all(row[-1].strip() for row in rows):
        return False
    if _are_halves(rows, width) or _end_in_numbers(rows, width):
        return False
    columns = _find_number_columns([row for row in rows if len(row) == width], width)
    shared = [at for at in columns if any(at < len(row) for row in short)]
    if shared:
        told = (row[at] for at in shared for row in short if at < len(row))
        return all(is_number(cell) or not cell.strip() for cell in told)
    return True


def _find_number_columns(rows: Sequence[Sequence[str]], width: int) -> list[int]:
    """The columns in which whole rows have numbers, or nothing."""
    return [
        at
        for at in range(width)
        if any(row[at] for row in rows)
        and all(is_number(row[at]) or not row[at].strip() for row in rows)
    ]


def _end_in_numbers(rows: Sequence[Sequence[str]], width: int) -> bool:
    """Whether short rows end with numbers where whole rows have texts.

    A header whose name is cut in two by a delimiter leaves its rows so: `sku,name,Description,
    long,price` above `A-1,Cup,White,12.90`; a row with a stray comma looks like a whole one.
    """
    ends = [row[-1] for row in rows if len(row) == width - 1]
    beside = [row[width - 2] for row in rows if len(row) == width and row[width - 2].strip()]
    return (
        len(ends) >= HABIT_ROWS
        and bool(beside)
        and all(map(is_number, ends))
        and not any(map(is_number, beside))
    )


def _has_cut_name(
    header: Sequence[str], rows: Sequence[Sequence[str]], spaced: Sequence[int]
) -> bool:
    """Whether a delimiter in a name has made several of it, and short rows lack no cell.

    So `sku,Name, short,brand` may stand above `A-1,Chair,acme`; a row with a stray comma looks
    like a whole one. Spaces tell, numbers of whole rows, and the price's column.
    """
    width = len(header)
    short = [row for row in rows if len(row) < width]
    usual, often = Counter(map(len, short)).most_common(1)[0]
    more = width - usual
    short, whole = [[row for row in rows if len(row) == count] for count in (usual, width)]
    is_spaced = len(spaced) == more and 2 * more < width - 1
    are_stray = all(map(has_space, whole)) and not any(map(has_space, short))
    if not (is_spaced or are_stray) or often < NEARLY_ALL * sum(len(r) < width for r in rows):
        return False
    prices = [at for at, name in enumerate(header[:usual]) if _is_price(name)]
    cells = [row[at] for at in prices for row in short if row[at].strip()]
    if not is_spaced or not all(map(is_number, cells)):
        return not cells or not all(map(is_number, cells))
    moved = [at - more for at in _find_number_columns(whole, width) if at >= spaced[0]]
    return all(is_number(row[at]) or not row[at].strip() for at in moved for row in short)


def has_space(row: Sequence[str]) -> bool:
    """Whether a cell behind the first begins with a space, as the rest of a cut text does."""
    return any(cell[:1] == " " for cell in row[1:])


def _is_price(name: str) -> bool:
    meaning = find_meaning(name)
    return meaning is not None and meaning.field is Field.PRICE


def _are_halves(rows: Sequence[Sequence[str]], width: int) -> bool:
    """Whether short rows come in pairs, as those do that a line break has cut in two.

    What begins as whole rows do, with a key of their form, is no half.
    """
    short = sum(len(row) < width for row in rows)
    key, forms = _find_keys([row for row in rows if len(row) == width])
    halves = sum(
        len(one) < width
        and len(one) + len(other) == width + 1
        and not all(key < len(row) and _is_key_of(row[key], forms) for row in (one, other))
        for one, other in pairwise(rows)
    )
    return 4 * halves >= short


def _find_keys(rows: Sequence[Sequence[str]]) -> tuple[int, frozenset[str]]:
    """The first column whose cells all look like keys, and their forms; none where none does."""
    for at in range(len(rows[0])):
        forms = frozenset(_find_form(row[at]) for row in rows)
        if "" not in forms:
            return at, forms
    return 0, frozenset()


def _is_key_of(cell: str, forms: frozenset[str]) -> bool:
    """Whether a cell is a key as others are; of several forms, also one of another form."""
    form = _find_form(cell)
    return form in forms or (bool(form) and len(forms) > 1 and not is_number(cell))


def _find_form(cell: str) -> str:
    """What a key is made of: `NH-12` and `AB-7` are `A-9`. Nothing for what is no key.

    A number keeps its length, since one in the rest of a row may be any.
    """
    cell = cell.strip()
    if not is_key(cell):
        return ""
    mask = replace_letters("A", replace_digits("9", cell))
    return mask if cell.isdigit() else replace_runs(r"\1", mask)


def are_nearly_all(answers: Iterable[bool]) -> bool:
    """Whether there are answers, and nearly all of them are yes."""
    told = list(answers)
    return bool(told) and sum(told) >= NEARLY_ALL * len(told)
