"""Rows that are no products are set aside, counted and named."""

from __future__ import annotations

import pytest

from tests.imports.reading import read_whole

HEADER = "sku,name,price\n"
ROWS = "".join(f"A-{n},Chair {n},1.00\n" for n in range(300))


@pytest.mark.parametrize("again", ["sku,name,price\n", "\ufeffSKU, Name ,price\n"])
@pytest.mark.parametrize("above", [ROWS, "A-1,Chair,1.00\n"])
def test_a_header_in_the_middle_is_skipped_and_named(above: str, again: str) -> None:
    result = read_whole(HEADER + above + again + "B-1,Table,2.00\n")
    line = above.count("\n") + 2
    assert result.notices == {"header_repeated": [line]}
    assert result.skipped == 1
    assert result.rejected == {}
    assert "B-1" in result.products
    assert len(result.products) == above.count("\n") + 1


def test_a_product_named_like_a_column_is_kept() -> None:
    result = read_whole("sku,name\nsku,Chair\n")
    assert list(result.products) == ["sku"]
    assert result.notices == {}
