"""How many cells rows have: which rows fit, and which have their values in the wrong columns."""

from __future__ import annotations

import pytest

from app.imports.errors import Question
from app.imports.shape import RowShape, find_shape
from tests.imports.reading import get_options, read_whole

HEADER = ["sku", "name", "price", "description", "notes"]
ROWS = [
    ["A-1", "Chair", "12.00", "Oak chair", ""],
    ["A-2", "Table", "45.00", "Round", "new"],
    ["A-3", "Stool", "9.00", "Beech", ""],
    ["A-4", "Lamp", "20.00", "Brass", ""],
]
CLEAN = [HEADER, *ROWS]


def join(rows: list[list[str]]) -> str:
    """Rows as a file with commas."""
    return "".join(",".join(row) + "\n" for row in rows)


def test_surplus_empty_cells_are_forgiven_where_every_row_has_as_many() -> None:
    shape = find_shape(["sku", "name"], [["A", "Chair", "", ""], ["B", "Table", "", ""]])
    assert shape == RowShape(width=2, named=2, usual=4)
    assert shape.fit(["C", "Desk", "", ""]) == ["C", "Desk"]
    assert shape.fit(["C", "Desk", "", "x"]) is None
    assert shape.fit(["C", "Desk", ""]) is None
    assert shape.fit(["C", "Desk"]) == ["C", "Desk"]
    assert shape.fit(["C", ""]) is None


def test_a_single_row_with_a_surplus_empty_cell_is_rejected() -> None:
    read = read_whole("sku,price,name,notes\nA,1.00,Chair,\nB,2.00,Table, round,\nC,3.00,Stool,\n")
    assert read.rejected == {3: "too_many_cells"}
    assert list(read.products) == ["A", "C"]
    assert read_whole("sku,name\nA,Chair,\n").rejected == {2: "too_many_cells"}


def test_a_value_below_a_column_without_a_name_on_the_right_is_a_cell_too_many() -> None:
    read = read_whole("sku,name,price,\nA,Chair,1,\nB,Table,2,new\nC,Stool,3,\nD,Desk,4,\n")
    assert read.rejected == {3: "too_many_cells"}
    assert read_whole(",sku,name,\n0,A,Chair,\n1,B,Table,\n").rejected == {}


def test_a_delimiter_behind_the_header_alone_changes_nothing() -> None:
    read = read_whole("sku,name,price,\nA,Chair,1\nB,Table,2\n")
    assert (list(read.products), read.rejected, read.problem) == (["A", "B"], {}, None)


def find_places(text: str) -> list[int]:
    return list(range(len(text.rstrip("\n")) + 1))


@pytest.mark.parametrize("empty", [[], ["notes"], ["description", "notes"]])
def test_a_delimiter_more_anywhere_in_a_clean_file_never_passes_unseen(empty: list[str]) -> None:
    table = [HEADER, *([c if n not in empty else "" for n, c in zip(HEADER, row, strict=True)]
                       for row in ROWS)]  # fmt: skip
    right = read_whole(join(table)).products
    text, passed = join(table), []
    for place in find_places(text):
        read = read_whole(text[:place] + "," + text[place:])
        wrong = [sku for sku, row in read.products.items() if right.get(sku) != row]
        if wrong and read.problem is None:
            passed.append((place, wrong))
    assert passed == []


def test_a_delimiter_less_anywhere_in_a_clean_file_never_passes_unseen() -> None:
    text, passed = join(CLEAN), []
    right = read_whole(text).products
    for place in (at for at, mark in enumerate(text) if mark == ","):
        read = read_whole(text[:place] + text[place + 1 :])
        wrong = [sku for sku, row in read.products.items() if right.get(sku) != row]
        if wrong and read.problem is None:
            passed.append((place, wrong))
    assert passed == []


