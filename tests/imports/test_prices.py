"""Prices as files write them, and the decimal mark of a column."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.imports import prices as price_module
from app.imports.errors import AmbiguousDecimal
from app.imports.prices import CODES, DecimalDecider, Mark, parse_price, tell_mark
from app.products import rules
from app.products.rules import Violation
from tests.imports.reading import check_table, read_whole
from tests.thorough import THOROUGH

READ: list[tuple[str, Mark, str | None]] = [
    ("12.90", ".", "12.90"), ("12", ".", "12"), ("0012.50", ".", "0012.50"), ("", ".", None),
    ("1,299.00", ".", "1299.00"), ("1,234,567.8", ".", "1234567.80"), (".5", ".", "0.50"),
    ("5.", ".", "5.00"), ("12.900", ".", "12.90"), ("-0", ".", "0.00"), ("+3", ".", "3.00"),
    ("12,90", ",", "12.90"), ("12", ",", "12.00"), ("1.299,00", ",", "1299.00"),
    ("1.299", ",", "1299.00"), ("12,900000", ",", "12.90"), (",5", ",", "0.50"),
    # Spaces: plain, no-break, thin, narrow no-break. Apostrophes: straight and curly.
    ("1 299,00", ",", "1299.00"), ("1\u00a0299,00", ",", "1299.00"),
    ("1\u2009299,00", ",", "1299.00"), ("1\u202f299,00", ",", "1299.00"),
    ("1'299.00", ".", "1299.00"), ("1’299’000.50", ".", "1299000.50"), ("1 299", ".", "1299.00"),
    # Currencies.
    ("$12", ".", "12.00"), ("12 €", ",", "12.00"), ("EUR 12", ".", "12.00"),
    ("12EUR", ".", "12.00"), ("US$12.50", ".", "12.50"), ("R$ 12,50", ",", "12.50"),
    ("12,50 kr", ",", "12.50"), ("kr. 12", ".", "12.00"), ("CHF 1'299.00", ".", "1299.00"),
    ("1 299,00 zł", ",", "1299.00"), ("12 Kč", ",", "12.00"), ("£1,299.99", ".", "1299.99"),
    ("₹ 1,299", ".", "1299.00"), ("¥1299", ".", "1299.00"), ("eur 5", ".", "5.00"),
    ("12 руб.", ",", "12.00"), ("Fr. 5", ".", "5.00"), ("12,00\u00a0€", ",", "12.00"),
    ("CA$5", ".", "5.00"), ("Rs. 5", ".", "5.00"),
    # Indian groups, and dashes in place of the cents.
    ("1,29,900.00", ".", "129900.00"), ("₹ 2,49,000", ".", "249000.00"),
    ("Rs. 999/-", ".", "999.00"), ("12,-", ",", "12.00"), ("€ 12,--", ",", "12.00"),
    ("12,–", ",", "12.00"), ("1.250,- €", ",", "1250.00"), ("12.-", ".", "12.00"),
    ("5.—", ".", "5.00"), ("129:-", ",", "129.00"),
    # Other scripts' digits and marks.
    ("１２００", ",", "1200.00"), ("１，２００．５０", ".", "1200.50"), ("￥９８０", ".", "980.00"),
    ("١٢٫٩٠", ".", "12.90"), ("١٬٢٩٩٫٠٠", ",", "1299.00"), ("۱۲٫۵", ",", "12.50"),
    # Yen and won have no decimals; yuan have.
    ("¥12,800", ",", "12800.00"), ("12.800円", ".", "12800.00"), ("₩1,234,000", ",", "1234000.00"),
    ("KRW 15,000", ",", "15000.00"), ("¥12.80", ".", "12.80"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "mark", "price"), READ)
def test_a_price_is_read(text: str, mark: Mark, price: str | None) -> None:
    assert parse_price(text, mark) == price


@pytest.mark.parametrize(
    ("text", "mark", "code"),
    [
        ("abc", ".", "price_invalid"),
        ("1E5", ".", "price_invalid"),
        ("1e5", ".", "price_invalid"),
        ("A12", ".", "price_invalid"),
        ("12 pcs", ".", "price_invalid"),
        ("12x", ".", "price_invalid"),
        ("10%", ".", "price_invalid"),
        ("12-15", ".", "price_invalid"),
        ("12 34", ".", "price_invalid"),
        ("1,2,3", ".", "price_invalid"),
        ("0,125", ".", "price_invalid"),
        ("12,90", ".", "price_invalid"),
        ("12.90", ",", "price_invalid"),
        ("4,20", ".", "price_invalid"),
        ("1,29.00", ".", "price_invalid"),
        ("..", ".", "price_invalid"),
        ("€", ".", "price_invalid"),
        ("NaN", ".", "price_invalid"),
        ("Infinity", ".", "price_invalid"),
        ("12²", ".", "price_invalid"),
        ("(12.90)", ".", "price_negative"),
        ("12.90-", ".", "price_negative"),
        ("−12,90", ",", "price_negative"),
        ("-$5", ".", "price_negative"),
        ("(12", ".", "price_invalid"),
        (".-", ".", "price_invalid"),
        ("12,-", ".", "price_invalid"),
        ("1,29,900", ",", "price_invalid"),
        ("1,2٫5", ",", "price_invalid"),
        ("1.12345", ".", "price_too_precise"),
        ("0.001234", ".", "price_too_precise"),
        ("-12.90", ".", "price_negative"),
        ("$-5", ".", "price_negative"),
        ("12.901", ".", "price_too_precise"),
        ("10000000000", ".", "price_too_large"),
        ("9" * 90, ".", "price_too_large"),
        ("0." + "1" * 90, ".", "price_too_precise"),
    ],
)
def test_what_is_no_price_is_refused(text: str, mark: Mark, code: str) -> None:
    refused = parse_price(text, mark)
    assert isinstance(refused, Violation)
    assert refused.code == code


@pytest.mark.parametrize(
    ("number", "mark"),
    [
        ("12", None), ("1299", None), ("1,299", None), ("1.299", None), ("12.900", None),
        ("1,2,3", None), ("2024.01.05", None), ("-1,299", None), ("", None), (".", None),
        ("1.2,3.4", None), ("12.9", "."), ("12.90", "."), ("0.125", "."), ("1234.567", "."),
        ("1,299.00", "."), ("1,234,567", "."), ("5.", "."), (".5", "."), ("12.9000", "."),
        ("12,9", ","), ("0,125", ","), ("1234,567", ","), ("1.299,00", ","), ("1.234.567", ","),
        ("-12,5", ","), ("1.234.567,8", ","),
    ],
)  # fmt: skip
def test_a_number_tells_its_decimal_mark_or_does_not(number: str, mark: Mark | None) -> None:
    assert tell_mark(number) == mark


def prices(*cells: str, decimal: str | None = None) -> list[str | None]:
    """The prices of a column, None for a rejected row."""
    rows = "".join(f'K{n};N;"{cell}"\n' for n, cell in enumerate(cells))
    checked = check_table("sku;name;price\n" + rows, decimal=decimal)
    return [checked.rows.get(n + 2, {}).get("price") for n in range(len(cells))]


@pytest.mark.parametrize(
    ("cells", "read"),
    [
        (["12.90", "7"], ["12.90", "7"]),
        (["12,90", "7"], ["12.90", "7.00"]),
        (["1,299", "12.90"], ["1299.00", "12.90"]),
        (["1,299", "12,90"], [None, "12.90"]),
        (["1.299", "12,90"], ["1299.00", "12.90"]),
        (["1.299,00 €", "5 €"], ["1299.00", "5.00"]),
        (["$1,299.00", "$5"], ["1299.00", "5.00"]),
        (["12", "1299", ""], ["12", "1299", None]),
        (["1 299", "1 299,5"], ["1299.00", "1299.50"]),
        (["12.90", "call us", "2024.01.05"], ["12.90", None, None]),
        (["12,90", "1,2,3", "n/a"], ["12.90", None, None]),
        (["12", "1,2,3"], ["12", None]),
        (["¥12,800", "¥980"], ["12800.00", "980.00"]),
        (["12,50", "¥12,800", "1.250,-"], ["12.50", "12800.00", "1250.00"]),
        (["1.299", "5,-"], ["1299.00", "5.00"]),
        (["1,29,900", "1,299"], ["129900.00", "1299.00"]),
        (["12,90", "١٢٫٩٠"], ["12.90", "12.90"]),
    ],
)
def test_a_column_decides_the_mark_of_all_its_cells(
    cells: list[str], read: list[str | None]
) -> None:
    assert prices(*cells) == read


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (["1,299"], "can mean thousands or decimals"),
        (["1.299", "2.500", "7"], "can mean thousands or decimals"),
        (["1,299 €", "1.299 €"], "can mean thousands or decimals"),
        (["12.90", "12,90"], "written in two ways"),
        (["1,299.00", "1.299,00"], "written in two ways"),
    ],
)
def test_an_ambiguous_or_contradictory_column_is_refused(cells: list[str], words: str) -> None:
    with pytest.raises(AmbiguousDecimal, match=words) as refused:
        prices(*cells)
    examples = refused.value.data["examples"]
    assert isinstance(examples, list)
    assert set(examples) <= set(cells)


def test_a_given_mark_decides_and_what_does_not_fit_is_a_bad_row() -> None:
    assert prices("1,299", "12.90", "12,90", decimal=".") == ["1299.00", "12.90", None]
    assert prices("1,299", "12.90", "12,90", decimal=",") == [None, None, "12.90"]


@pytest.mark.parametrize(
    ("cells", "read", "rounded"),
    [
        (["8.325000", "16.528926", "12.900000"], ["8.33", "16.53", "12.90"], [2, 3]),
        (["8,325000", "16,5"], ["8.33", "16.50"], [2]),
        (["19.99", "5.5", "19.989999999"], ["19.99", "5.50", "19.99"], [4]),
        (["12.9000", "16.5289"], ["12.90", "16.53"], [3]),
        (["12.90", "12.905", "12.9051"], ["12.90", None, None], []),
        (["12.905"], [None], []),
        (["12.9051", "7.50"], [None, "7.50"], []),
        (["0.000100", "12.900000"], [None, "12.90"], []),
    ],
)
def test_prices_of_a_column_of_long_decimals_are_rounded_and_named(
    cells: list[str], read: list[str | None], rounded: list[int]
) -> None:
    rows = "".join(f"K{n};N;{cell}\n" for n, cell in enumerate(cells))
    result = read_whole("sku;name;price\n" + rows, decimal="," if "," in rows else ".")
    found = {sku: row["price"] for sku, row in result.products.items()}
    amounts = [found.get(f"K{n}") for n in range(len(cells))]
    assert [price and f"{float(price):.2f}" for price in amounts] == read
    assert result.notices.get("price_rounded", []) == rounded


def test_prices_read_before_the_mark_is_known_are_open() -> None:
    decider = DecimalDecider(None)
    decider.watch(["1.299", "7"])
    assert (decider.has_open_cells, decider.mark) == (True, ".")
    decider.watch(["12,90"])
    assert decider.mark == ","
    decider.conclude("price")


AMOUNTS = st.integers(0, 999_999_999_999).map(lambda cents: f"{cents // 100}.{cents % 100:02d}")


@settings(max_examples=80 * THOROUGH, deadline=None)
@given(
    st.lists(AMOUNTS, min_size=1, max_size=10),
    st.sampled_from([".", ","]),
    st.sampled_from(["", " ", "\u00a0", "\u202f", "'", "’", "mark"]),
    st.sampled_from(["{}", "${}", "{} €", "EUR {}", "{}kr", "CHF\u00a0{}"]),
)
def test_any_amounts_in_any_way_of_writing_come_back(
    amounts: list[str], mark: str, grouping: str, currency: str
) -> None:
    other = "," if mark == "." else "."
    group = other if grouping == "mark" else grouping
    cells = []
    for amount in amounts:
        whole, _, cents = f"{float(amount):,.2f}".partition(".")
        cells.append(currency.format(whole.replace(",", group) + mark + cents))
    found = [price and f"{float(price):.2f}" for price in prices(*cells)]
    assert found == [f"{float(amount):.2f}" for amount in amounts]


@settings(max_examples=100 * THOROUGH, deadline=None)
@given(st.text(alphabet="0123456789.,-+ '’€$kEeR\u00a0", max_size=12))
def test_a_cell_never_has_two_meanings_unnoticed(text: str) -> None:
    number = text.strip()
    as_point, as_comma = parse_price(number, "."), parse_price(number, ",")
    prices_read = [p for p in (as_point, as_comma) if isinstance(p, str)]
    if len(prices_read) == 2 and float(prices_read[0]) != float(prices_read[1]):
        decider = DecimalDecider(None)
        decider.watch([number])
        with pytest.raises(AmbiguousDecimal):
            decider.conclude("price")


def test_currency_codes_are_three_capital_letters() -> None:
    assert all(len(code) == 3 and code.isupper() for code in CODES.split("|"))


def test_a_cell_too_long_for_a_price_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(text: str) -> None:
        raise AssertionError(text)

    monkeypatch.setattr(price_module, "match_price", fail)
    for text in ("1" + " " * 9000 + "x", "1" * 9000 + "x", "1'" * 4500):
        assert parse_price(text, ".") == rules.PRICE_INVALID
        assert price_module.find_number(text) is None
