"""Lines below a header that explain its columns: types, names again, or instructions in words.

Pure. A person is asked whether such a line is left out. The SKU's cell shows instructions: it
holds words, where all other SKUs are codes.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from app.imports.dialect import Recognise
from app.imports.errors import Question, ask_about_lines
from app.imports.explanations import (
    has_example,
    has_words,
    is_code,
    is_instruction,
    is_instruction_for_key,
    is_placeholder,
    is_type,
    names_sku,
)
from app.imports.headers import normalise
from app.imports.mapping import ColumnMapping
from app.imports.reader import CsvFile
from app.imports.second_headers import are_names, find_first_product, is_product_code
from app.imports.shape import are_nearly_all
from app.imports.spans import is_number
from app.products.upsert import Field

YES_AND_NO = frozenset({"yes", "no"})
TEMPLATE_ROWS = 6  # rows below the header that are examined
LONGEST = 500  # characters of a cell that are looked at


def ask_template(file: CsvFile, mapping: ColumnMapping, recognise: Recognise) -> Question | None:
    """Lines below the header that say what belongs into the columns."""
    rows = file.layout.rows[:TEMPLATE_ROWS] if file.layout.has_header else []
    found = _find_lines(file, mapping, rows, recognise) if not mapping.missing else []
    lines = [file.layout.starts[at] for at in found]
    # Where no row is left, these are the products: `sku-a,name-a`.
    if not lines or len(lines) == len(file.layout.rows):
        return None
    if file.leave_out.union(file.keep).issuperset(lines):  # this was asked before
        return None
    shown = [", ".join(filter(None, row))[:200] for row in map(rows.__getitem__, found)]
    header = {"header_row": file.header_line}
    many = f"{len(lines)} lines below the header look", "Are they"
    which, are_they = many if len(lines) > 1 else ("line below the header looks", "Is it")
    labels = (
        ("Leave them out", "They are products")
        if len(lines) > 1
        else ("Leave it out", "It is a product")
    )
    return Question(
        f"The {which} like an explanation of the columns and not like products: “{shown[-1]}”. "
        f"{are_they} to be left out?",
        ask_about_lines(
            file.leave_out, file.keep, lines, labels=labels, samples=shown, options=header
        ),
    )


def _find_lines(
    file: CsvFile, mapping: ColumnMapping, rows: Sequence[Sequence[str]], recognise: Recognise
) -> list[int]:
    """Which of the first rows explain the columns, and those between them without a SKU's code.

    Below a product, names of all columns are no explanation but a second header.
    """
    above = takewhile(lambda row: not _has_price(row, mapping), rows)
    said = [at for at, row in enumerate(above) if _explains(row, file, mapping, recognise)]
    told = sorted({*said, *range(_count_instructions(file, mapping, rows, said))})
    starts, product = file.layout.starts, find_first_product(file.layout, mapping.columns)
    told = [at for at in told if starts[at] < product or not are_names(rows[at])]
    sku = mapping.columns[Field.SKU]
    between = range(told[0], told[-1]) if told else ()
    no_products = [
        at for at in between if sku >= len(rows[at]) or not is_product_code(rows[at][sku].strip())
    ]
    return sorted({*told, *no_products})


def _count_instructions(
    file: CsvFile,
    mapping: ColumnMapping,
    rows: Sequence[Sequence[str]],
    explained: Sequence[int],
) -> int:
    """How many rows, from the first on, are instructions; none where other SKUs are words too.

    Those at `explained` are, whatever is in them.
    """
    sku = mapping.columns.get(Field.SKU)
    if sku is None:
        return 0
    names = [normalise(name) for name in file.header]
    count = 0
    for row in rows:
        is_usual = sku < len(row) and [*map(normalise, row)] != names
        is_usual = is_usual and not _is_like_others(row, file, mapping)
        has_price = _has_price(row, mapping)
        if count not in explained and not (is_usual and _instructs(row, sku, has_price=has_price)):
            break
        count += 1
    others = [row[sku].strip() for row in file.layout.rows[count:] if sku < len(row)]
    return count if are_nearly_all(is_code(cell) for cell in others if cell) else 0


def _instructs(row: Sequence[str], sku: int, *, has_price: bool) -> bool:
    """Whether a row tells what its columns are for, by its SKU first.

    Right: `Your SKU`, `e.g. ABC-123`; `Required` beside `Optional, up to 500 characters`; two
    cells with an example beside `ABC-123` without a price. Wrong: `A-0` beside `Your name here
    mug`, `required-reading` beside `Required reading`.
    """
    key, others = row[sku].strip()[:LONGEST], [*row[:sku], *row[sku + 1 :]]
    texts = [cell.strip()[:LONGEST] for cell in others if cell.strip()]
    said = sum(map(is_instruction, texts))
    examples = sum(bool(has_example(text)) for text in texts)
    is_named = bool(names_sku(key)) and not any(map(str.isdigit, key))
    if is_instruction_for_key(key) or (is_named and has_words(key)):
        return said > 0 or " " in key
    is_example = bool(is_placeholder(key)) and examples > 1 and not has_price
    return (bool(has_words(key)) and said > 0) or is_example


def _has_price(row: Sequence[str], mapping: ColumnMapping) -> bool:
    """Whether a row has a number as its price: it is a product, and explains nothing."""
    at = mapping.columns.get(Field.PRICE, len(row))
    return at < len(row) and bool(is_number(row[at]))


def _explains(
    row: Sequence[str], file: CsvFile, mapping: ColumnMapping, recognise: Recognise
) -> bool:
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
    if not all(is_type(c) or is_name for c, is_name in zip(cells, are_names, strict=True)):
        return False
    return sum(are_names) > 1 or (
        any(map(is_type, cells)) and not _is_like_others(row, file, mapping)
    )


def _is_like_others(row: Sequence[str], file: CsvFile, mapping: ColumnMapping) -> bool:
    """Whether a row of types may be a product: `date,Date,number` above `fig,Fig,number`.

    Its SKU is a word as the others are, and its other cells are such as stand below as well, or
    its SKU again. Or it says yes and no of different cells, and has a flag among them.
    """
    others = [other for other in file.layout.rows if other is not row and len(other) == len(row)]
    sku, name, active = map(mapping.columns.get, (Field.SKU, Field.NAME, Field.ACTIVE))
    if sku is None or sku >= len(row):
        return False
    key = normalise(row[sku])
    if name is not None and active is not None and max(name, active) < len(row):
        told = {normalise(cell) for cell in row if cell.strip()}
        if row[active].strip() and told <= YES_AND_NO and normalise(row[name]) != key:
            return True
    if not are_nearly_all(other[sku].strip().isalpha() for other in others):
        return False
    return row[sku].strip().isalpha() and all(
        not cell.strip() or normalise(cell) == key or any(cell == other[at] for other in others)
        for at, cell in enumerate(row)
    )
