"""Prices as files write them, and which mark their decimals have.

Pure. `1,299` is one thousand and something or one and something: a single
cell does not tell, a column mostly does. It is decided over the whole column,
and never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import islice
from typing import Literal

from app.imports.errors import AmbiguousDecimal
from app.imports.texts import Parsed
from app.products import rules
from app.products.rules import Violation

Mark = Literal[".", ","]
EXAMPLES = 3
EXCHANGE = str.maketrans(".,", ",.")
# A price with so many decimals was computed, and is rounded. Fewer are, where the first two prices
# with decimals have MANY_DECIMALS: it is a database's column then.
COMPUTED_DECIMALS = 6
MANY_DECIMALS = 4
MOST_DECIMALS = 20
# Characters; a longer cell is no price, and is not looked at: thousands of spaces in each would
# cost minutes.
PRICE_CELL_MAX = 100

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
NAMES = "kr|fr|sfr|rs|zł|kč|ft|lei|лв|руб|р|грн|ден|дин|kn|tl|rp|rm|元|円|원|won|rmb"
CURRENCY = rf"(?:(?:US|CA|AU|NZ|HK|SG|MX|NT|[ACRSU])?[$¢-¥؋৳฿₠-⃀﷼]|(?:{CODES}|{NAMES})\.?)"
# A price in these has no decimals: a mark between groups of three is no decimal mark. `¥` is the
# yuan's sign too, which has them, and never a decimal comma.
NO_DECIMALS = frozenset({"円", "jpy", "원", "won", "krw", "₩", "₫", "vnd"})
YEN = "¥"
match_price = re.compile(
    rf"(?P<open>\()?(?:(?P<sign>[-+])?(?P<before>{CURRENCY})\s*)?"
    r"(?P<number>[-+]?[0-9.,][0-9.,'’٫٬\s]*)(?P<dash>(?<=[0-9][.,])[-–—―]{1,2}|/-|:-)?"
    rf"\s*(?P<after>{CURRENCY})?(?P<minus>(?<![.,])-)?(?P<close>\))?",
    re.IGNORECASE,
).fullmatch
# A space or an apostrophe between groups of three digits.
drop_spaces = re.compile(r"(?<=[0-9])[\s'’](?=[0-9]{3}(?![0-9]))").sub
GROUPS = "[1-9][0-9]{0,2}(?:,[0-9]{3})+"
INDIAN_GROUPS = "[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}"
is_number = re.compile(rf"[-+]?(?:(?:{GROUPS}|[0-9]+)(?:\.[0-9]*)?|\.[0-9]+)").fullmatch
is_indian = re.compile(rf"[-+]?{INDIAN_GROUPS}(?:\.[0-9]*)?").fullmatch
is_grouped = re.compile(r"[0-9]{1,3}(?:(?:,[0-9]{3})+|(?:\.[0-9]{3})+)").fullmatch
# What East Asian and Arabic texts write for ASCII's marks and signs.
MARKS = str.maketrans("，．＋－（）￥＄￡￦−،", ",.+-()¥$£₩-,")


@dataclass(frozen=True)
class Number:
    """The digits and marks of a price. With `is_sure` a point is its decimal mark anyway."""

    text: str
    is_sure: bool = False
    is_negative: bool = False


@dataclass(frozen=True)
class Rounded:
    """A price in whole cents that the file has with more decimals."""

    text: str


def read_number(text: str) -> Number | None:
    """A price without currency and spaces, its digits those of ASCII; None where there are none.

    Right: `CHF 1'299.00`, `1.250,-`, `１２００`, `١٢٫٩٠`, `(12.90)`.
    """
    if len(text) > PRICE_CELL_MAX:
        return None
    found = match_price(text if text.isascii() else to_ascii(text))
    if not found or bool(found["open"]) != bool(found["close"]):
        return None
    is_negative = bool(found["open"] or found["minus"]) or found["sign"] == "-"
    number = drop_spaces("", found["number"].strip())
    if found["dash"] and number[-1] in ".,":  # a dash in place of the cents
        number += "00"
    currencies = {(found["before"] or "").casefold(), (found["after"] or "").casefold()}
    has_no_decimals = not NO_DECIMALS.isdisjoint(currencies) or (
        YEN in currencies and "." not in number
    )
    if has_no_decimals and is_grouped(number):
        return Number(re.sub("[.,]", "", number), True, is_negative)
    if "٫" in number or "٬" in number:
        is_mixed = "." in number or "," in number
        number = number.replace("٬", ",").replace("٫", ".")
        return None if is_mixed else Number(number, True, is_negative)
    return Number(number, False, is_negative)


def to_ascii(text: str) -> str:
    """The text with the digits and marks of other scripts as ASCII has them."""
    translated = text.translate(MARKS)
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in translated)


def find_number(text: str) -> str | None:
    """The digits and marks of a price that may tell the column's decimal mark."""
    number = read_number(text)
    return None if number is None or number.is_sure else number.text


