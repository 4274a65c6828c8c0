"""Lines below a header that explain its columns: types, names again, or instructions in words.

Pure. Such a line is asked about and never left out unasked. Instructions are told by the SKU's
cell: it is words, where all other SKUs are codes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from app.imports.dialect import Recognise
from app.imports.errors import Question, ask_about_lines
from app.imports.headers import normalise
from app.imports.mapping import ColumnMapping
from app.imports.reader import CsvFile
from app.imports.shape import are_nearly_all
from app.imports.spans import is_number
from app.products.upsert import Field

TEMPLATE_ROWS = 6  # so many rows below the header are looked at
LONGEST = 500  # characters of a cell that are looked at
# What stands below a header to say what belongs into its columns.
is_type = re.compile(
    r"(?:(?:n?var)?char|varchar2|decimal|numeric|float|double|int|integer|string)"
    r"(?:\s*\([\d., ]+\))?"
    r"|(?:big|small|tiny)int|text|string|str|bool|boolean|date|datetime|timestamp|real|uuid|number"
    r"|data|currency|link|select|check|(?:long|small)[ _]text|text editor|attach image"
    r"|required|optional|mandatory|yes|no|unique|type:|mandatory:|column (?:name|labels?):"
    r"|(?:alpha)?numeri(?:c|sch|que|co)|(?:ganz)?zahl|zeichenkette|entier|nombre|entero|número|cadena"
    r"|char|double precision|facultatif|opcional|pflicht(?:feld)?|obligatoire|obligatorio|verplicht"
    r"|e\.g\. .+|z\. ?B\. .+",
    re.IGNORECASE,
).fullmatch
# How an instruction begins, or what it has in it: English, German, French, Spanish.
begins_instruction = re.compile(
    r"(?:your|enter|insert|fill in|please|e\.? ?g\b|for example|example:|name of|title of"
    r"|ihre?|bitte|geben sie|hier|z\.? ?b\b|beispiel:|(?:name|titel|beschreibung) de[sr]"
    r"|votre|saisi(?:r|ssez)|entrez|indiquez|veuillez|par ex|p\. ?ex|(?:nom|titre|description) du"
    r"|su|introdu(?:ce|zca|cir)|ingrese|escriba|por ej|p\. ?ej|(?:nombre|título|descripción) del"
    r")\b",
    re.IGNORECASE,
).match
has_instruction = re.compile(
    r"\b(?:required|mandatory|optional|\d+ (?:char(?:acter)?s|zeichen|caract[eè]res)"
    r"|free text|plain text|(?:long|short) text"
    r"|identifier|shown in|must be|should be|assigned by"
    r"|pflicht(?:feld|angabe)?|erforderlich|freitext|eindeutige?r?|kennung|eingeben"
    r"|obligatoire|facultatif|texte libre|identifiant"
    r"|obligatorio|opcional|texto libre|identificador)\b"
    r"|^(?:texte?|texto|html)$|\((?:texte?|texto|number|zahl|nombre|número|html)\)",
    re.IGNORECASE,
).search
names_sku = re.compile(
    r"\b(?:sku|identifier|unique|product code|item code|(?:item|article|product) number"
    r"|artikelnummer|kennung|référence|identifiant|referencia|código|identificador)\b",
    re.IGNORECASE,
).search
has_example = re.compile(r"\b(?:example|beispiel|exemple|ejemplo)", re.IGNORECASE).search
has_words = re.compile(r"[^\W\d_]{2,}\W*\s\W*[^\W\d_]{2,}").search


def ask_template(file: CsvFile, mapping: ColumnMapping, recognise: Recognise) -> Question | None:
    """Lines below the header that say what belongs into the columns."""
    rows = file.layout.rows[:TEMPLATE_ROWS] if file.layout.has_header else []
    above = takewhile(lambda row: not _has_price(row, mapping), rows)
    explained = [at for at, row in enumerate(above) if _explains(row, file, recognise)]
    last = max([_count_instructions(file, mapping, rows, explained) - 1, *explained])
    lines = list(file.layout.starts[: last + 1])
    # Where no row is left, these are the products: `sku-a,name-a`.
    if not lines or mapping.missing or len(lines) == len(file.layout.rows):
        return None
    if file.leave_out.union(file.keep).issuperset(lines):  # this was asked before
        return None
    shown = [", ".join(filter(None, row))[:200] for row in rows[: last + 1]]
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
        has_price = _has_price(row, mapping)
        if count not in explained and not (is_usual and _instructs(row, sku, has_price=has_price)):
            break
        count += 1
    others = [row[sku].strip() for row in file.layout.rows[count:] if sku < len(row)]
    return count if are_nearly_all(_is_code(cell) for cell in others if cell) else 0


def _instructs(row: Sequence[str], sku: int, *, has_price: bool) -> bool:
    """Whether a row tells what its columns are for, by its SKU first.

    Right: `Your SKU`, `e.g. ABC-123`; `Required` beside `Optional, up to 500 characters`; two
    cells with an example beside any SKU without a price. Wrong: `A-0` beside `Your name here mug`.
    """
    key, others = row[sku].strip()[:LONGEST], [*row[:sku], *row[sku + 1 :]]
    texts = [cell.strip()[:LONGEST] for cell in others if cell.strip()]
    said = sum(map(_is_instruction, texts))
    examples = sum(bool(has_example(text)) for text in texts)
    is_named = bool(names_sku(key)) and not any(map(str.isdigit, key))
    if _is_instruction(key) or (is_named and has_words(key)):
        return said > 0 or " " in key
    return bool(key) and ((bool(has_words(key)) and said > 0) or (examples > 1 and not has_price))


def _is_instruction(cell: str) -> bool:
    return bool(is_type(cell) or begins_instruction(cell) or has_instruction(cell))


def _is_code(cell: str) -> bool:
    """Whether a SKU is one word."""
    return len(cell.split()) == 1


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
