"""Prices as files write them, and which mark their decimals have.

Pure. `1,299` is one thousand and something or one and something: a single
cell does not tell, a column mostly does. It is decided over the whole column,
and never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from app.imports.errors import AmbiguousDecimal
from app.products import rules
from app.products.rules import Violation

Mark = Literal[".", ","]
EXAMPLES = 3
EXCHANGE = str.maketrans(".,", ",.")

is_plain = re.compile(r"[0-9]{1,10}(?:\.[0-9]{1,2})?").fullmatch
is_plain_comma = re.compile(r"[0-9]{1,10},[0-9]{1,2}").fullmatch
# ISO 4217's codes that are in use, and what is written in their place: a price is "12 kr" and
# "US$12", and "12 pcs" or "A12" are none.
CODES = (
    "AED|AFN|ALL|AMD|ANG|AOA|ARS|AUD|AWG|AZN|BAM|BBD|BDT|BGN|BHD|BIF|BMD|BND|BOB|BRL|BSD|BTN|BWP|"
    "BYN|BZD|CAD|CDF|CHF|CLP|CNY|COP|CRC|CUP|CVE|CZK|DJF|DKK|DOP|DZD|EGP|ERN|ETB|EUR|FJD|FKP|GBP|"
    "GEL|GHS|GIP|GMD|GNF|GTQ|GYD|HKD|HNL|HRK|HTG|HUF|IDR|ILS|INR|IQD|IRR|ISK|JMD|JOD|JPY|KES|KGS|"
    "KHR|KMF|KPW|KRW|KWD|KYD|KZT|LAK|LBP|LKR|LRD|LSL|LYD|MAD|MDL|MGA|MKD|MMK|MNT|MOP|MRU|MUR|MVR|"
    "MWK|MXN|MYR|MZN|NAD|NGN|NIO|NOK|NPR|NZD|OMR|PAB|PEN|PGK|PHP|PKR|PLN|PYG|QAR|RON|RSD|RUB|RWF|"
    "SAR|SBD|SCR|SDG|SEK|SGD|SHP|SLE|SOS|SRD|SSP|STN|SVC|SYP|SZL|THB|TJS|TMT|TND|TOP|TRY|TTD|TWD|"
    "TZS|UAH|UGX|USD|UYU|UZS|VES|VND|VUV|WST|XAF|XCD|XOF|XPF|YER|ZAR|ZMW|ZWL"
)
NAMES = "kr|fr|sfr|rs|zł|kč|ft|lei|лв|руб|р|грн|ден|дин|kn|tl|rp|rm|元|円"
CURRENCY = rf"(?:(?:US|CA|AU|NZ|HK|SG|MX|[ACRSU])?[$¢-¥؋৳฿₠-⃀﷼]|(?:{CODES}|{NAMES})\.?)"
match_price = re.compile(
    rf"(?:{CURRENCY}\s*)?([-+]?[0-9.,][0-9.,'’\s]*)(?:{CURRENCY})?", re.IGNORECASE
).fullmatch
# A space or an apostrophe between groups of three digits.
drop_spaces = re.compile(r"(?<=[0-9])[\s'’](?=[0-9]{3}(?![0-9]))").sub
is_number = re.compile(
    r"[-+]?(?:(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?|\.[0-9]+)"
).fullmatch


def find_number(text: str) -> str | None:
    """The digits and marks of a price, without currency and spaces; None where there are none."""
    matched = match_price(text)
    return drop_spaces("", matched[1].strip()) if matched else None


def parse_price(text: str, mark: Mark) -> str | Violation | None:
    """A trimmed cell as PostgreSQL's numeric reads it; an empty one is no price.

    Right for a point: `12.90`, `1,299.00`, `$12`, `12 €`; for a comma: `12,90`, `1.299,00`.
    """
    if not text:
        return None
    if mark == "." and is_plain(text):
        return text
    if mark == "," and is_plain_comma(text):
        return text.replace(",", ".")
    number = find_number(text)
    if number is None or not makes_sense(number, mark):
        return rules.PRICE_INVALID
    price = Decimal((number if mark == "." else number.translate(EXCHANGE)).replace(",", ""))
    return rules.check_price(price) or f"{abs(price):.2f}"


def makes_sense(number: str, mark: Mark) -> bool:
    """Whether `number`, digits and marks alone, is one under this decimal mark."""
    return bool(is_number(number if mark == "." else number.translate(EXCHANGE)))


def tell_mark(number: str) -> Mark | None:
    """The decimal mark that `number`, digits and marks alone, gives away.

    `1,299.00`, `12.9`, `0.125`, `1234.567`, and `1,234,567` tell a point; `1,299` nothing, and
    neither does what is no price in any way: `1,2,3`.
    """
    point, comma = makes_sense(number, "."), makes_sense(number, ",")
    return None if point == comma else "." if point else ","


def parse_prices(cells: Sequence[str], mark: Mark) -> list[str | Violation | None]:
    """A whole column by `parse_price`, in less time where its cells are plain."""
    if mark == ".":
        return [
            cell if is_plain(cell) else parse_price(cell, mark) if cell else None for cell in cells
        ]
    return [parse_price(cell, mark) for cell in cells]


class DecimalDecider:
    """Watches a column of prices go by, and knows its mark once some cell has told it."""

    def __init__(self, wished: str | None) -> None:
        self._wished: Mark | None = "," if wished == "," else "." if wished else None
        self._examples: dict[Mark, str] = {}
        self._open: list[str] = []

    @property
    def mark(self) -> Mark:
        """The mark as far as is known; "." as long as nothing tells."""
        return self._wished or ("," if "," in self._examples else ".")

    @property
    def has_open_cells(self) -> bool:
        """Whether cells went by that mean another price under another mark."""
        return bool(self._open)

    def watch(self, cells: Sequence[str]) -> None:
        """Take notice of a batch's trimmed cells."""
        if self._wished:
            return
        if "." not in self._examples:
            plain = next((cell for cell in cells if "." in cell and is_plain(cell)), None)
            if plain:
                self._examples["."] = plain
        for cell in cells:
            if cell and not is_plain(cell) and not ("," in self._examples and is_plain_comma(cell)):
                self._watch_one(cell)

    def _watch_one(self, cell: str) -> None:
        number = find_number(cell)
        if number is None:
            return
        mark = tell_mark(number)
        if mark is not None:
            self._examples.setdefault(mark, cell)
        elif ("." in number or "," in number) and makes_sense(number, "."):
            self._open = [*self._open, cell][:EXAMPLES]

    def conclude(self, column: str) -> None:
        """The column is at its end, or contradicts itself already. Raises AmbiguousDecimal."""
        if self._wished:
            return
        if len(self._examples) == 2:
            raise AmbiguousDecimal(column, list(self._examples.values()), contradictory=True)
        if not self._examples and self._open:
            raise AmbiguousDecimal(column, self._open, contradictory=False)

    @property
    def contradicts_itself(self) -> bool:
        """Whether some cells tell one mark and some the other."""
        return len(self._examples) == 2
