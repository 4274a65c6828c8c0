"""Rows whose first cell a line break has cut."""

from __future__ import annotations

import pytest

from tests.imports.reading import read_whole

HEADER = "sku,name,price\n"


@pytest.mark.parametrize(
    ("above", "skus", "row"),
    [
        ("A-1", ["A-7", "A-8"], "23,Chair,12"),
        ("A", ["A-7", "A-8"], "-23,Chair,12"),
        ("A\n-", ["A-7", "A-8"], "23,Chair,12"),
        ("CH 1", ["CH 12", "CH 13"], "23,Chair,12"),
        ("400638", ["4006381333931", "4006381333948"], "1333955,Chair,12"),
        ("123", ["10", "1000000"], "45,Chair,12"),
        ("A-1", [], "23,Chair,12"),
    ],
)
@pytest.mark.parametrize("size", [1, 30, 1 << 18])
def test_a_row_whose_sku_is_cut_by_a_line_break_is_rejected_wherever_blocks_end(
    above: str, skus: list[str], row: str, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.imports.reader.BLOCK_BYTES", size)
    monkeypatch.setattr("app.imports.plain.ROWS_LOOKED_AT", 0)
    rows = "".join(f"{sku},Table,5\n" for sku in skus)

    read = read_whole(f"{HEADER}{rows}{above}\n{row}\n")

    assert list(read.products) == skus
    line = 3 + len(skus) + above.count("\n")
    assert read.rejected[line] == "line_break_unquoted"
    assert set(read.rejected) == set(range(2 + len(skus), line + 1))


@pytest.mark.parametrize(
    ("title", "skus"),
    [
        ("Chairs", ["CH-1", "CH-2", "CH-103"]),
        ("CHAIRS", ["CH-1", "CH-2", "TBL-103"]),
        ("Chairs 2024", ["1001", "1002", "99"]),
        ("2024", ["100101", "100102", "100103"]),
        ("Chairs", ["CH12", "77", "CH13"]),
        ("CH-4", ["CH-1", "CH-2", "CH-3"]),
    ],
)
def test_a_row_below_a_title_or_a_row_cut_short_is_a_product(title: str, skus: list[str]) -> None:
    rows = [f"{sku},Oak,5\n" for sku in skus]

    read = read_whole(f"{HEADER}{rows[0]}{title}\n{''.join(rows[1:])}{title}\nCH-9,Elm,7\n")

    assert {*skus} <= {*read.products}
    assert set(read.rejected.values()) == {"too_few_cells"}


def test_a_name_in_the_first_column_that_is_cut_rejects_its_row() -> None:
    rows = "Oak table,T-1,9\nElm table,T-2,9\n"

    cut = read_whole(f"name,sku,price\n{rows}Round\nchair,A-1,5\n")
    title = read_whole(f"name,sku,price\n{rows}Chairs\nRound chair,A-1,5\nPads\niPad,A-2,5\n")

    assert cut.rejected == {4: "too_few_cells", 5: "line_break_unquoted"}
    assert list(title.products) == ["T-1", "T-2", "A-1", "A-2"]


TEXTS = "sku,name,description\n"


@pytest.mark.parametrize("first", ["", "A-9,Bed,y\n" * 300])
@pytest.mark.parametrize("rest", ["and big, too, really", "of oak wood, elm, and 3 legs"])
def test_the_rest_of_a_text_with_the_commas_of_a_row_rejects_both(first: str, rest: str) -> None:
    read = read_whole(f"{TEXTS}{first}A-1,Chair,Nice\n{rest}\nA-2,Table,x\nA-3,Lamp,z\n")

    assert list(read.products)[-2:] == ["A-2", "A-3"]
    assert not {"A-1", "and big", "of oak wood"} & {*read.products}
    line = 3 + first.count("\n")
    assert read.rejected == {line - 1: "line_break_unquoted", line: "line_break_unquoted"}


@pytest.mark.parametrize(
    "rows",
    [
        "red chair, Chair, big\nA-1, Table, x\nA-2, Lamp, z\n",
        "red chair, Chair, big\nblue chair,Table,x\nA-2,Lamp,z\n",
        "red chair,Chair, big\nA-1,Table,x\nA-2,Lamp,z\n",
        "Red chair, Chair, big\nA-1,Table,x\nA-2,Lamp,z\n",
        "red-chair, Chair, big\nA-1,Table,x\nA-2,Lamp,z\n",
        "red chair, Chair, 12\nA-1,Table,5\nA-2,Lamp,7\n",
        "red chair, Chair, big\nOAK,Table,x\nA-2,Lamp,z\n",
    ],
)
def test_a_row_of_words_or_with_spaces_is_a_product_without_both_signs(rows: str) -> None:
    read = read_whole(TEXTS + rows)

    assert (len(read.products), read.rejected) == (3, {})
