"""A row that is another header: names of columns where a product has its values.

Pure. The rows below such a row may have their cells in another order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.imports.dialect import Layout
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
    `A-1,Title,n/a`. A digit stands in values, and in few names.
    """
    price = columns.get(Field.PRICE)
    if price is None or not cells[price].strip() or _has_digit(cells[price]):
        return False
    known, likely = set[Field](), set[Field]()
    for at, cell in enumerate(cells):
        text = cell.strip()
        if not text or (at == columns.get(Field.ACTIVE) and _is_flag(text)):
            continue
        meaning = find_meaning(text)
        if meaning:
            known.add(meaning.field)
        elif _has_digit(text):
            return False
        else:
            likely |= _find_likely(text)
    return len(known) >= KINDS_KNOWN or (bool(known) and len(known | likely) >= KINDS_LIKELY)


def find_first_product(layout: Layout, columns: Mapping[Field, int]) -> int:
    """The line of the first row with a number as its price, or else of the last one looked at.

    What stands above it may be the second line of a header, and is no new one.
    """
    price = columns.get(Field.PRICE, -1)
    line = 0
    for line, row in zip(layout.starts, layout.rows, strict=False):  # noqa: B007
        if 0 <= price < len(row) and is_number(row[price]):
            break
    return line


def _find_likely(text: str) -> set[Field]:
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


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def _is_flag(text: str) -> bool:
    return not isinstance(parse_flag(text), Violation)
