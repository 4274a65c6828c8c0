"""What a product's values may be: written once, for the JSON API and for CSV files.

Pure. A check takes the value as it would be stored and answers None or a
`Violation`; it never raises. Whoever calls it has trimmed text with `trim`, and
a SKU with `trim_sku`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

SKU_MAX = 100
NAME_MAX = 500
DESCRIPTION_MAX = 50_000
PRICE_MAX = Decimal("9999999999.99")
CENT = Decimal("0.01")

# Unicode category Cc without tab, line feed and carriage return, and the
# surrogates, which stand for bytes that were not text.
FORBIDDEN = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
find_forbidden = re.compile(rf"[{FORBIDDEN}\ud800-\udfff]").search
# The same for the OpenAPI document, where surrogates do not exist.
CLEAN_PATTERN = f"^[^{FORBIDDEN}]*$"
# …, and something that is no white space among it.
FILLED_PATTERN = f"^[^{FORBIDDEN}]*[^{FORBIDDEN}\\s][^{FORBIDDEN}]*$"

# Spaces that look like an ordinary one or like a line's end, in a SKU.
ODD_SPACES = "\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
# Characters that nobody sees: Unicode's category Cf (zero-width characters, direction marks, soft
# hyphens, U+FEFF), and the fillers that are letters or signs by their category.
INVISIBLE = (
    "\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180e"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0001\U000e0020-\U000e007f"
)
# What a SKU may not hold: nobody can tell `A 1` with it from another `A 1`.
find_invisible = re.compile(f"[{INVISIBLE}{ODD_SPACES}]").search
_match_invisible = re.compile(rf"[\s{INVISIBLE}]*").match
# A SKU before it is trimmed: up to 100 characters from the first visible one to the last, and
# nothing invisible and no odd space among them. The white space around them does not count.
SKU_PATTERN = (
    rf"^[\s{INVISIBLE}]*[^{FORBIDDEN}\s{INVISIBLE}]"
    rf"([^{FORBIDDEN}{INVISIBLE}{ODD_SPACES}]{{0,{SKU_MAX - 2}}}[^{FORBIDDEN}\s{INVISIBLE}])?"
    rf"[\s{INVISIBLE}]*$"
)


@dataclass(frozen=True)
class Violation:
    """Why a value is refused: a stable code and a sentence for a person."""

    code: str
    detail: str


REQUIRED_SKU = Violation("sku_required", "The SKU is missing.")
REQUIRED_NAME = Violation("name_required", "The name is missing.")
PRICE_INVALID = Violation("price_invalid", "The price is not a number such as 12.90.")
PRICE_NEGATIVE = Violation("price_negative", "The price is below zero.")
PRICE_TOO_LARGE = Violation("price_too_large", f"The price is above {PRICE_MAX:,}.")
PRICE_TOO_PRECISE = Violation("price_too_precise", "The price has more than two decimals.")


def is_clean(text: str) -> bool:
    """Whether no character of `text` is forbidden; much faster than looking for one.

    What Python calls printable holds no control character and no surrogate;
    only text with no-break spaces and their like is looked through.
    """
    return text.isprintable() or _without_breaks(text).isprintable() or not find_forbidden(text)


def _without_breaks(text: str) -> str:
    return text.replace("\n", "").replace("\r", "").replace("\t", "")


def trim(text: str) -> str:
    """`text` without the white space (Unicode) around it."""
    return text.strip()


def trim_sku(text: str) -> str:
    """A SKU without white space and invisible characters around it, composed (Unicode's NFC).

    Two SKUs that nobody can tell apart are then one.
    """
    trimmed = text.strip()
    if trimmed.isascii():
        return trimmed
    # From both ends, since a search for the end alone would begin at each place inside.
    for _ in range(2):
        edge = _match_invisible(trimmed)
        trimmed = trimmed[edge.end() if edge else 0 :][::-1]
    return unicodedata.normalize("NFC", trimmed)


def check_sku(text: str) -> Violation | None:
    """1 to 100 characters, none of them invisible, and no space but the ordinary one."""
    if not text:
        return REQUIRED_SKU
    found = _check_text("sku", text, SKU_MAX)
    if found or text.isascii():
        return found
    invisible = find_invisible(text)
    return invisible and _explain_invisible(invisible[0])


def _explain_invisible(character: str) -> Violation:
    code = f"U+{ord(character):04X}"
    if character.isspace():
        return Violation(
            "sku_odd_space",
            f"The SKU holds the space {code} ({unicodedata.name(character).lower()}), which looks "
            "like an ordinary one. Write an ordinary space in its place.",
        )
    return Violation(
        "sku_invisible_character",
        f"The SKU holds the invisible character {code}. Take it out.",
    )


def check_name(text: str) -> Violation | None:
    """1 to 500 characters."""
    return REQUIRED_NAME if not text else _check_text("name", text, NAME_MAX)


def check_description(text: str) -> Violation | None:
    """Up to 50,000 characters."""
    return _check_text("description", text, DESCRIPTION_MAX)


def check_price(price: Decimal) -> Violation | None:
    """0 to 9,999,999,999.99 in whole cents; zeros beyond the cents do not count."""
    if not price.is_finite():
        return PRICE_INVALID
    if price < 0:
        return PRICE_NEGATIVE
    if price > PRICE_MAX:
        return PRICE_TOO_LARGE
    return PRICE_TOO_PRECISE if price != price.quantize(CENT) else None


def _check_text(field: str, text: str, longest: int) -> Violation | None:
    if len(text) > longest:
        return Violation(
            f"{field}_too_long",
            f"The {_title(field)} has {len(text):,} characters; at most {longest:,} are kept.",
        )
    found = find_forbidden(text)
    if found is None:
        return None
    code = ord(found[0])
    if 0xD800 <= code <= 0xDFFF:
        return Violation(f"{field}_not_text", f"The {_title(field)} holds bytes that are not text.")
    return Violation(
        f"{field}_control_character",
        f"The {_title(field)} holds the control character U+{code:04X}.",
    )


def _title(field: str) -> str:
    return "SKU" if field == "sku" else field
