"""Lines that are no products, and the options that say what they are."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.imports.factories import upload
from tests.imports.reading import get_options, read_whole
from tests.imports.test_routes import Run, imported

ROWS = "A-1,Chair,Oak\nA-2,Table,Pine\n"
TEMPLATES = {
    "types": "varchar(32),varchar(255),text\n",
    "names again": "item_sku,item_name,description\n",
    "types in words": "Text,Text,Long text\n",
    "needed or not": "required,required,optional\n",
}


@pytest.mark.parametrize("kind", TEMPLATES)
def test_a_line_that_explains_the_columns_is_asked_about(kind: str) -> None:
    text = "sku,name,description\n" + TEMPLATES[kind] + ROWS
    without, kept = get_options(read_whole(text))
    assert without == {"header_row": 1, "leave_out": [2]}
    read = read_whole(text, **without)
    assert (list(read.products), read.skipped, read.problem) == (["A-1", "A-2"], 1, None)
    assert len(read_whole(text, **kept).products) == 3


@pytest.mark.parametrize("row", ["A-0,Text,Oak\n", ",,EUR\n", "sku,name,description\n"])
def test_a_row_with_some_such_words_is_not_asked_about(row: str) -> None:
    assert read_whole("sku,name,description\n" + row + ROWS).problem is None


@pytest.mark.parametrize("word", ["Total", "SUMME", "Grand total:", "Итого"])
def test_a_row_whose_sku_is_a_word_for_a_total_is_asked_about(word: str) -> None:
    text = "sku,name,price\n" + "".join(f"K{n},Chair,1.00\n" for n in range(300))
    text += f"{word},300 products,300.00\n"
    without, kept = get_options(read_whole(text))
    assert without == {"leave_out": [302]}
    assert len(read_whole(text, **without).products) == 300
    read = read_whole(text, **kept)
    assert (len(read.products), read.notices) == (301, {"totals_row": [302]})


def test_an_answer_about_some_lines_answers_nothing_about_others() -> None:
    text = "sku,name,price\nText,Text,Decimal\nA-1,Chair,1.00\nSubtotal,1,1.00\nTotal,2,2.00\n"
    without, kept = get_options(read_whole(text))
    assert (without["leave_out"], kept["keep"]) == ([2], [2])
    [dropped, taken] = get_options(read_whole(text, **without))
    assert dropped == {"leave_out": [2, 4, 5]}
    assert taken == {"keep": [4, 5]}
    read = read_whole(text, **without, **taken)
    assert (list(read.products), read.problem) == (["A-1", "Subtotal", "Total"], None)
    assert list(read_whole(text, leave_out=[2, 5], keep=[4]).products) == ["A-1", "Subtotal"]
    assert read_whole(text, leave_out=[2, 99]).problem is not None


def test_a_first_line_that_looks_like_a_product_is_asked_about() -> None:
    text = "NH-1,Cup,12.90\nNH-2,Mug,9.90\nNH-3,Jar,5.90\n"
    none, first = get_options(read_whole(text))
    read = read_whole(text, **none)
    assert {sku: (r["name"], r["price"]) for sku, r in read.products.items()} == {
        "NH-1": ("Cup", "12.90"), "NH-2": ("Mug", "9.90"), "NH-3": ("Jar", "5.90"),
    }  # fmt: skip
    assert first == {"header_row": 1}
    problem = read_whole(text, **first).problem
    assert problem is not None
    assert problem.slug == "missing-columns"


def test_lines_left_out_count_as_skipped_whatever_they_are() -> None:
    text = 'sku,name\nA,Chair\nB,"x"y\nC\nD,Desk\n'
    read = read_whole(text, leave_out=[2, 3, 4])
    assert (list(read.products), read.rejected, read.skipped) == (["D"], {}, 3)
    assert {code: sorted(lines) for code, lines in read.notices.items()} == {"left_out": [2, 3, 4]}


def test_the_header_is_the_line_that_was_named() -> None:
    text = "sku,name\nold,list\n\nnumber,label\nA,Chair\n"
    read = read_whole(text, header_row=4, mapping={"sku": "number", "name": "label"})
    assert list(read.products) == ["A"]
    problem = read_whole(text, header_row=40).problem
    assert problem is not None
    assert "line 40" in problem.detail


def test_the_options_come_by_form_and_by_json_and_answer_the_question(
    client: FlaskClient, run_jobs: Run
) -> None:
    text = "sku#name#price\nvarchar#varchar#number\nA#Chair#1.50\n"
    waiting = imported(client, run_jobs, text, delimiter="#")
    assert (waiting["status"], waiting["problem"]["type"]) == (
        "needs_mapping",
        "/problems/question",
    )
    options = waiting["problem"]["answers"][0]["options"]
    assert client.post(f"/api/imports/{waiting['id']}/start", json=options).status_code == 202
    run_jobs()
    done = client.get(f"/api/imports/{waiting['id']}").get_json()
    assert (done["status"], done["counts"]["created"], done["counts"]["skipped"]) == (
        "completed", 1, 1,
    )  # fmt: skip
    again = imported(client, run_jobs, text, delimiter="#", header_row="1", leave_out="[2]")
    assert (again["status"], again["counts"]["unchanged"]) == ("completed", 1)


@pytest.mark.parametrize(
    "options",
    [
        {"delimiter": '"'}, {"delimiter": "ab"}, {"delimiter": "\n"}, {"header_row": "-1"},
        {"leave_out": "[0]"}, {"leave_out": "{"}, {"leave_out": '["x"]'},
    ],
)  # fmt: skip
def test_options_that_make_no_sense_are_refused(
    client: FlaskClient, options: dict[str, str]
) -> None:
    assert upload(client, b"sku,name\nA,b\n", **options).status_code == 422


@pytest.mark.parametrize("count", [2, 3000])
@pytest.mark.parametrize("second", ["name,sku,description", "sku,name,stock"])
def test_a_second_header_with_other_columns_ends_the_import(count: int, second: str) -> None:
    rows = "".join(f"A-{at},Chair {at},Oak\n" for at in range(count))

    read = read_whole(f"sku,name,description\n{rows}{second}\nZ,z,3\n")

    assert read.problem is not None
    assert f"On line {count + 2:,} a second header begins" in read.problem.detail


@pytest.mark.parametrize("count", [2, 3000])
@pytest.mark.parametrize(
    "second",
    ["Artikelnummer,Bezeichnung,Preis", "id,title,cost", "stock,sku,name", "Preis,Titel,Art-Nr"],
)
def test_a_second_header_in_other_words_ends_the_import(count: int, second: str) -> None:
    rows = "".join(f"A-{at},Chair {at},{at}.50\n" for at in range(count))

    read = read_whole(f"sku,name,price\n{rows}{second}\nZ,z,3.00\n")

    assert read.problem is not None
    assert f"On line {count + 2:,} a second header begins" in read.problem.detail


@pytest.mark.parametrize(
    "row",
    [
        "TITEL,Chair,on request",
        "A-1,Title,n/a",
        "CODE,Name tag,n/a",
        "id,Chair,cost",
        "NAME,Title,",
    ],
)
def test_a_product_called_like_a_column_is_no_second_header(row: str) -> None:
    assert read_whole(f"sku,name,price\nA-7,Chair,1.00\n{row}\n").problem is None


def test_technical_names_below_a_header_are_a_rejected_row() -> None:
    names = "SKU,Title,Price,Colour\nitem_code,item_name,standard_price,tone\n"
    read = read_whole(f"{names}A-1,Chair,1.00,red\n")

    assert (list(read.products), read.rejected) == (["A-1"], {2: "price_invalid"})


def test_a_stray_quote_in_a_header_loses_no_column() -> None:
    read = read_whole('sku,name,descr"iption\nA,Chair,Oak\n')

    assert read.products["A"]["description"] == "Oak"


@pytest.mark.parametrize("row", ["SKU-{n},Name {n}", "sku{n},Product name {n}", "Sku {n},{n}"])
@pytest.mark.parametrize("count", [1, 2, 30])
def test_products_named_after_their_columns_are_not_asked_about(row: str, count: int) -> None:
    lines = [row.format(n=n) for n in range(count)]
    result = read_whole("\n".join(["sku,name", *lines]))
    assert result.problem is None
    assert len(result.products) == count


def test_rows_that_only_repeat_names_are_products_where_there_are_no_others() -> None:
    result = read_whole("sku,name\nsku-a,name-a\nsku-b,name-b\n")
    assert list(result.products) == ["sku-a", "sku-b"]
