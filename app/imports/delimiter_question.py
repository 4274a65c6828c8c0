"""What is asked where the rows seem to have another delimiter than the header.

Pure. `dialect.py` finds how such rows are read with it; here both readings are compared.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.imports.dialect import Layout, Recognise
from app.imports.errors import Question, make_answer, name_delimiter
from app.imports.header_questions import answer_by_position, holds_prices, show
from app.imports.mapping import ColumnMapping
from app.imports.reader import CsvFile
from app.imports.shape import NEARLY_ALL, are_nearly_all, has_space
from app.products.upsert import Field


def ask_other_delimiter(
    file: CsvFile, mapping: ColumnMapping, recognise: Recognise
) -> Question | None:
    """Rows that fit the header exactly, with another delimiter than the header's."""
    other = file.layout.other
    if other is None or not _fits_better(file, other, mapping.columns):
        return None
    mark = other.dialect.delimiter
    names, cells = name_delimiter(file.dialect.delimiter), name_delimiter(mark)
    label = f"Read the rows with {cells}"
    answer = answer_by_position(file, label, mapping.columns, other.rows[0], {"delimiter": mark})
    keep = {"delimiter": file.dialect.delimiter}
    shown = list(map(show, file.layout.rows[:1]))
    kept = make_answer(f"Read them with {names}, as the header", keep, shown)
    return Question(
        f"The header has {names} between its names, and the rows below it have {cells} between "
        "their cells. Correct the header, or have the rows read so.",
        [answer, kept],
    )


def _fits_better(file: CsvFile, other: Layout, columns: Mapping[Field, int]) -> bool:
    """Whether rows seem to be meant as `other` reads them, and not with the header's delimiter.

    Where they fit the header either way, the SKUs and the prices tell. Right: `A-1;Cup, white;1,50`
    below `sku,name,price`. Wrong: `Chair, oak;A-1;12,90` below `name;sku;price`.
    """
    named, rows, own = file.shape.named, file.layout.rows, file.dialect.delimiter
    mark, sku = other.dialect.delimiter, columns.get(Field.SKU)
    others = [] if sku is None else [row[sku] for row in other.rows if sku < len(row)]
    if others and not are_nearly_all(own not in cell for cell in others):
        return False
    fitting = [row for row in rows if len(row) >= named and not any(row[named:])]
    if not fitting or len(fitting) < NEARLY_ALL * len(rows):
        return True
    if sku is None or not holds_prices(other.rows, columns):
        return False
    marked = [at for at in range(named) if are_nearly_all(mark in row[at] for row in fitting)]
    if sku not in marked or not holds_prices(fitting, columns):
        return not holds_prices(fitting, columns)
    if len(set(others)) < len(others) and len({row[sku] for row in fitting}) == len(fitting):
        return False
    price = columns.get(Field.PRICE, len(other.rows[0]))
    is_decimal = any(own in cell for row in other.rows for cell in row[price : price + 1])
    is_text = are_nearly_all(map(has_space, fitting))
    # Lists of words in cells have pipes, and commas behind semicolons; `A|1,Chair,a|b` is right.
    are_two = len(marked) > 1 and own == "," and mark != "|"
    return are_two or is_decimal or (is_text and not file.layout.spaced)
