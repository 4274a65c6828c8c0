"""A table above the one whose header was chosen: its rows would be dropped without a word.

Pure. The header with the most names that are known is chosen, and lines of a report above it are
skipped. Where those are a header too, with products of its own, the file has two tables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.imports.dialect import DELIMITERS, Recognise
from app.imports.errors import OtherHeader
from app.imports.explanations import is_instruction_for_key
from app.imports.headers import find_meaning
from app.imports.mapping import ColumnMapping
from app.imports.quoting import find_quoting
from app.imports.reader import CsvFile
from app.imports.records import split_records
from app.imports.second_headers import KINDS_KNOWN, find_likely, has_digit, is_product_code
from app.imports.spans import is_number
from app.products.upsert import Field

Rows = Sequence[Sequence[str]]


def refuse_earlier_header(
    file: CsvFile, mapping: ColumnMapping, recognise: Recognise
) -> OtherHeader | None:
    """The file's header as a second one, where rows of another table stand above it."""
    lines = list(file.layout.above)
    if not file.layout.has_header or len(lines) < 2:
        return None
    if _is_list_of_skus(lines):
        return OtherHeader(file.header_line, file.header)
    for delimiter in (file.dialect.delimiter, *DELIMITERS):
        if any(delimiter in line for line in lines):
            batch, _ = split_records(lines, 1, find_quoting(lines, delimiter), at_end=True)
            if _is_table(batch.rows, file.header):
                return OtherHeader(file.header_line, file.header)
    return None


def _is_table(rows: Rows, header: Sequence[str]) -> bool:
    """Whether a header and a row that fits it are among the rows above a header.

    Right: `sku,name` above `A-1,Chair`; `Code,Item,Qty` above `A-1,Chair,1`, as wide as the header.
    Wrong: `Title,Products of ACME` above `Status,Active`, `sku,name` above `Your SKU,Your name`.
    """
    rows = [row for row in rows if row]
    for at, row in enumerate(rows):
        below = [other for other in rows[at + 1 :] if not other[0].lstrip().startswith("#")]
        known, likely = _find_fields(row)
        if len(known) >= KINDS_KNOWN and any(_is_product(other, known) for other in below):
            return True
        if Field.SKU in likely and len(likely) >= KINDS_KNOWN and len(row) == len(header):
            sku = likely[Field.SKU]
            return bool(below) and all(
                len(other) == len(row) and has_digit(other[sku]) for other in below
            )
    return False


def _is_list_of_skus(lines: Sequence[str]) -> bool:
    """Whether lines are one column: a name of SKUs, and codes below it."""
    meaning = find_meaning(lines[0].strip())
    codes = [line.strip() for line in lines[1:]]
    are_codes = all(is_product_code(code) and has_digit(code) for code in codes)
    return meaning is not None and meaning.field is Field.SKU and are_codes


def _find_fields(row: Sequence[str]) -> tuple[dict[Field, int], dict[Field, int]]:
    """The fields that a row's cells name, and those they are called like, with their places."""
    known: dict[Field, int] = {}
    likely: dict[Field, int] = {}
    for at, cell in enumerate(row):
        meaning = find_meaning(cell) if cell.strip() else None
        if meaning:
            known.setdefault(meaning.field, at)
        for field in {meaning.field} if meaning else find_likely(cell.strip()):
            likely.setdefault(field, at)
    return known, {} if any(map(has_digit, row)) else likely


def _is_product(row: Sequence[str], columns: Mapping[Field, int]) -> bool:
    """Whether a row below a header has a price or a SKU that can be nothing else."""
    sku, price = (columns.get(field, len(row)) for field in (Field.SKU, Field.PRICE))
    key = row[sku].strip() if sku < len(row) else ""
    is_priced = price < len(row) and bool(is_number(row[price]))
    is_key = is_product_code(key) or has_digit(key)
    is_filled = sum(bool(cell.strip()) for cell in row) > 1
    return is_filled and (is_priced or (is_key and not is_instruction_for_key(key)))
