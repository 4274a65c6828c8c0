"""Rows with another delimiter than the header, and those that only seem to have one."""

from __future__ import annotations

import pytest

from app.imports.errors import Question
from app.products.upsert import Mode
from tests.imports.reading import get_options, read_whole
from tests.imports.test_header_questions import CUPS, ask, take


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        ("sku,name,description,price\n", "A-1;Cup;White;12,90\nA-2;Mug;Black;9,90\n"),
        ("sku,name,description,price\n",
         '"A-1";"Cup";"White";"12,90"\n"A-2";"Mug";"Black";"9,90"\n'),
        ("sku;name;description;price\n", "A-1\tCup\tWhite\t12.90\nA-2\tMug\tBlack\t9.90\n"),
        ("sku\tname\tdescription\tprice\n", "A-1,Cup,White,12.90\nA-2,Mug,Black,9.90\n"),
        ("sku,name,description,price\n", "A-1;Cup;White;12,90;\nA-2;Mug;Black;9,90;\n"),
        ("Cups\nsku;name;description;price\n", "A-1|Cup|White|12,90\nA-2|Mug|Black|9,90\n"),
    ],
)  # fmt: skip
def test_rows_with_another_delimiter_than_the_header_are_read_by_it_in_one_click(
    header: str, rows: str
) -> None:
    options, _ = get_options(read_whole(header + rows))
    assert take(read_whole(header + rows, **options), "sku", "name", "description", "price") == CUPS


def test_a_header_with_another_delimiter_names_both_also_where_cells_happen_to_fit() -> None:
    text = "sku,name,price\nA-1;Cup, white;1,50\nA-2;Mug, black;2,50\n"
    assert ask(text) == (
        "The header has a comma between its names, and the rows below it have a semicolon between "
        "their cells. Correct the header, or have the rows read so."
    )
    options, _ = get_options(read_whole(text))
    assert take(read_whole(text, **options), "name", "price") == [
        ("Cup, white", "1.50"), ("Mug, black", "2.50"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "sku,name,tags\nA,Shirt,red;xl;wool\nB,Sock,blue;s;wool\n",
        "sku,name,size\nA,Shirt,1|2|3\nB,Sock,2|3|4\n",
        "sku,name\nA;1,Shirt\nB,Sock\n",
        "sku,name\nA\nB\n",
    ],
)
def test_other_delimiters_in_cells_are_not_asked_about(text: str) -> None:
    assert not isinstance(read_whole(text).problem, Question)


@pytest.mark.parametrize(
    ("text", "skus"),
    [
        ("Désignation;Référence;Prix\nChaise, bois;A-1;12,90\nTable, bois;A-2;19,90\n",
         ["A-1", "A-2"]),
        ("Bezeichnung;Artikelnummer\nTisch, Eiche;T-1\n", ["T-1"]),
        ("name\tsku\nChair, oak 1\tA-1\nChair, oak 2\tA-2\n", ["A-1", "A-2"]),
        ("name;price;sku\nChair, oak;12,90;A-1\nLamp, oak;9,90;A-2\n", ["A-1", "A-2"]),
        ("name;sku;price\nChair, oak;A-1;12,90;\nLamp, oak;A-2;9,90;\n", ["A-1", "A-2"]),
        ("sku,name\nA;1,Chair\nA;2,Table\n", ["A;1", "A;2"]),
        ("sku,name\nA;1,Chair\nB;2,Table\n", ["A;1", "B;2"]),
        ("sku, name\nA;1, Chair\nB;2, Table\n", ["A;1", "B;2"]),
        ("sku,name,price\nA;1;x,Chair,1.00\nB;2;y,Lamp,2.00\n", ["A;1;x", "B;2;y"]),
        ("sku,name,tags\nA|1,Chair,a|b\nB|1,Chair,c|d\n", ["A|1", "B|1"]),
    ],
)  # fmt: skip
def test_rows_that_fit_the_header_and_make_sense_are_read_with_its_delimiter(
    text: str, skus: list[str]
) -> None:
    read = read_whole(text)
    assert (read.problem, list(read.products), read.rejected) == (None, skus, {})


@pytest.mark.parametrize(
    "text",
    [
        "sku,name\nA-1;Cup, white\nB-2;Mug, black\n",
        "sku,price\nA-1;1,50\nB-2;2,50\n",
        "name,sku,price\nCup, white;A-1;1,50\nMug, black;B-2;2,50\n",
        "sku,name,price\nA-1;Cup;1,50\nB-2;Mug, black;2,50\n",
        "sku,name,colour\nA-1;Cup,big;red,x\nB-2;Cup,small;red,y\n",
    ],
)
def test_skus_with_another_cell_in_them_are_asked_about_and_either_answer_holds(text: str) -> None:
    mode = Mode.UPDATE_ONLY if "name" not in text else Mode.UPSERT
    other, own = get_options(read_whole(text, mode=mode))
    assert list(read_whole(text, mode=mode, **other).products) == ["A-1", "B-2"]
    kept = read_whole(text, mode=mode, **own)
    assert kept.problem is None and own == {"delimiter": ","}
    assert len(kept.products) + len(kept.rejected) == 2
