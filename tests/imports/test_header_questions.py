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
    "text",
    [
        "sku,Name, short,description,brand\nA-1,Chair,txt,acme\nA-2,Table,txt,acme\n"
        "A-3,Lamp,txt, more,acme\n",
        "sku,name,Width, cm,description\nA-1,Chair,10,txt\nA-2,Table,10,txt\n"
        "A-3,Lamp,10,txt, more\n",
        "sku,Name,short,description,brand\nA-1,Chair,txt,acme\nA-2,Table,txt,acme\n"
        "A-3,Lamp,txt, more,acme\n",
    ],
)
def test_a_row_with_a_stray_delimiter_leaves_a_cut_name_in_the_header_asked_about(
    text: str,
) -> None:
    assert "has 5 names, and nearly every row has 4 cells" in ask(text)
    cut = get_options(read_whole(text))[:-1]
    read = [read_whole(text, **options) for options in cut]
    assert take(read[0], "sku", "name")[0] == ("A-1", "Chair")
    assert ("A-1", "txt") in [take(one, "sku", "description")[0] for one in read]
    assert {frozenset(one.rejected.items()) for one in read} == {frozenset({(4, "too_many_cells")})}


@pytest.mark.parametrize(
    "text",
    ["sku,name, price,description\nA,Bed,9\nB,Chair,9\nC,Lamp,9,text\n",
     "sku,name, colour,price,notes\nA,Bed,red,9.00\nB,Bed,red,9.00\nC,Bed,red,9.00,text\n",
     "sku,name,price,description\nA,Bed,9\nB,Chair,9\nC,Lamp,9, text\n",
     "sku, name,price\nA,Bed\nB,Chair\nC,Lamp,9.00\n"],
)  # fmt: skip
def test_a_name_with_a_space_before_it_is_whole_where_numbers_stand_below_it(text: str) -> None:
    assert list(read_whole(text).products) == ["A", "B", "C"]


@pytest.mark.parametrize("title", ["Chairs,", "Chairs", "Chairs,Oak"])
def test_a_title_above_rows_with_an_empty_cell_too_many_is_no_rest_of_the_header(
    title: str,
) -> None:
    text = f"sku,name,price\n{title}\nA-1,Chair 1,1.00,\nA-2,Chair 2,1.00,\n"
    read = read_whole(text + "".join(f"B-{at},Stool,2.00,\n" for at in range(8)))
    assert (read.problem, len(read.products), list(read.rejected)) == (None, 10, [2])


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
