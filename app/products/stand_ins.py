"""Texts that programs leave where a value was missing or is lost.

Pure. In a file they are no values (`imports/texts.py`). A product may have one all the same,
given through the API: the export then marks it with an apostrophe, as it does formulas, and
the importer takes a marked text for what it says.
"""

from __future__ import annotations

import re

# What databases and programs write for no value; of MySQL's and PostgreSQL's `\N` it is certain.
NO_VALUE = r"\N"
NULL_WORDS = frozenset(
    {
        NO_VALUE, "NULL", "Null", "null", "(NULL)", "(null)", "<NULL>", "<null>",
        "NaN", "nan", "<NA>",
    }
)  # fmt: skip
# What people and programs write for a missing SKU or name. As a description it is text.
MISSING_WORDS = frozenset(
    {
        "None", "none", "NONE", "(none)", "(None)", "<none>", "<None>", "(blank)", "(empty)",
        "n/a", "N/A", "N/a", "n.a.", "N.A.", "undefined", "Undefined", "UNDEFINED",
        "NAN", "-nan", "-NaN", "[null]", "[NULL]", "[object Object]",
        "NA", "n/A", "nil", "Nil", "NIL", "TBD", "tbd", "no sku", "No SKU", "No sku", "NO SKU",
        "keine", "Keine", "KEINE",
        ".", "-", "--", "---", "–", "—", "―", "−", "?", "??", "???",
    }
)  # fmt: skip
# A spreadsheet's errors, in English and as its other languages have them.
ERRORS = frozenset(
    {
        "#N/A", "#NA", "#NAME?", "#REF!", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", "#N/A N/A",
        "#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#BUSY!", "#UNKNOWN!",
        "#GETTING_DATA", "#ERROR!",
        "#NV", "#WERT!", "#BEZUG!", "#ZAHL!", "#ÜBERLAUF!",  # German
        "#VALEUR!", "#NOM?", "#NOMBRE!", "#NUL!",  # French
        "#N/D", "#VALORE!", "#NOME?", "#RIF!", "#NULLO!",  # Italian
        "#¡VALOR!", "#¡REF!", "#¿NOMBRE?", "#NOMBRE?", "#¡NUM!", "#¡DIV/0!", "#¡NULO!",  # Spanish
        "#VALOR!", "#NÚM!", "#NULO!",  # Portuguese
        "#N/B", "#WAARDE!", "#VERW!", "#NAAM?", "#GETAL!", "#LEEG!", "#DEEL/0!",  # Dutch
        "#N/D!", "#ARG!", "#ADR!", "#NAZWA?", "#LICZBA!", "#ZERO!", "#DZIEL/0!",  # Polish
        "#SAKNAS!", "#VÄRDEFEL!", "#REFERENS!", "#NAMN?", "#OGILTIGT!", "#SKÄRNING!",
        "#DIVISION/0!",  # Swedish
        "#I/T", "#VÆRDI!", "#REFERENCE!", "#NAVN?", "#VERDI!",  # Danish, Norwegian
        "#PUUTTUU!", "#ARVO!", "#VIITTAUS!", "#NIMI?", "#LUKU!", "#TYHJÄ!", "#JAKO/0!",  # Finnish
        "#NENÍ_K_DISPOZICI", "#HODNOTA!", "#ODKAZ!", "#NÁZEV?", "#ČÍSLO!",
        "#DĚLENÍ_NULOU!",  # Czech
        "#HIÁNYZIK", "#ÉRTÉK!", "#HIV!", "#NÉV?", "#SZÁM!", "#ZÉRÓOSZTÓ!", "#NULLA!",  # Hungarian
        "#YOK", "#DEĞER!", "#BAŞV!", "#AD?", "#SAYI!", "#BOŞ!", "#SAYI/0!",  # Turkish
        "#Н/Д", "#ЗНАЧ!", "#ССЫЛКА!", "#ИМЯ?", "#ЧИСЛО!", "#ПУСТО!", "#ДЕЛ/0!",  # Russian
    }
)  # fmt: skip
STAND_INS = NULL_WORDS | ERRORS
# A column that is too narrow shows a number so.
HASHES = r"##+"
# A long number as a spreadsheet cuts it: 4.00638E+12; and as Java does, 4.00638E12, or a small one,
# 1.23E-05. `2E12` and `1.5E-2` may be part numbers.
SCIENTIFIC = (
    r"[0-9](([.,][0-9]+)?[Ee]\+[0-9]{1,3}|[.,][0-9]{4,}[Ee]-?[0-9]{1,3}|[.,][0-9]+[Ee]-[0-9]{2,3})"
)


def _write_pattern(words: frozenset[str]) -> str:
    """A pattern as PostgreSQL and Python read it."""
    listed = "|".join(re.escape(word) for word in sorted(words))
    return rf"({listed}|{HASHES}|{SCIENTIFIC})"


PATTERN = _write_pattern(STAND_INS)  # of a description
KEY_PATTERN = _write_pattern(STAND_INS | MISSING_WORDS)  # of a SKU or name
is_hashes = re.compile(HASHES).fullmatch
is_scientific = re.compile(SCIENTIFIC).fullmatch


def is_error(text: str) -> bool:
    """Whether a spreadsheet has written `text` in place of a value."""
    return text[:1] == "#" and (text in ERRORS or bool(is_hashes(text)))
