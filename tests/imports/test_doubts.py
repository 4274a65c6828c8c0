"""Columns that are in doubt until the file's end."""

from __future__ import annotations

import pytest

from app.imports.questions import AmbiguousColumn
from tests.imports.reading import read_whole


@pytest.mark.parametrize("header", ["Status", "Published", "Product status", "visible"])
def test_a_status_of_which_no_value_is_a_flag_is_left_out_and_named(header: str) -> None:
    rows = "".join(f"S{at},Mat,In stock\n" for at in range(300))
    result = read_whole(f"sku,name,{header}\n{rows}Z,Rug,Sold out\n")
    assert (result.problem, len(result.products), result.rejected) == (None, 301, {})
    assert result.understanding.mapping is not None
    assert result.understanding.mapping.ignored == (header,)
    assert result.understanding.notices == [
        {
            "code": "status_not_imported",
            "count": 0,
            "lines": [],
            "examples": ["In stock"],
            "detail": f"The column “{header}” is not imported as the status: none of its values "
            "means yes or no. New products are active, and others stay as they are.",
        }
    ]


def test_another_column_is_the_status_where_one_holds_no_flags() -> None:
    result = read_whole("sku,name,Status,Published\nA,Mat,In stock,TRUE\nB,Rug,Sold out,FALSE\n")
    assert [row["active"] for row in result.products.values()] == ["t", "f"]


def test_an_empty_status_is_one() -> None:
    result = read_whole("sku,name,status\nA,Mat,\n")
    assert result.products["A"]["active"] == "t"


def test_a_flag_that_comes_late_in_a_column_left_out_is_asked_about() -> None:
    rows = "".join(f"S{at},Mat,In stock\n" for at in range(9_000))
    text = f"sku,name,status\n{rows}Z,Rug,inactive\n"
    problem = read_whole(text).problem
    assert isinstance(problem, AmbiguousColumn)
    assert problem.detail.startswith(
        "The column “status” holds values that mean yes or no, and others such as “In stock”."
    )
    answers = problem.data["answers"]
    assert isinstance(answers, list)
    without, with_it = (read_whole(text, **answer["options"]) for answer in answers)
    assert (len(without.products), len(without.rejected)) == (9_001, 0)
    assert (len(with_it.products), len(with_it.rejected)) == (1, 9_000)


def test_a_status_that_turns_out_to_be_none_is_asked_about_before_most_rows_are_lost() -> None:
    rows = "".join(f"S{at},Mat,In stock\n" for at in range(9_000))
    problem = read_whole("sku,name,status\n" + "A,Mat,active\n" * 200 + rows).problem
    assert isinstance(problem, AmbiguousColumn)
    assert "“In stock”" in problem.detail


def test_prices_in_cents_are_left_out_and_named() -> None:
    result = read_whole("sku,name,unit_price_cents\nA,Mat,1290\n")
    assert [notice["code"] for notice in result.understanding.notices] == ["price_not_imported"]
    assert result.understanding.notices[0]["examples"] == ["1290"]


@pytest.mark.parametrize(
    ("text", "suggested"),
    [
        ("seller-sku\tproduct-id\titem-name\tprice\nA-1\t99\tCup\t1\n", {"sku": "seller-sku"}),
        ("No.;Description;Unit Price;Blocked\n1000;Bicycle;4,00;No\n1001;Bike;4,50;Yes\n",
         {"sku": "No.", "name": "Description"}),
        ("sku;name(en-gb);description(en-gb);price\nA;Cup;Round, white;1\n",
         {"name": "name(en-gb)", "description": "description(en-gb)"}),
        ("Foo,Bar,Baz,Worth\nX1,Oak table,Brown,9.90\nX2,Chair,Brown,8.90\n",
         {"sku": "Foo", "name": "Bar", "price": "Worth"}),
        ("Marka;Kod;Artikel\nX;5901;Stół\nX;5902;Krzesło\n", {"sku": "Kod", "name": "Artikel"}),
        ("just one\nA\nB\n", {}),
    ],
)  # fmt: skip
def test_the_likeliest_columns_are_suggested_for_those_that_are_missing(
    text: str, suggested: dict[str, str]
) -> None:
    problem = read_whole(text).problem
    assert problem is not None
    assert (problem.slug, problem.data["suggested"]) == ("missing-columns", suggested)


def test_a_missing_column_says_what_to_do() -> None:
    problem = read_whole("seller-sku,product-id,item-name\nA-1,99,Cup\n").problem
    assert problem is not None
    assert problem.detail == (
        "No column of the file is recognised as the SKU. Choose the columns, or rename them in "
        "the file. Likely: “seller-sku” as the SKU."
    )


def test_columns_of_one_name_are_asked_about_before_one_that_is_missing() -> None:
    problem = read_whole("sku,SKU*,label\nA,B,Cup\n").problem
    assert isinstance(problem, AmbiguousColumn)
    assert problem.data["field"] == "sku"


@pytest.mark.parametrize("header", ["Active", "Aktiv", "Enabled", "Aktywny", "Активен", "启用"])
def test_a_column_that_can_only_mean_active_is_held_to_its_name(header: str) -> None:
    assert read_whole(f"sku,name,{header}\nA,Mat,In stock\n").rejected == {2: "active_invalid"}


@pytest.mark.parametrize("header", ["Publié", "Pubblicato", "Publicerad", "Julkaistu"])
def test_a_draft_of_woocommerce_is_one_in_any_language(header: str) -> None:
    result = read_whole(f"sku,name,{header}\nA,Mat,-1\nB,Rug,1\n")
    assert [row["active"] for row in result.products.values()] == ["f", "t"]
