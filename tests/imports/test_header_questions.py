"""Headers that do not fit the rows below them, and the questions about them."""

from __future__ import annotations

import pytest

from app.imports.errors import Question
from tests.imports.reading import Result, get_options, read_whole

Rows = list[tuple[str | None, ...]]
CUPS: Rows = [("A-1", "Cup", "White", "12.90"), ("A-2", "Mug", "Black", "9.90")]


def take(result: Result, *fields: str) -> Rows:
    """The products' values."""
    assert result.problem is None
    return [tuple(row.get(field) for field in fields) for row in result.products.values()]


def ask(text: str) -> str:
    """What is asked about a file."""
    problem = read_whole(text).problem
    assert isinstance(problem, Question), problem
    return problem.detail


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
    (options,) = get_options(read_whole(header + rows))
    assert take(read_whole(header + rows, **options), "sku", "name", "description", "price") == CUPS


def test_a_header_with_another_delimiter_names_both_also_where_cells_happen_to_fit() -> None:
    text = "sku,name,price\nA-1;Cup, white;1,50\nA-2;Mug, black;2,50\n"
    assert ask(text) == (
        "The header has a comma between its names, and the rows below it have a semicolon between "
        "their cells. Correct the header, or have the rows read so."
    )
    (options,) = get_options(read_whole(text))
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
    "header",
    ["sku,name,Description, long,price", "SKU,Title,Body (HTML), cleaned,Price",
     "sku,name, of the product,description,price", "sku,name,description,price, EUR",
     "sku, internal,name,description,price", "sku,name,Long, Description,price"],
)  # fmt: skip
def test_a_name_with_a_delimiter_in_it_is_one_name_in_one_click(header: str) -> None:
    text = header + "\nA-1,Cup,White,12.90\nA-2,Mug,Black,9.90\n"
    assert "has 5 names, and nearly every row has 4 cells" in ask(text)
    joined = get_options(read_whole(text))[0]
    assert take(read_whole(text, **joined), "sku", "name", "description", "price") == CUPS


def test_a_name_with_two_delimiters_in_it_is_one_name_in_one_click() -> None:
    text = "sku,name,Description, long, of the cup,price\nA-1,Cup,White,12.90\nA-2,Mug,Black,9.90\n"
    joined = get_options(read_whole(text))[0]
    assert take(read_whole(text, **joined), "sku", "name", "description", "price") == CUPS


def test_rows_that_are_read_with_a_wrong_delimiter_get_no_answer_that_keeps_it() -> None:
    text = "sku,name,price\nA-1;Cup;1,50\nA-2;Mug;2,50\n"
    assert read_whole(text, delimiter=",").rejected == {2: "too_few_cells", 3: "too_few_cells"}


def test_a_last_column_that_every_row_lacks_is_empty_in_one_click() -> None:
    text = "sku,name,description,price,notes\nA-1,Cup,White,12.90\nA-2,Mug,Black,9.90\n"
    *_, empty = get_options(read_whole(text))
    assert take(read_whole(text, **empty), "sku", "name", "description", "price") == CUPS


@pytest.mark.parametrize("count", [2, 40])
def test_rows_cut_after_their_last_cell_are_not_asked_about(count: int) -> None:
    rows = "".join(f"A-{at},Cup,White,12.90\n" for at in range(count))
    text = "sku,name,description,price,notes\n" + rows + "B-3,Jar,Red,1.00,x\n"
    assert len(read_whole(text).products) == count + 1


@pytest.mark.parametrize("count", [2, 40])
def test_a_row_with_a_stray_delimiter_makes_no_two_names_of_one(count: int) -> None:
    rows = "".join(f"A-{at},Cup,White,12.90\n" for at in range(count))
    read = read_whole("sku,name,Description, long,price\n" + rows + "B-3,Jar,Red, wide,1.00\n")
    assert set(read.rejected.values()) == {"too_few_cells"} or isinstance(read.problem, Question)
    assert not any(sku.startswith("A") for sku in read.products)


@pytest.mark.parametrize(
    ("first", "second"),
    [("sku,name,Description", "(long),price"), ("sku,name,Descrip", "tion,price"),
     ("sku", "number,name,description,price")],
)  # fmt: skip
def test_a_header_broken_into_two_lines_is_one_in_one_click(first: str, second: str) -> None:
    text = f"{first}\n{second}\nA-1,Cup,White,12.90\nA-2,Mug,Black,9.90\nA-3,Jar,,1.00\n"
    if first == "sku":
        assert not isinstance(read_whole(text).problem, Question)
        return
    assert ask(text).startswith("The header seems to go on in line 2: ")
    options = get_options(read_whole(text))[0]
    assert take(read_whole(text, **options), "sku", "name", "description", "price")[:2] == CUPS
