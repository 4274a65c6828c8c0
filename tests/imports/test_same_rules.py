"""The same values through the JSON API and through a CSV file: taken, refused and stored alike.

What only one form can say is left out, and is not a difference in the rules:

- JSON has null and a missing field where CSV has an empty cell and a missing column.
- A CSV price may have a currency, grouped thousands, a decimal comma, digits of any script, a dash
  in place of the cents, or long decimals, which are rounded; in JSON it is a number or a plain
  decimal string. What JSON takes, CSV takes, with the decimal point given.
- A CSV flag is a word of many systems; in JSON it is true or false.
- A CSV cell may have an apostrophe in front of what a spreadsheet would run as a formula, which
  is taken off, as is one before a SKU of digits; in JSON it is part of the text.
- A CSV cell may be a spreadsheet's error, a number that one has cut, or a word such as NULL, which
  is no value; in JSON a text is what it says. `="007"` is a CSV cell's way to write `007`.
- A CSV file holds no lone surrogate; what stands for a broken byte is refused in both.
"""

from __future__ import annotations

import re

import marshmallow as ma
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.imports.mapping import map_columns
from app.imports.prices import DecimalDecider
from app.imports.records import Batch
from app.imports.texts import NO_KEYS, is_guarded, is_marked
from app.imports.validation import BatchChecker
from app.products import rules
from app.products.schemas import ProductInput
from app.products.upsert import Mode
from tests.thorough import THOROUGH

HEADER = ["sku", "name", "description", "price", "active"]
Stored = tuple[str, str, str, str | None, bool]


def through_json(cells: list[str]) -> Stored | None:
    """What the API stores, None when it refuses."""
    sku, name, description, price, active = cells
    body = {"sku": sku, "name": name, "description": description, "active": active == "true"}
    try:
        product = ProductInput().load({**body, "price": price.strip() or None})
    except ma.ValidationError:
        return None
    amount = None if product["price"] is None else f"{product['price']:.2f}"
    return product["sku"], product["name"], product["description"], amount, product["active"]


def through_csv(cells: list[str]) -> Stored | None:
    """What an import stores, None when it rejects."""
    mapping = map_columns(HEADER, {}, Mode.UPSERT)
    checker = BatchChecker(HEADER, mapping, DecimalDecider("."))
    checked = checker.check(Batch([2], [cells], []))
    assert len(checked.lines) + len(checked.rejects) == 1
    if checked.rejects:
        return None
    found = [str(column[0]) for column in checked.columns.values()]
    price = checked.columns[list(mapping.columns)[3]][0]
    amount = None if price is None else f"{float(price):.2f}"
    return found[0], found[1], found[2], amount, found[4] == "t"


# Neither spaces between digits, nor a dash for the cents, nor decimals that are rounded.
is_for_both = re.compile(r"\s*(?![0-9]+\.--?\s*\Z|\S*\.[0-9]{6,20}\s*\Z)[^ ]*\s*").fullmatch
EDGES = st.sampled_from(
    ["", " ", "\u00a0", "\u2028", "\ufeff", "\x00", "\x1f", "\x7f", "\x85", "\x9f", "\t", "\n",
     "\r\n", "\ud800", "\udcff", "\u200b", "\u202e", "😀", "e\u0301", "É", "ß", "İ", "'", "007",
     "\u00ad", "\u2060", "\u0301", "e", "\u1100\u1161", "\u0344", "\u0958", "\u3164"]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=20), st.lists(EDGES, max_size=5).map("".join))
LENGTHS = st.sampled_from([1, 99, 100, 101, 499, 500, 501])
LONG = st.builds(
    lambda character, length, around: around + character * length + around,
    st.sampled_from(["x", "é", "😀"]), LENGTHS, st.sampled_from(["", " ", "\n"]),
)  # fmt: skip
VALUES = st.one_of(TEXTS, LONG).filter(
    lambda text: (
        not is_guarded(text.strip())
        and not is_marked(rules.trim_sku(text))
        and rules.trim_sku(text) not in NO_KEYS
    )
)
NUMBERS = st.one_of(
    st.text(alphabet="0123456789.-+ ", max_size=14),
    st.decimals(-1, 10**10, places=2).map(str),
    st.decimals(0, 100, places=3).map(str),
    st.sampled_from(
        ["", "0", "-0", "-0.00", "12.", ".5", ".", "9999999999.99", "9999999999.991", "10000000000",
         "12.9000", "0" * 60 + "1", "1" * 60, "0." + "0" * 60, "12." + "0" * 60 + "1", "+5", "--5",
         "NaN", "Infinity", "1E5", "1e-2", "12²", "0x1", "1_000", "12x", " 5 ", "5\n"]
    ),
).filter(is_for_both)  # fmt: skip


@settings(max_examples=150 * THOROUGH, deadline=None)
@given(
    st.tuples(VALUES, VALUES, VALUES, NUMBERS, st.sampled_from(["true", "false"])).map(list),
)
@example(["A", "N", "", "1e5", "true"])
@example(["A", "N" * 500 + " ", "", "1", "true"])
@example(["A\x1f", "N", "", "1", "true"])
@example(["\u200eCAFE\u0301\u00a0\u2060", "N", "", "1", "true"])
@example(["A\u200bB", "N", "", "1", "true"])
@example(["A\u00a0B", "N", "", "1", "true"])
@example(["\u2800A\u3000", "N", "", "1", "true"])
@example(["\u0958" * 60, "N", "", "1", "true"])
def test_a_product_is_taken_refused_and_stored_alike(cells: list[str]) -> None:
    assert through_csv(cells) == through_json(cells)


@settings(max_examples=150 * THOROUGH, deadline=None)
@given(NUMBERS)
def test_a_price_is_taken_refused_and_stored_alike(price: str) -> None:
    cells = ["A", "N", "", price, "true"]
    assert through_csv(cells) == through_json(cells)


@pytest.mark.parametrize("length", [50_000, 50_001])
def test_a_long_description_is_taken_or_refused_alike(length: int) -> None:
    cells = ["A", "N", "é" * length, "", "true"]
    assert through_csv(cells) == through_json(cells)
    assert (through_csv(cells) is None) == (length > 50_000)


def test_a_json_number_is_stored_as_the_cell_that_shows_it() -> None:
    for number in (0, 12, 12.5, 12.9, 0.1, 9999999999.99, 1e2):
        product = ProductInput().load({"sku": "A", "name": "N", "price": number})
        stored = through_csv(["A", "N", "", f"{number}", "true"])
        assert stored is not None
        assert f"{product['price']:.2f}" == stored[3]
