"""Prices that a comma without quotes has cut in two, in rows that have no cell too many.

Pure. Below `sku,name,price,description` the row `A-1,Chair,12,90` means 12.90 and has no
description; `12` with the description `90` is what a reader sees. It can be told only where the
column right of the price holds texts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.imports.mapping import ColumnMapping
from app.imports.prices import CODES
from app.imports.reader import CsvFile
from app.products.rules import Violation
from app.products.upsert import Field

HABIT_ROWS = 3  # texts; fewer do not show what a column holds
REST_MAX = 16  # bytes of a price's second half
CURRENCY = rf"\s?(?:[€$£¥₹₺₽₩]|zł|Kč|kr|{CODES})?"
is_whole = re.compile(r"(?:[€$£¥₹₺₽₩]\s?)?\d{1,3}(?:[ .']?\d{3})*").fullmatch
are_cents = re.compile(rf"\d\d{CURRENCY}").fullmatch
is_group = re.compile(rf"\d{{3}}(?:\.\d{{1,2}})?{CURRENCY}").fullmatch
begins_with_digit = re.compile(r"\s*\d").match
CUT = Violation(
    "price_cut",
    "The price is a whole number, and the cell beside it looks like the rest of it: a comma in a "
    "price has to be in quotation marks.",
)


def is_cut_price(price: str, beside: str) -> bool:
    """Whether two cells are the halves of one price, cut at its decimal or its thousands comma.

    Right: `12` and `90`, `1` and `299.00`. Wrong: `12` and `80 cm`.
    """
    price, beside = price.strip(), beside.strip()
    if len(beside) > REST_MAX or not is_whole(price):
        return False
    is_thousands = len(re.sub(r"\D", "", price)) <= 3 and price != "0" and is_group(beside)
    return bool(are_cents(beside) or is_thousands)


def find_texts_beside(file: CsvFile, mapping: ColumnMapping) -> int | None:
    """The column right of the price, if it holds texts and commas stand between cells."""
    price = mapping.columns.get(Field.PRICE)
    if file.dialect.delimiter != "," or price is None or price + 1 >= file.shape.named:
        return None
    texts = (mapping.columns.get(Field.NAME), mapping.columns.get(Field.DESCRIPTION))
    return price + 1 if price + 1 in texts or _holds_texts(file.layout.rows, price + 1) else None


def _holds_texts(rows: Sequence[Sequence[str]], at: int) -> bool:
    """Whether nearly all of a column's cells begin with something else than a digit."""
    cells = [row[at] for row in rows if at < len(row) and row[at].strip()]
    numbers = sum(bool(begins_with_digit(cell)) for cell in cells)
    return len(cells) - numbers >= max(HABIT_ROWS, 0.8 * len(cells))
