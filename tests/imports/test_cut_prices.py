"""Prices cut at a comma, in rows with as many cells as the header."""

from __future__ import annotations

import pytest

from app.imports.cut_prices import is_cut_price
from app.imports.errors import Question
from tests.imports.reading import get_options, read_whole

HEADER = "sku,name,price,description\n"


@pytest.mark.parametrize(
    ("price", "beside", "is_cut"),
    [
        ("12", "90", True),
        ("€ 12", "90 €", True),
        ("1", "299.00", True),
        ("1,299", "00", False),
        ("12.50", "90", False),
        ("12", "80 cm", False),
        ("12", "90 x 40", False),
        ("1299", "300", False),
        ("12", "", False),
    ],
)
def test_digits_beside_a_whole_price_are_its_rest(price: str, beside: str, is_cut: bool) -> None:
    assert is_cut_price(price, beside) is is_cut


@pytest.mark.parametrize("count", [3, 30, 3000])
def test_a_row_whose_price_is_cut_is_rejected(count: int) -> None:
    rows = [f"S-{at},Chair,{at + 5}.50,Oak\n" for at in range(count)]
    rows[count // 2] = "X-1,Desk,12,90\n"
    rows[count - 1] = "X-2,Desk,1,299.00\n"

    read = read_whole(HEADER + "".join(rows))

    assert set(read.rejected.values()) == {"price_cut"}
    assert not {"X-1", "X-2"} & read.products.keys()
    assert len(read.products) == count - 2


def test_a_file_whose_prices_are_cut_is_asked_about_once() -> None:
    content = HEADER + "A-1,Chair,12,90\nA-2,Stool,4,50\n"

    joined, apart = (read_whole(content, **options) for options in get_options(read_whole(content)))

    assert [row["price"] for row in joined.products.values()] == ["12.90", "4.50"]
    assert [row["description"] for row in joined.products.values()] == ["", ""]
    assert [row["description"] for row in apart.products.values()] == ["90", "50"]
    assert not joined.rejected and not apart.rejected


@pytest.mark.parametrize("header", ["sku,name,price,stock", "sku,name,price,weight,description"])
def test_numbers_beside_whole_prices_are_not_asked_about(header: str) -> None:
    filling = ",Oak" if header.endswith("description") else ""
    rows = "".join(f"S-{at},Chair,{at + 5},{at + 10}{filling}\n" for at in range(12))

    read = read_whole(f"{header}\n{rows}")

    assert not isinstance(read.problem, Question)
    assert len(read.products) == 12
