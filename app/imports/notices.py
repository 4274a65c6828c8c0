"""Remarks on single rows → notices of the file: rows set aside, and values changed in reading.

Pure. A notice is no fault: its rows are not rejected. It names what a person
would want to know before the import, with the first lines it concerns.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from app.imports.errors import Remark

LINES_NAMED = 20
EXAMPLES = 3

# What each code says, for a count and for rows that are left out or changed.
SENTENCES: dict[str, str] = {
    "left_out": "These lines are left out, as was asked for.",
    "no_row": "Rulers, comments and counts of rows are no products. These lines are skipped.",
    "totals_row": "These rows look like totals. They are products unless they are left out.",
    "header_repeated": "The header stands in the file again. These lines are skipped.",
    "other_store_view": (
        "These rows have a product's texts for another store view. They are set aside; the row "
        "without a store view counts."
    ),
    "other_language": (
        "These rows have a product in another language. They are set aside; the language of the "
        "file's first row counts, or else the first row of a SKU."
    ),
    "picture_row": "These rows only add a picture to a product. They are set aside.",
    "variant_row": (
        "These rows are variants or rules of the product above them. They are set aside; the "
        "product's own row counts."
    ),
    "variant_completed": (
        "These rows are variants without a title. They take title, description and status from "
        "the first row with their handle."
    ),
    "price_rounded": "These prices have more than two decimals. They are rounded to cents.",
    "text_mark_removed": (
        "These SKUs begin with the apostrophe that marks a number as text. It is taken off."
    ),
    "null_emptied": (
        "These descriptions are a word that programs write for a missing value. They are read as "
        "empty."
    ),
    "encoded_twice": (
        "These texts look as if they had been encoded in UTF-8 twice, like CafÃ© for Café. They "
        "are imported as they are; the encoding utf-8-twice repairs them."
    ),
}


@dataclass
class Notice:
    """One kind of remark: how many there are, the first lines, and some of the values."""

    code: str
    count: int = 0
    lines: list[int] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)
    detail: str = ""

    def add(self, remark: Remark) -> None:
        """Count one more."""
        self.count += 1
        if len(self.lines) < LINES_NAMED:
            self.lines.append(remark.line)
        if len(self.examples) < EXAMPLES and remark.value not in self.examples:
            self.examples.append(remark.value)

    def describe(self) -> dict[str, object]:
        """`{"code", "count", "lines", "examples", "detail"}`."""
        return {
            **vars(self),
            "lines": sorted(self.lines),
            "detail": self.detail or SENTENCES[self.code],
        }


class NoticeTaker:
    """Sums up the remarks of one file, in the order in which their kinds first came."""

    def __init__(self) -> None:
        self._notices: dict[str, Notice] = {}

    def take(self, remarks: Iterable[Remark]) -> None:
        """Count some more remarks."""
        for remark in remarks:
            self._notices.setdefault(remark.code, Notice(remark.code)).add(remark)

    def note(self, code: str, detail: str, examples: Iterable[str]) -> None:
        """Remember what concerns a column and no single row: `count` is 0, and `lines` is empty."""
        self._notices[code] = Notice(code, examples=list(examples)[:EXAMPLES], detail=detail)

    def describe(self) -> list[dict[str, object]]:
        """The notices, as the API shows them."""
        return [notice.describe() for notice in self._notices.values()]
