"""Rows that are another header, in files without prices."""

from __future__ import annotations

import pytest

from app.imports.errors import OtherHeader
from tests.imports.reading import read_whole

ROWS = "".join(f"A-{n},Chair\n" for n in range(8))


@pytest.mark.parametrize(
    "second",
    ["Bezeichnung,Artikelnummer", "Artikelnummer,Bezeichnung", "Title,Item no.", '"Name*","S.K.U"'],
)
@pytest.mark.parametrize("count", [1, 8])
def test_without_prices_names_of_columns_below_a_product_are_a_second_header(
    second: str, count: int
) -> None:
    text = "sku,name\n" + "".join(f"A-{n},Chair\n" for n in range(count)) + second + "\nSofa,B-1\n"
    problem = read_whole(text).problem
    assert isinstance(problem, OtherHeader)
    assert f"On line {count + 2} " in problem.detail


@pytest.mark.parametrize(
    "row",
    ["Title,Chair", "Item,Article", "SKU 1,Title", "Artikelnummer,", "Name,Title", "id,Chair"],
)
def test_without_prices_a_product_called_like_a_column_is_a_product(row: str) -> None:
    read = read_whole(f"sku,name\n{ROWS}{row}\n")
    assert read.problem is None
    assert len(read.products) + len(read.rejected) == 9
