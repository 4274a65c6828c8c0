"""What the first rows of a file make doubtful: cells that moved, and lines that are no products.

Pure. Each question names what was seen and the options that answer it. Whoever
has given such an option has looked at the file, and is not asked again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from app.imports.cut_prices import find_texts_beside, is_cut_price
from app.imports.delimiter_question import ask_other_delimiter
from app.imports.dialect import Recognise
from app.imports.earlier_headers import refuse_earlier_header
from app.imports.errors import FileProblem, Question, make_answer
from app.imports.header_questions import (
    ask_broken_header,
    ask_glued_names,
    ask_long_header,
    ask_no_header,
    ask_short_header,
)
from app.imports.mapping import ColumnMapping
from app.imports.reader import CsvFile
from app.imports.shape import are_nearly_all
from app.imports.templates import ask_template
from app.products.upsert import Field

is_whole = re.compile(r"\D{0,4}\d{1,3}(?:[ .']?\d{3})*").fullmatch
is_two_digits = re.compile(r"\d{2}\D{0,4}").fullmatch
Ask = Callable[[CsvFile, ColumnMapping, Recognise], FileProblem | None]


def find_question(
    file: CsvFile, mapping: ColumnMapping, wishes: Mapping[str, Any], recognise: Recognise
) -> FileProblem | None:
    """The first thing about the file's layout that a person has to decide, if any."""
    asks: list[tuple[Ask, str | None]] = [
        (refuse_earlier_header, "header_row"),
        (ask_other_delimiter, "delimiter"),
        (ask_decimal_comma, "decimal"),
        (ask_broken_header, "header_row"),
        (ask_short_header, "header_row"),
        (ask_long_header, "header_row"),
        (ask_glued_names, "header_row"),
        (ask_template, None),
        (ask_no_header, "header_row"),
    ]
    asked = (ask for ask, option in asks if option is None or wishes.get(option) is None)
    return next(filter(None, (ask(file, mapping, recognise) for ask in asked)), None)


def find_split_price(file: CsvFile, mapping: ColumnMapping) -> tuple[int, int] | None:
    """The column whose prices an unquoted decimal comma has cut in two, if there is one.

    With it the number of cells of the rows in which it did.
    """
    rows = [row for row in file.layout.rows if len(row) > 1]
    named = file.shape.named
    beside = find_texts_beside(file, mapping)
    if beside is not None and are_nearly_all(
        len(row) == named and is_cut_price(row[beside - 1], row[beside]) for row in rows
    ):
        return beside - 1, named
    if file.dialect.delimiter != "," or not are_nearly_all(len(r) == named + 1 for r in rows):
        return None
    others = {mapping.columns.get(field) for field in (Field.SKU, Field.NAME)}
    columns = [at for at in range(named) if at not in others]
    if Field.PRICE in mapping.columns:
        columns = [mapping.columns[Field.PRICE]]
    for at in columns:
        if are_nearly_all(
            bool(is_whole(row[at].strip()) and is_two_digits(row[at + 1].strip()))
            for row in rows
            if len(row) > at + 1
        ):
            return at, named + 1
    return None


def ask_decimal_comma(
    file: CsvFile, mapping: ColumnMapping, recognise: Recognise
) -> Question | None:
    """Whole prices, and two digits in the cell beside them, where each row has a cell too many."""
    split = find_split_price(file, mapping)
    if split is None:
        return None
    at, width = split
    row = next(row for row in file.layout.rows if len(row) > at + 1)
    price, cents = row[at].strip(), row[at + 1].strip()
    is_wider = width > file.shape.named
    more = (
        "The rows have a cell more than the header has names, and beside" if is_wider else "Beside"
    )
    return Question(
        f"{more} “{file.header[at]}” stand digits alone on nearly every row: “{price}” and "
        f"“{cents}”. The comma in the prices seems to be one that is not in quotation marks.",
        [
            make_answer(f"The price is {price},{cents}", {"decimal": ","}, [f"{price},{cents}"]),
            make_answer(
                f"The price is {price}, and {cents} is another cell", {"decimal": "."}, [price]
            ),
        ],
    )


def explain_one_column(file: CsvFile) -> str | None:
    """What a file without any separator seems to be, in words; None if it has columns."""
    if len(file.header) > 1:
        return None
    lines = [file.header[0], *(row[0] for row in file.layout.rows)]
    if are_nearly_all(bool(re.search(r"\S(?: {2,}|\t)\S", line)) for line in lines):
        return (
            "The cells of the file seem to be aligned with spaces (fixed width), with no separator "
            "between them. Export it with a separator, or open it in a spreadsheet and save it as "
            "CSV."
        )
    return (
        "The file has one column: no separator was found between cells, such as a comma, a "
        "semicolon or a tab. Choose the separator, or the column that is the SKU."
    )
