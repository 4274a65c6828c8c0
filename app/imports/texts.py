"""Cells → SKUs, names and descriptions, or the reason why not.

Pure. The rules for values are the catalog's own (`products/rules.py`). Here is what a file
has that is no value: the marks of spreadsheets around a text, and the errors and words that
other programs leave in its place.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from app.products import rules
from app.products.rules import Violation
from app.products.stand_ins import (
    KEY_PATTERN,
    MISSING_WORDS,
    NO_VALUE,
    NULL_WORDS,
    PATTERN,
    STAND_INS,
    is_error,
    is_hashes,
    is_scientific,
)

Column = list[str | None]
Violations = dict[int, Violation]
Check = Callable[[str], Violation | None]
IsGuarded = Callable[[str], object]

# Excel's way of keeping a text's zeros; inside, quotes are doubled.
match_formula = re.compile(r'="((?:[^"]|"")*)"').fullmatch
is_guarded = re.compile(rf"'+(?:[=+\-@＝＋－＠]|{KEY_PATTERN}\Z)").match
is_guarded_text = re.compile(rf"'+(?:[=+\-@＝＋－＠]|{PATTERN}\Z)").match
# An apostrophe before digits keeps a spreadsheet from taking a text for a number.
is_marked = re.compile(r"'+[0-9]+").fullmatch
is_float = re.compile(r"[0-9]{3,}[.,]0").fullmatch
# What is no value in a SKU or name; a description may be `n/a`.
NO_KEYS = STAND_INS | MISSING_WORDS


@dataclass(frozen=True)
class Parsed:
    """A column's values, what is wrong with some, and notes on others: code and value shown."""

    values: Column
    violations: Violations = field(default_factory=dict)
    notes: dict[int, tuple[str, str]] = field(default_factory=dict)


def clean_cells(cells: Sequence[str]) -> list[str]:
    r"""Cells trimmed, `="00123"` as the text inside, and `\N` as an empty cell."""
    trimmed = list(map(str.strip, cells))
    if NO_VALUE in trimmed:
        trimmed = ["" if cell == NO_VALUE else cell for cell in trimmed]
    if '="' in "".join(trimmed):
        trimmed = [unwrap_formula(cell) if cell[:2] == '="' else cell for cell in trimmed]
    return trimmed


def unwrap_formula(cell: str) -> str:
    """The text of a formula that is nothing but a text; any other cell as it is."""
    found = match_formula(cell)
    return found[1].replace('""', '"').strip() if found else cell


def parse_skus(cells: list[str], *, are_floats: bool) -> Parsed:
    """SKUs, leading zeros and case kept. With `are_floats`, `10001.0` is refused."""
    joined = "".join(cells)
    is_settled = joined.isascii() or (
        unicodedata.is_normalized("NFC", joined) and not rules.find_invisible(joined)
    )
    marks = set(joined)
    may_be_cut = "+" in marks or (marks & set(".,") and marks & set("eE"))
    is_usual = is_settled and not (
        marks & set("'#") or (may_be_cut and any(map(is_scientific, cells)))
    )
    if is_usual and not are_floats and _is_all_good("sku", cells, joined, rules.SKU_MAX):
        return Parsed(list(cells))
    parsed = Parsed([])
    for at, cell in enumerate(cells):
        is_literal = cell[:1] == "'" and is_guarded(cell)
        sku = rules.trim_sku(cell[1:] if is_literal else cell)
        violation = None if is_literal else _check_sku_cell(cell, are_floats=are_floats)
        if not is_literal and is_marked(sku):
            if sku[:2] != "''":
                parsed.notes[at] = "text_mark_removed", f"{sku} → {sku[1:]}"
            sku = sku[1:]
        violation = violation or rules.check_sku(sku)
        if violation:
            parsed.violations[at] = violation
        parsed.values.append(sku)
    return parsed


def _check_sku_cell(cell: str, *, are_floats: bool) -> Violation | None:
    if is_scientific(cell):
        return Violation(
            "sku_scientific",
            f"The SKU {cell} is a number that a spreadsheet has cut. Format the column as text "
            "there, fill it in anew, and export again.",
        )
    if are_floats and is_float(cell):
        return Violation(
            "sku_float",
            f"The SKU {cell} is a whole number that a program has written with a decimal. "
            f"Export the column as text, so that it is {cell[:-2]}.",
        )
    return check_stand_in("sku", cell)


def parse_names(cells: list[str]) -> Parsed:
    """Names as they stand."""
    return _parse_texts("name", cells, rules.check_name, rules.NAME_MAX)


def parse_descriptions(cells: list[str]) -> Parsed:
    """Descriptions as they stand; an empty cell is an empty description, and so is NULL."""
    parsed = _parse_texts("description", cells, rules.check_description, rules.DESCRIPTION_MAX)
    for at, cell in enumerate(cells):
        if cell in NULL_WORDS:
            del parsed.violations[at]
            parsed.values[at] = ""
            parsed.notes[at] = "null_emptied", cell
    return parsed


def _parse_texts(name: str, cells: list[str], check: Check, longest: int) -> Parsed:
    joined = "".join(cells)
    has_mark = "'" in joined and any(cell[:1] == "'" for cell in cells)
    is_usual = not has_mark and "##" not in joined
    if is_usual and _is_all_good(name, cells, joined, longest):
        return Parsed(list(cells))
    parsed = Parsed([])
    for at, cell in enumerate(cells):
        text = strip_guard(cell, is_guarded_text if name == "description" else is_guarded)
        violation = check_stand_in(name, text) if text is cell else None
        violation = violation or check(text)
        if violation:
            parsed.violations[at] = violation
        parsed.values.append(text)
    return parsed


def _is_all_good(name: str, cells: list[str], joined: str, longest: int) -> bool:
    is_key = name != "description"
    fits = max(map(len, cells), default=0) <= longest and not (is_key and "" in cells)
    no_values = NO_KEYS if is_key else STAND_INS
    return fits and no_values.isdisjoint(cells) and rules.is_clean(joined)


def check_stand_in(name: str, text: str) -> Violation | None:
    """What is wrong with a text that stands for a missing or a lost value."""
    title = "SKU" if name == "sku" else name
    if text in NULL_WORDS or (text in MISSING_WORDS and name != "description"):
        detail = f"The {title} is {text}, which is written where a value is missing."
        return Violation(f"{name}_null", detail)
    if not is_error(text):
        return None
    if is_hashes(text):
        detail = f"The {title} is {text[:10]}, as a spreadsheet shows a column that is too narrow."
    else:
        detail = f"The {title} is {text}, an error of a spreadsheet. Correct the cell there."
    return Violation(f"{name}_spreadsheet_error", detail)


def strip_guard(cell: str, is_guarded: IsGuarded = is_guarded) -> str:
    """The cell without the apostrophe that the export puts before what would be taken otherwise.

    Right is `'=SUM(A1)` → `=SUM(A1)`, `''=1` → `'=1`, and `'NULL` → `NULL`. `'90s` and `'n'`
    stay as they are.
    """
    return cell[1:] if cell[:1] == "'" and is_guarded(cell) else cell
