"""Words in which a line below a header says what belongs into its columns, and none of a product's.

Pure. Names of types, and instructions in English, German, French and Spanish.
"""

from __future__ import annotations

import re

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

# SKUs that only show what one looks like.
is_placeholder = re.compile(
    r"(?:abc|xyz|sku|item|prod(?:uct)?|x{2,}|art(?:nr)?)[-_ ]?(?:0*12?3?|12345?6?|x+|abc)?"
    r"|12345\d*",
    re.IGNORECASE,
).fullmatch


def is_instruction(cell: str) -> bool:
    """Whether a cell tells what belongs into its column."""
    return bool(is_type(cell) or begins_instruction(cell) or has_instruction(cell))


def is_instruction_for_key(cell: str) -> bool:
    """The same of a SKU's cell: one word has to be such a word as a whole.

    Right: `Your SKU`, `Required`. Wrong: `required-reading`, `enter-7`.
    """
    if " " in cell:
        return is_instruction(cell)
    found = has_instruction(cell)
    return bool(is_type(cell)) or (found is not None and found[0] == cell)


def is_code(cell: str) -> bool:
    """Whether a SKU is one word."""
    return len(cell.split()) == 1