def parse_price(text: str, mark: Mark, *, rounds: bool = False) -> str | Rounded | Violation | None:
    """A trimmed cell as PostgreSQL's numeric reads it; an empty one is no price.

    Right for a point: `12.90`, `1,299.00`, `1,29,900.00`, `$12`, `12 €`; for a comma: `12,90`,
    `1.299,00`, `12,-`. With `rounds`, MANY_DECIMALS are enough to be rounded.
    """
    if not text:
        return None
    if mark == "," and is_plain_comma(text):
        return text.replace(",", ".")
    if mark == "." and is_plain(text):
        return text
    number = read_number(text)
    own_mark = "." if number and number.is_sure else mark
    if number is None or not makes_sense(number.text, own_mark):
        return rules.PRICE_INVALID
    if number.is_negative:
        return rules.PRICE_NEGATIVE
    digits = number.text if own_mark == "." else number.text.translate(EXCHANGE)
    return _settle(digits.replace(",", ""), MANY_DECIMALS if rounds else COMPUTED_DECIMALS)


def _settle(digits: str, decimals_rounded: int) -> str | Rounded | Violation:
    """A price of digits and a point, in cents."""
    price = Decimal(digits)
    violation = rules.check_price(price)
    decimals = len(digits.partition(".")[2])
    if violation is rules.PRICE_TOO_PRECISE and decimals_rounded <= decimals <= MOST_DECIMALS:
        return _round(price)
    return violation or f"{abs(price):.2f}"


def _round(price: Decimal) -> Rounded | Violation:
    """The price in whole cents, half a cent up; it is refused where nothing would be left."""
    rounded = price.quantize(rules.CENT, ROUND_HALF_UP)
    return Rounded(f"{rounded:.2f}") if rounded else rules.PRICE_TOO_PRECISE


def makes_sense(number: str, mark: Mark) -> bool:
    """Whether `number`, digits and marks alone, is one under this decimal mark."""
    if mark == ",":
        return bool(is_number(number.translate(EXCHANGE)))
    return bool(is_number(number) or is_indian(number))


def tell_mark(number: str) -> Mark | None:
    """The decimal mark that `number`, digits and marks alone, gives away.

    `1,299.00`, `12.9`, `0.125`, `1234.567`, and `1,234,567` tell a point; `1,299` nothing, and
    neither does what is no price in any way: `1,2,3`.
    """
    point, comma = makes_sense(number, "."), makes_sense(number, ",")
    return None if point == comma else "." if point else ","


def parse_prices(cells: Sequence[str], mark: Mark, *, rounds: bool = False) -> Parsed:
    """A whole column by `parse_price`, in less time where its cells are plain."""
    parsed = Parsed([])
    for at, cell in enumerate(cells):
        price = cell if mark == "." and is_plain(cell) else parse_price(cell, mark, rounds=rounds)
        if isinstance(price, Violation):
            parsed.violations[at] = price
            price = None
        elif isinstance(price, Rounded):
            price = price.text
            parsed.notes[at] = "price_rounded", f"{cell} → {price}"
        parsed.values.append(price)
    return parsed


class DecimalDecider:
    """Watches a column of prices go by, and knows its mark once some cell has told it."""

    def __init__(self, wished: str | None) -> None:
        self._wished: Mark | None = "," if wished == "," else "." if wished else None
        self._examples: dict[Mark, str] = {}
        self._open: list[str] = []
        self._first_decimals: list[int] = []

    @property
    def mark(self) -> Mark:
        """The mark as far as is known; "." as long as nothing tells."""
        return self._wished or ("," if "," in self._examples else ".")

    @property
    def has_many_decimals(self) -> bool:
        """Whether the first two prices with decimals have MANY_DECIMALS."""
        return len(self._first_decimals) == 2 and min(self._first_decimals) >= MANY_DECIMALS

    @property
    def has_open_cells(self) -> bool:
        """Whether cells went by that mean another price under another mark."""
        return bool(self._open)

    def watch(self, cells: Sequence[str]) -> None:
        """Take notice of a batch's trimmed cells."""
        if len(self._first_decimals) < 2:
            counts = filter(None, map(self._count_decimals, cells))
            self._first_decimals = [*self._first_decimals, *islice(counts, 2)][:2]
        if self._wished:
            return
        if "." not in self._examples:
            plain = next((cell for cell in cells if "." in cell and is_plain(cell)), None)
            if plain:
                self._examples["."] = plain
        for cell in cells:
            if cell and not is_plain(cell) and not ("," in self._examples and is_plain_comma(cell)):
                self._watch_one(cell)

    def _count_decimals(self, cell: str) -> int:
        """How many decimals a price has, zeros included; 0 where that cannot be said."""
        if cell.isdigit():
            return 0
        number = read_number(cell)
        if number is None:
            return 0
        mark = "." if number.is_sure else self._wished or tell_mark(number.text)
        is_said = mark is not None and makes_sense(number.text, mark)
        return len(number.text.partition(mark)[2]) if mark and is_said else 0

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
