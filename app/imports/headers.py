"""A header → the name that it is compared by, and what that name means.

Pure. Wrong: `Price` and `Price ($)` as two names. Right: one name, with a
unit. What a header is decorated with means nothing: case, spaces, `_`, `-`,
points, stars, stray quotes, invisible characters, and the ways in which Unicode writes one
letter.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from app.imports.names import NAMES
from app.imports.prices import CODES
from app.products.upsert import Field

# A byte order mark that was read as windows-1252.
MISREAD_MARK = "ï»¿"
DECORATION = "*#:?"
LONGEST = 100  # characters; a longer text is no name with a unit
CURRENCIES = (
    "eur|euro|euros|usd|gbp|chf|cad|aud|nzd|jpy|cny|rmb|inr|brl|mxn|sek|nok|dkk|pln|czk|huf|ron|try|"
    "zar|bgn|rub|uah|ils|aed|sar|sgd|hkd|krw|thb|idr|myr|php|vnd|twd|clp|cop|ars|isk|kzt|"
    "[$€£¥₽₴₺₹₩฿₫]|zł|kč|kr|ft|lei|tl|руб|грн|лв|元|円|원|us[$]|r[$]|fr"
)
# Behind a name, in brackets or after "in"; or before it.
UNIT_BEHIND = re.compile(
    rf"(.+?)(?:(?:in|en|w|v|[,/])?(?:{CURRENCIES})"
    rf"|[(\[{{](?:in|en|w|v)?(?:{CURRENCIES}|{CODES.lower()})[)\]}}])"
)
UNIT_BEFORE = re.compile(rf"[(\[{{]?(?:{CURRENCIES})[)\]}}]?(.+)")
# What forms say beside a name.
REMARK = re.compile(
    r"[(\[{](?:required|mandatory|optional|pflichtfeld|pflicht|obligatoire|obligatorio|obbligatorio|"
    r"verplicht|wymagane|html|[01]/[01]|yes/no|y/n|true/false|ja/nein|ja/nee|oui/non|sí/no|si/no|"
    r"да/нет|是/否)[)\]}]"
)
# What tells one text of a product from another, so that a name without it is preferred.
QUALITY = re.compile(
    r"[(\[{](?:long|lang|longue|larga|lunga|longa|długi|full|text|plain|"
    r"max,?\d+(?:char(?:acter)?s?|zeichen|caract[eè]res?|caracteres|caratteri|tekens|znaków)?)[)\]}]"
)
remove_brackets = re.compile(r"[()\[\]{}]").sub
remove_filling = re.compile(r"[\s_.\"\-\u2010-\u2015\u2212]").sub


@dataclass(frozen=True)
class Meaning:
    """What a name means: `rank` is lower for a name that is preferred.

    `has_unit` then decides: a name without a unit, or without `(long)`, comes first.
    """

    field: Field
    rank: int
    has_unit: bool


@lru_cache(maxsize=4096)
def normalise(header: str) -> str:
    """A header as it is compared.

    Right: `Variant SKU`, `variant_sku`, `VARIANT-SKU*`, and the same in full width are one name.
    """
    if not header.isascii():
        text = unicodedata.normalize("NFKC", header.removeprefix(MISREAD_MARK))
        visible = "".join(c for c in text if unicodedata.category(c) != "Cf")
        folded = unicodedata.normalize("NFKC", visible.casefold())
        header = folded.replace("i\u0307", "i").replace("ı", "i")  # the Turkish İ and I
    name = remove_filling("", header).casefold()
    return name.strip(DECORATION) or name


def find_meaning(header: str) -> Meaning | None:
    """The field that a header names, or None for a name that is not known."""
    return _find_meaning(normalise(header))


@lru_cache(maxsize=4096)
def _find_meaning(name: str) -> Meaning | None:
    if name in KNOWN:
        return Meaning(*KNOWN[name], has_unit=False)
    if len(name) > LONGEST:
        return None
    plain = REMARK.sub("", name).strip(DECORATION)
    for form in (plain, remove_brackets("", plain)):
        if form in KNOWN:
            return Meaning(*KNOWN[form], has_unit=False)
    if (form := QUALITY.sub("", plain)) in KNOWN:
        return Meaning(*KNOWN[form], has_unit=True)
    for unit in (UNIT_BEHIND, UNIT_BEFORE):
        found = unit.fullmatch(plain)
        if found and KNOWN.get(found[1], (None,))[0] is Field.PRICE:
            return Meaning(*KNOWN[found[1]], has_unit=True)
    return None


def strip_accents(name: str) -> str:
    """A name in plain letters, as systems without accents write it."""
    decomposed = unicodedata.normalize("NFD", name)
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", plain).replace("ł", "l")


def _list_known() -> dict[str, tuple[Field, int]]:
    """Each name, as it is compared, with its field and rank; with and without its accents."""
    ranked = [
        (normalise(name), field, rank)
        for field, names in NAMES.items()
        for rank, group in enumerate(names)
        for name in ((group,) if isinstance(group, str) else group)
    ]
    known = {name: (field, rank) for name, field, rank in ranked}
    for name, field, rank in ranked:
        plain = strip_accents(name)
        if len(plain) > 2:
            known.setdefault(plain, (field, rank))
    return known


KNOWN = _list_known()
