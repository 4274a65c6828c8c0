"""A row that is another header: names of columns where a product has its values.

Pure. The rows below such a row may have their cells in another order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.imports.dialect import Layout
from app.imports.explanations import is_code, is_instruction_for_key
from app.imports.flags import parse_flag
from app.imports.headers import find_meaning, normalise
from app.imports.spans import is_number
from app.imports.suggestions import (
    is_called_name,
    is_called_price,
    is_called_sku,
    is_cost,
    is_other_number,
)
from app.products.rules import Violation
from app.products.upsert import Field

KINDS_KNOWN = 2  # distinct fields that known names mean
KINDS_LIKELY = 3  # of which one is a known name, and the others are called like names of columns
LONGEST = 30  # characters of a name that is not known


def is_other_header(cells: Sequence[str], columns: Mapping[Field, int]) -> bool:
    """Whether a row with a word as its price is a header in other words than the file's.

    Right: `Artikelnummer,Bezeichnung,Preis`, `id,title,cost`. Wrong: `TITEL,Chair,on request`,
    `A-1,Title,n/a`. A digit stands in values, and in few names. Where no column has prices, all
    cells are names that are known.
    """
    price = columns.get(Field.PRICE)
    if price is None:
        return not has_digit(cells[columns.get(Field.SKU, 0)]) and are_names(cells)
    if not cells[price].strip() or has_digit(cells[price]):
        return False
    known, likely = set[Field](), set[Field]()
    for at, cell in enumerate(cells):
        text = cell.strip()
        if not text or (at == columns.get(Field.ACTIVE) and _is_flag(text)):
            continue
        meaning = find_meaning(text)
        if meaning:
            known.add(meaning.field)
        elif has_digit(text):
            return False
        else:
            likely |= find_likely(text)
    return len(known) >= KINDS_KNOWN or (bool(known) and len(known | likely) >= KINDS_LIKELY)


def are_names(cells: Sequence[str]) -> bool:
    """Whether all cells are names of different fields, the SKU among them, or empty."""
    meanings = [find_meaning(cell) for cell in cells if cell.strip()]
    fields = {meaning.field for meaning in meanings if meaning}
    are_different = KINDS_KNOWN <= len(meanings) == len(fields)
    return are_different and Field.SKU in fields and not any(map(has_digit, cells))


def find_first_product(layout: Layout, columns: Mapping[Field, int]) -> int:
    """The line of the first row that is surely a product, or else of the last one looked at.

    It has a number as its price; where no column has prices, it has a code as its SKU. What stands
    above it may be the second line of a header, and is no new one.
    """
    price, sku = columns.get(Field.PRICE), columns.get(Field.SKU, 0)
    line = 0
    for line, row in zip(layout.starts, layout.rows, strict=False):  # noqa: B007
        is_product = (
            sku < len(row) and is_product_code(row[sku].strip())
            if price is None
            else price < len(row) and bool(is_number(row[price]))
        )
        if is_product:
            break
    return line


def is_product_code(text: str) -> bool:
    """Whether a cell is a SKU, and no name of a column or word that explains one."""
    is_word = is_code(text) and not text.endswith(":")
    return is_word and not is_instruction_for_key(text) and find_meaning(text) is None


def find_likely(text: str) -> set[Field]:
    """The field that a text may name."""
    name = normalise(text)
    if len(name) > LONGEST:
        return set()
    if is_called_sku(name):
        return {Field.SKU}
    if is_called_name(name):
        return {Field.NAME}
    words = (is_called_price, is_cost, is_other_number)
    return {Field.PRICE} if any(is_called(name) for is_called in words) else set()


def has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def _is_flag(text: str) -> bool:
    return not isinstance(parse_flag(text), Violation)
