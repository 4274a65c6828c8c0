"""What the first rows of a file make doubtful: cells that moved, and lines that are no products.

Pure. Each question names what was seen and the options that answer it. Whoever
has given such an option has looked at the file, and is not asked again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import takewhile
from typing import Any

from app.imports.cut_prices import find_texts_beside, is_cut_price
from app.imports.dialect import Recognise
from app.imports.errors import FileProblem, Question, make_answer
from app.imports.header_questions import (
    ask_broken_header,
    ask_glued_names,
    ask_long_header,
    ask_no_header,
    ask_other_delimiter,
    ask_short_header,
)
from app.imports.headers import normalise
from app.imports.mapping import ColumnMapping
from app.imports.reader import CsvFile
from app.imports.shape import are_nearly_all
from app.imports.spans import is_number
from app.products.upsert import Field

TEMPLATE_ROWS = 6  # so many rows below the header are looked at
is_whole = re.compile(r"\D{0,4}\d{1,3}(?:[ .']?\d{3})*").fullmatch
is_two_digits = re.compile(r"\d{2}\D{0,4}").fullmatch
# What stands below a header to say what belongs into its columns.
is_type = re.compile(
    r"(?:(?:n?var)?char|varchar2|decimal|numeric|float|double|int|integer)(?:\s*\([\d, ]+\))?"
    r"|(?:big|small|tiny)int|text|string|str|bool|boolean|date|datetime|timestamp|real|uuid|number"
    r"|data|currency|link|select|check|(?:long|small)[ _]text|text editor|attach image"
    r"|required|optional|mandatory|yes|no|unique|type:|mandatory:|column (?:name|labels?):"
    r"|char|double precision|pflicht(?:feld)?|obligatoire|obligatorio|verplicht"
    r"|e\.g\. .+|z\. ?B\. .+",
    re.IGNORECASE,
).fullmatch

Ask = Callable[[CsvFile, ColumnMapping, Recognise], FileProblem | None]


def find_question(
    file: CsvFile, mapping: ColumnMapping, wishes: Mapping[str, Any], recognise: Recognise
) -> FileProblem | None:
    """The first thing about the file's layout that a person has to decide, if any."""
    asks: list[tuple[Ask, str]] = [
        (ask_other_delimiter, "delimiter"),
        (ask_decimal_comma, "decimal"),
        (ask_broken_header, "header_row"),
        (ask_short_header, "header_row"),
        (ask_long_header, "header_row"),
        (ask_glued_names, "header_row"),
        (ask_template, "leave_out"),
        (ask_no_header, "header_row"),
    ]
    found = (ask(file, mapping, recognise) for ask, option in asks if wishes.get(option) is None)
    return next(filter(None, found), None)


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


def ask_template(file: CsvFile, mapping: ColumnMapping, recognise: Recognise) -> Question | None:
    """Lines below the header that say what belongs into the columns."""
    rows = file.layout.rows[:TEMPLATE_ROWS] if file.layout.has_header else []
    rows = list(takewhile(lambda row: not _has_price(row, mapping), rows))
    last = max((at for at, row in enumerate(rows) if _explains(row, file, recognise)), default=-1)
    lines = list(file.layout.starts[: last + 1])
    # Where no row is left, these are the products: `sku-a,name-a`.
    if not lines or mapping.missing or len(lines) == len(file.layout.rows):
        return None
    shown = [", ".join(filter(None, row))[:200] for row in rows[: last + 1]]
    header = {"header_row": file.header_line}
    many = f"{len(lines)} lines below the header look", "Are they"
    which, are_they = many if len(lines) > 1 else ("line below the header looks", "Is it")
    return Question(
        f"The {which} like an explanation of the columns and not like products: “{shown[-1]}”. "
        f"{are_they} to be left out?",
        [
            make_answer("Leave them out", {**header, "leave_out": lines}, shown),
            make_answer("They are products", {**header, "leave_out": []}, shown),
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


def _has_price(row: Sequence[str], mapping: ColumnMapping) -> bool:
    """Whether a row has a number as its price: it is a product, and explains nothing."""
    at = mapping.columns.get(Field.PRICE, len(row))
    return at < len(row) and bool(is_number(row[at]))


def _explains(row: Sequence[str], file: CsvFile, recognise: Recognise) -> bool:
    """Whether all cells of a row are types, or names again, and it is not the header itself."""
    cells = [cell.strip() for cell in row if cell.strip()]
    names = [normalise(name) for name in file.header if normalise(name)]
    if len(cells) < 2 or sorted(map(normalise, row)) == sorted(map(normalise, file.header)):
        return False
    words = [normalise(cell) for cell in cells]
    are_names = [
        bool(recognise([cell]))
        or (
            any(len(name) > 2 and name in word for name in names)
            and not any(map(str.isdigit, cell))
        )
        for cell, word in zip(cells, words, strict=True)
    ]
    is_each = all(is_type(c) or is_name for c, is_name in zip(cells, are_names, strict=True))
    return is_each and (sum(are_names) > 1 or any(map(is_type, cells)))
