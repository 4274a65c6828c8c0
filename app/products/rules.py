"""What a product's values may be: written once, for the JSON API and for CSV files.

Pure. A check takes the value as it would be stored and answers None or a
`Violation`; it never raises. Whoever calls it has trimmed text with `trim`.
"""

from __future__ import annotations

import re
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


def check_sku(text: str) -> Violation | None:
    """1 to 100 characters."""
    return REQUIRED_SKU if not text else _check_text("sku", text, SKU_MAX)


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