def test_rows_that_excel_has_cut_behind_their_last_cell_are_filled_up() -> None:
    text = "sku,name,price,description,color\nA,Cup,1.90,White,red\nB,Mug,2.90\nC,Jar,3.90,Clear\n"
    read = read_whole(text)
    assert read.rejected == {}
    assert [(row["price"], row["description"]) for row in read.products.values()] == [
        ("1.90", "White"), ("2.90", ""), ("3.90", "Clear"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "rows",
    [
        # One row alone is no habit.
        ["A,Cup,1.90,White", "B,Mug,2.90", "C,Jar,3.90,Clear", "D,Pot,4.90,Red", "E,Pan,5.90,Blue"],
        # Excel writes no empty cell at the end of any row.
        ["A,Cup,1.90,White", "B,Mug,2.90", "C,Jar,3.90,", "D,Pot,4.90"],
        # A cell is missing in the middle.
        ["A,Cup,1.90,White", "B,Mug,Blue", "C,Jar,Clear", "D,Pot,4.90,Red"],
        # A line break has cut rows in two.
        ["A,Cup,White,Round", "B,Mug", "blue,Tall,Long", "C,Jar", "clear,Low,Wide"],
    ],
)
def test_short_rows_are_rejected_where_their_cells_may_have_moved(rows: list[str]) -> None:
    third = "price" if "1.90" in rows[0] else "vendor"
    read = read_whole("\n".join([f"sku,name,{third},description", *rows]))
    short = {n for n, row in enumerate(rows, start=2) if row.count(",") < 3}
    assert set(read.rejected) == short | {
        n for n, r in enumerate(rows, start=2) if r == "Jar,3.90,"
    }
    assert set(read.rejected.values()) == {"too_few_cells"}


SPLIT = {
    "a column without a name": "sku,name,price,\nA,Chair,12,90\nB,Desk,149,00\n",
    "one with a name": "sku,name,price,notes\nA,Chair,12,50,\nB,Table,45,90,\nC,Lamp,120,75,\n",
    "with a text behind": "sku,name,price,notes\nA,Chair,12,90,\nB,Desk,149,00,Oak\n",
    "a single row": "sku,name,price,notes\nA,Chair,12,90,\n",
}


@pytest.mark.parametrize("kind", SPLIT)
def test_prices_cut_at_a_decimal_comma_are_asked_about_and_either_answer_holds(kind: str) -> None:
    asked = read_whole(SPLIT[kind])
    assert isinstance(asked.problem, Question)
    assert get_options(asked) == [{"decimal": ","}, {"decimal": "."}]
    joined = read_whole(SPLIT[kind], decimal=",")
    assert joined.problem is None and joined.rejected == {}
    assert joined.products["A"]["price"] in ("12.90", "12.50")
    if kind == "one with a name":
        assert read_whole(SPLIT[kind], decimal=".").products["A"]["price"] == "12"


def test_a_header_one_name_short_is_asked_about_and_either_answer_holds() -> None:
    text = "sku,name\n1,A-1,Chair\n2,A-2,Table\n3,A-3,Stool\n"
    asked = read_whole(text)
    assert isinstance(asked.problem, Question)
    first, last = get_options(asked)
    assert [*read_whole(text, **first).products] == ["A-1", "A-2", "A-3"]
    read = read_whole(text, **last)
    assert {sku: row["name"] for sku, row in read.products.items()} == {
        "1": "A-1", "2": "A-2", "3": "A-3",
    }  # fmt: skip
    assert read.notices == {"left_out": [1]}


def test_a_name_that_is_two_is_asked_about_where_rows_have_a_cell_more() -> None:
    text = "sku,name,pricedescription,notes\nA,Chair,12.00,Oak,\nB,Table,45.00,Round,\n"
    asked = read_whole(text)
    assert isinstance(asked.problem, Question)
    assert "“pricedescription”" in asked.problem.detail
    assert read_whole(text, header_row=1, mapping={"price": None}).problem is None


def test_a_row_broken_in_two_is_no_pair_of_rows_cut_by_a_spreadsheet() -> None:
    header = ["name", "sku", "price", "stock", "colour", "description"]
    rows = [
        ["Chair", "A-1", "5.00", "0", "blue", "Oak"],
        ["Desk", "A-2", "8.37", "1", "re"],
        ["d", "Seats four"],
    ]

    assert not find_shape(header, rows).is_cut


@pytest.mark.parametrize(
    "rows",
    [
        ["A-1,Bed,9.00", "A-2,Chair", "A-3,Lamp"],
        ["1001,Bed,9.00", "1002,Chair", "1003,Lamp"],
        ["BED,Bed,9.00", "CHAIR,Chair", "LAMP,Lamp"],
        ["A-1,Bed,9.00", "B12,Bed,9.00", "X9Y,Chair", "QQ-A-1,Lamp"],
        ["A-1,Chair,2.00,text,400", "A-2,Table,3.00", "A-3,Lamp,1.00", "A-4,Sofa,4.00,text,401",
         "A-5,Desk,4.00"],
    ],
)  # fmt: skip
def test_short_rows_that_begin_with_a_key_are_no_halves_of_one_row(rows: list[str]) -> None:
    header = ["sku", "name", "price", "description", "ean"][: rows[0].count(",") + 1]
    read = read_whole("\n".join([",".join(header), *rows]))
    assert (len(read.products), read.rejected) == (len(rows), {})


def test_keys_behind_the_name_tell_whole_rows_from_halves_too() -> None:
    header = ["name", "sku", "price"]
    assert find_shape(header, [["Bed", "A-1", "9.00"], ["Chair", "A-2"], ["Lamp", "A-3"]]).is_cut


@pytest.mark.parametrize("key", ["A-", "100"])
def test_halves_of_rows_are_none_of_a_cut_file_whatever_its_keys_are(key: str) -> None:
    rows = [f"{key}1,Cup,White,Low", f"{key}2,Mug", "120,Tall,Long", f"{key}3,Jar", "80,Low,Wide"]
    header = ["sku", "name", "vendor", "description"]
    assert not find_shape(header, [row.split(",") for row in rows]).is_cut
