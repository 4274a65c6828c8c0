"""Files with a second table whose header has more names than the first: no row is dropped."""

from __future__ import annotations

import pytest

from app.imports.errors import OtherHeader
from tests.imports.reading import read_whole

TABLE = "sku,name,price\nA-1,Chair,1.00\nA-2,Table,2.00\n"
MANY = "sku,name,price\n" + "".join(f"A-{n},Chair,{n}.00\n" for n in range(1, 9))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("sku,name\nA-1,Chair\nsku,name,price\nB-1,Lamp,3.00\n", 3),
        (TABLE + "sku,name,price,description\nB-1,Lamp,3.00,x\n", 4),
        (TABLE + "\nsku,name,price,description\nB-1,Lamp,3.00,x\n", 5),
        (TABLE + '"SKU","Name","Price","Description"\n', 4),
        ("sku,name,price\nA 1,Chair\nA 2,Table\nsku,name,price,active\nB-1,Lamp,3.00,yes\n", 4),
        ("name,price\nChair,1.00\nsku,name,price\nB-1,Lamp,3.00\n", 3),
        (MANY + "sku;name;price\nB-1;Table;3.00\n", 10),
        ("Products\n\n" + TABLE + "sku,name,price,active\nB-1,Lamp,3.00,yes\n", 6),
        ("Code,Item,Qty\nA-1,Chair,1\nA-2,Table,2\nSKU,Name,Price\nB-1,Lamp,3.00\n", 4),
        ("sku\nA-1\nA-2\nsku,name,price\nB-1,Lamp,3.00\n", 4),
        (MANY * 8 + "sku,name,price,description\nB-1,Lamp,3.00,x\n", 73),
    ],
)
def test_a_later_header_with_more_names_drops_no_row_above_it(text: str, line: int) -> None:
    problem = read_whole(text).problem
    assert isinstance(problem, OtherHeader)
    assert f"On line {line} a second header begins" in problem.detail


def test_a_later_header_is_seen_in_any_encoding() -> None:
    text = "sku;name;price\nA-1;Stühle;1,00\nsku;name;price;active\nB-1;Bänke;3,00;ja\n"
    assert isinstance(read_whole(text.encode("cp1252")).problem, OtherHeader)


@pytest.mark.parametrize(
    "above",
    [
        "Title,Products of ACME\nStatus,Active\n\n",
        "Title,Status\nProducts of ACME,Active\n\n",
        "Name,ACME Ltd\nDescription,All that we sell\nPrice,in EUR\n",
        "Product,,Price\n",
        "Seller SKU,Product Name\n",
        "SKU,Product name\nYour SKU,Your name\n",
        "SKU,Product name\nA unique identifier for the product,A short title\n",
        "SKU,Product name\nstring,string\n",
        "# columns: sku, name, price\n# A-1, Chair, 1.00\n",
        "Category,Items\nChairs,5\nTables,3\n\n",
        "Branch,Town\nB-1,Berlin\nB-2,Bonn\n\n",
        "SKU\nlist of 2024\n\n",
    ],
)
def test_lines_of_a_report_or_a_template_above_the_header_are_skipped(above: str) -> None:
    read = read_whole(above + "sku,name,price\nB-1,Lamp,3.00\nB-2,Cup,4.00\n")
    assert (read.problem, list(read.products)) == (None, ["B-1", "B-2"])


def test_a_header_that_was_named_is_the_header() -> None:
    read = read_whole(TABLE + "sku,name,price,active\nB-1,Lamp,3.00,yes\n", header_row=4)
    assert (read.problem, list(read.products)) == (None, ["B-1"])
