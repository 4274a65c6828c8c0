"""What is asked about a file's columns, and what its answers bring."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from app.imports.questions import AmbiguousColumn
from app.products.upsert import Mode
from tests.imports.reading import Result, get_options, read_whole


def ask(text: str, **wishes: Any) -> AmbiguousColumn:
    """The question about a file."""
    problem = read_whole(text, **wishes).problem
    assert isinstance(problem, AmbiguousColumn), problem
    return problem


def answer(text: str, label: str, **wishes: Any) -> Result:
    """The file, read as one of the answers says."""
    answers = ask(text, **wishes).data["answers"]
    assert isinstance(answers, list)
    options = next(a["options"] for a in answers if a["label"] == label)
    return read_whole(text, **{**wishes, **options})


def labels(problem: AmbiguousColumn) -> Mapping[str, list[str]]:
    """The samples of each answer by its label."""
    answers = problem.data["answers"]
    assert isinstance(answers, list)
    return {a["label"]: a["samples"] for a in answers}


BOTH = {"name": "name", "description": "name"}
TWO_CURRENCIES = "sku;name;price-EUR;price-USD\nA;Cup;12.90;14.90\nB;Mug;9.90;11.90\n"


def test_prices_in_two_currencies_are_asked_about_with_samples_of_the_same_rows() -> None:
    problem = ask(TWO_CURRENCIES)
    assert problem.detail == "“price-EUR” and “price-USD” may each be the price. Choose one."
    assert labels(problem) == {
        "“price-EUR” is the price": ["A · 12.90", "B · 9.90"],
        "“price-USD” is the price": ["A · 14.90", "B · 11.90"],
        "No price column": [],
    }


def test_an_answer_is_kept_and_carries_what_was_wished_before() -> None:
    chosen = answer(TWO_CURRENCIES, "“price-USD” is the price", mapping=BOTH)
    assert chosen.problem is None
    product = chosen.products["A"]
    assert (product["price"], product["description"]) == ("14.90", "Cup")
    without = answer(TWO_CURRENCIES, "No price column")
    assert (without.problem, without.products["A"].get("price")) == (None, None)


@pytest.mark.parametrize(
    "names",
    [("Price tax excluded", "Price tax included"), ("Preis netto", "Preis brutto"),
     ("Prix HT", "Prix TTC"), ("Price (EUR)", "Price (USD)"), ("Preis €", "Preis CHF")],
)  # fmt: skip
def test_columns_that_may_both_be_the_price_are_asked_about(names: tuple[str, str]) -> None:
    problem = ask(f"sku;name;{names[0]};{names[1]}\nA;Cup;1.00;2.00\n")
    assert problem.data["suggested"] == {"price": names[0]}
    assert list(labels(problem))[:2] == [f"“{name}” is the price" for name in names]


@pytest.mark.parametrize("mode", [Mode.UPSERT, Mode.UPDATE_ONLY])
@pytest.mark.parametrize(
    ("header", "cells"),
    [("VK (brutto, EUR)", ["12,90", "1.299,00"]), ("EUR", ["12.90", "9.90"]),
     ("Worth", ["$12", "$9.50"]),
     ("Precio final", ["12", "13"]), ("Asked", ["9.50", "on request", "8.00"]),
     ("Wholesale price", ["7.50", "8"]), ("cost", ["7.50", "8.00"]),
     ("Unit cost", ["7.50", "8.25"]), ("MSRP", ["7.50", "8.00"]), ("RRP", ["7", "8"]),
     ("EK", ["7,50", "8,00"]), ("Cost per item", ["7.50", "8.00"]),
     *((name, ["7", "8"]) for name in (
         "cost", "Unit Cost", "Kosten", "Coste", "Euro", "Kč", "DKK", "R$", "Wholesale", "Retail",
         "Tarif", "Listino", "Betrag", "Importe (EUR)", "Valor", "Стоимость", "金額", "金额",
         "Netto", "Brutto EUR", "Harga", "Giá", "ราคา", "السعر", "מחיר",
     ))],
)  # fmt: skip
def test_a_column_that_looks_like_the_price_is_offered(
    header: str, cells: list[str], mode: Mode
) -> None:
    rows = "".join(f'{at},Cup,"{cell}"\n' for at, cell in enumerate(cells))
    problem = read_whole(f'sku,name,"{header}"\n{rows}', mode=mode).problem
    assert isinstance(problem, AmbiguousColumn)
    assert problem.data["suggested"] == {"price": header}
    assert problem.detail == (
        f"No column is recognised as the price, and “{header}” looks like one. "
        "Choose the column, or import the file without a price."
    )


@pytest.mark.parametrize(
    ("header", "cells"),
    [("Stock", ["5", "7"]), *((name, ["1.25", "0.50"]) for name in (
        "Radius", "ABV", "Alkohol", "Sterne", "Quantity On Hand", "Forecasted", "Laufmeter",
        "Abmessung", "Leistung", "Netto weight", "Valoración",
    )),
 ("Figure", ["5", "7"]), ("Weight", ["1.25", "0.50"]),
     ("Ratio", ["0.125", "1.5"]),
     ("Shipping cost", ["7.50", "8.00"]), ("Cost center", ["7", "8"]),
     ("Tax rate", ["19.00", "7.00"]),
      ("Code", ["A.50", "B.50"]),
     ("Rating", ["4.50", "4.75"]), ("Ratio", ["1.5", "2.5"]),
      ("Day", ["01.02.2026", "02.02.2026"]),
     ("Free", ["", ""]), ("unit_price_cents", ["1290", "990"]), ("Text", ["Round", "Square"])],
)  # fmt: skip
def test_other_numbers_are_not_asked_about(header: str, cells: list[str]) -> None:
    rows = "".join(f"{at},Cup,{cell}\n" for at, cell in enumerate(cells))
    result = read_whole(f"sku,name,{header}\n{rows}")
    assert (result.problem, len(result.products)) == (None, 2)


def test_the_cost_is_offered_beside_other_columns_with_cents() -> None:
    rows = "A,Cup,2.50,1.25,1.10\nB,Mug,3.50,1.50,1.20\n"
    assert list(labels(ask("sku,name,cost,radius,roundness\n" + rows)))[:2] == [
        "“roundness” is the price", "“cost” is the price"
    ]  # fmt: skip
    rows = "A,Cup,2.50,1.25\nB,Mug,3.50,1.50\n"
    assert ask("sku,name,cost,radius\n" + rows).data["suggested"] == {"price": "cost"}


def test_beside_a_price_that_is_known_no_other_column_is_asked_about() -> None:
    others = "Cost,Compare at price,Weight,Sale price,Price / International,EUR,Stock"
    result = read_whole(f"sku,name,price,{others}\nA,Cup,5,1.00,6.00,0.25,4.00,7.00,5.00,3\n")
    assert (result.problem, result.products["A"]["price"]) == (None, "5")


@pytest.mark.parametrize(
    ("columns", "rows", "seen", "likely"),
    [
        ("Price,Price EUR", ",12.90", "", "Price EUR"),
        ("Price,RRP", "0.00,12", "", "RRP"),
        ("Price,Cost", ",12.90", "", "Cost"),
        ("Price,Unit price", ",12", "", "Unit price"),
        ("Price,Amount", "EUR,12.90", ", but values such as “EUR”", "Amount"),
        ("List price,Sale price", "A,$12", ", but values such as “A”", "Sale price"),
    ],
)  # fmt: skip
def test_a_price_column_without_prices_is_asked_about_beside_one_that_has_them(
    columns: str, rows: str, seen: str, likely: str
) -> None:
    text = f"sku,name,{columns}\n" + "".join(f"{at},Cup,{rows}\n" for at in "AB")
    problem = ask(text)
    price = columns.split(",", maxsplit=1)[0]
    assert problem.detail == (
        f"The column “{price}” has no price on any row looked at{seen}, and “{likely}” "
        "looks like one. Choose the column with the price."
    )
    assert list(labels(problem)) == [
        f"“{likely}” is the price", f"“{price}” is the price", "No price column"
    ]  # fmt: skip
    chosen = answer(text, f"“{likely}” is the price").products["B"]["price"]
    assert chosen in ("12.90", "12", "12.00")


def test_a_price_column_with_few_prices_is_asked_about_beside_one_that_is_called_so() -> None:
    rows = "".join(f"{at},Cup,,12.00,3.00\n" for at in range(30)) + "Z,Mug,5.00,6.00,2.00\n"
    problem = ask("sku,name,Price,Price EUR,Cost\n" + rows)
    assert problem.detail.startswith(
        "The column “Price” has no price on nearly all rows looked at, and “"
    )
    assert read_whole("sku,name,Price,Number,Cost\n" + rows).problem is None


@pytest.mark.parametrize(
    ("columns", "rows"),
    [("Price,Stock", [",5", ",7"]), ("Price,Weight", [",1.25", ",0.50"]),
     ("Price,RRP", ["1,2", ",3"]), ("Price,RRP", [",2", ",", ","]),
     ("Price,Price list", [",7", ",8"]),
     ("Price,Preiseinheit", [",1", ",1"]), ("Price,Cost", [",5", ",7"]),
     ("Price,RRP", ['="12.90",5', '="12.90",5']), ("Price,RRP", ["１２,5", "１２,5"]),
     ("Price,Note", ["on request,x", "on request,y"])],
)  # fmt: skip
def test_a_price_column_is_taken_by_its_name_where_no_other_is_better(
    columns: str, rows: list[str]
) -> None:
    lines = "".join(f"{at},Cup,{row}\n" for at, row in enumerate(rows))
    assert read_whole(f"sku,name,{columns}\n{lines}").problem is None


@pytest.mark.parametrize(
    "header",
    ['"Description\nlong"', "Description EN", "description-en_US", "Web description",
     "Beschreibung 1", '"Beschreibung\nOnline-Shop"', "Descripción (web)", "商品説明1"],
)  # fmt: skip
def test_a_column_that_is_called_like_the_description_is_offered(header: str) -> None:
    text = f"sku,name,price,{header}\nA,Cup,1.00,White\nB,Mug,2.00,\n"
    problem = ask(text)
    name = header.strip('"').replace("\n", " ")
    assert problem.detail == (
        f"No column is recognised as the description, and “{name}” looks like one. Choose the "
        "column, or import the file without a description."
    )
    chosen = answer(text, f"“{name}” is the description")
    assert chosen.products["A"]["description"] == "White"


@pytest.mark.parametrize(
    "header",
    ["Meta description", "SEO-Beschreibung", "Category description", "Image description", "Notes",
     "Tax description", "Manufacturer description", "Description ID"],
)  # fmt: skip
def test_texts_about_something_else_are_not_offered_as_the_description(header: str) -> None:
    assert read_whole(f"sku,name,price,{header}\nA,Cup,1.00,White\n").problem is None


def test_a_column_called_like_the_description_is_not_asked_about_without_texts_or_beside_one() -> (
    None
):
    for text in (
        "sku,name,Description EN\nA,Cup,\n", "sku,name,Description EN\nA,Cup,7\n",
        "sku,name,Description,Description EN\nA,Cup,White,x\n",
    ):  # fmt: skip
        assert read_whole(text).problem is None


def test_a_column_of_yes_and_no_is_offered_as_the_status() -> None:
    problem = ask("sku,name,price,In shop\nA,Cup,1.00,yes\nB,Mug,2.00,no\n")
    assert labels(problem) == {
        "“In shop” is the status": ["A · yes", "B · no"],
        "No status column": [],
    }
    chosen = answer("sku,name,Show\nA,Cup,1\nB,Mug,0\n", "“Show” is the status")
    assert [row["active"] for row in chosen.products.values()] == ["t", "f"]


@pytest.mark.parametrize(
    "columns",
    [("Taxable", "yes", "no"), ("Blocked", "yes", "no"), ("Gift card", "TRUE", "FALSE"),
     ("Size,Fits", "1,1", "0,0"), ("Vegan,Organic", "yes,no", "no,yes"), ("Vegan", "yes", "yes"),
     *((name, "yes", "no") for name in ("Bio", "Vegan", "Returnable", "Prescription", "Fit"))],
)  # fmt: skip
def test_properties_that_are_yes_or_no_are_not_asked_about(columns: tuple[str, str, str]) -> None:
    header, first, second = columns
    result = read_whole(f"sku,name,{header}\nA,Cup,{first}\nB,Mug,{second}\n")
    assert result.problem is None


def test_two_columns_of_one_name_are_asked_about_by_the_rows_that_differ() -> None:
    text = "SKU,Name,Price,price\nA,Mat,1,1\nB,Rug,20,16\n"
    problem = ask(text)
    assert problem.detail == (
        "2 columns are called “Price”, and their values differ. Choose the one with the price."
    )
    assert labels(problem) == {
        "“Price” is the price": ["B · 20"],
        "“price” is the price": ["B · 16"],
        "No price column": [],
    }
    assert answer(text, "“price” is the price").products["B"]["price"] == "16"


def test_a_repeated_header_has_a_number_that_a_mapping_can_name() -> None:
    text = "SKU,Name,SKU,Price\nOLD,Mat,NEW,10\n"
    problem = ask(text)
    assert labels(problem) == {
        "“SKU” is the SKU": ["OLD · Mat"],
        "“SKU (2)” is the SKU": ["NEW · Mat"],
    }
    chosen = answer(text, "“SKU (2)” is the SKU")
    assert list(chosen.products) == ["NEW"]
    assert [(c["header"], c.get("original")) for c in chosen.understanding.columns] == [
        ("SKU", None), ("Name", None), ("SKU (2)", "SKU"), ("Price", None),
    ]  # fmt: skip


def test_a_repeated_header_keeps_what_its_own_name_means_and_names_its_rejects() -> None:
    text = "sku,name,published,published\nA,Mat,1,-1\nB,Rug,1,later\n"
    chosen = answer(text, "“published (2)” is the status")
    assert chosen.products["A"]["active"] == "f"
    assert chosen.rejected == {3: "active_invalid"}


def test_columns_of_one_name_that_are_equal_are_one_until_a_row_differs() -> None:
    rows = "".join(f"S{at},Mat,{at},{at}\n" for at in range(9_000))
    header = "SKU,Name,Price,Price\n"
    same = read_whole(header + rows)
    assert (same.problem, len(same.products)) == (None, 9_000)
    assert same.understanding.mapping is not None
    assert same.understanding.mapping.ignored == ("Price (2)",)
    problem = ask(header + rows + "Z,Mat,1,2\n")
    assert labels(problem)["“Price (2)” is the price"] == ["Z · 2"]


def test_questions_come_one_after_the_other_until_all_are_answered() -> None:
    text = "SKU,SKU,Name,Price EUR,Price USD,Shop\nA,B,Cup,1.00,2.00,yes\nC,D,Mug,3.00,4.00,no\n"
    mapping: object = {}
    asked = []
    while isinstance(problem := read_whole(text, mapping=mapping).problem, AmbiguousColumn):
        asked.append(problem.data["field"])
        answers = problem.data["answers"]
        assert isinstance(answers, list)
        mapping = answers[0]["options"]["mapping"]
    assert asked == ["sku", "price", "active"]
    assert problem is None


def test_a_header_that_stands_in_the_file_again_is_no_value() -> None:
    header = "sku,name,Price,price,Worth,Show\n"
    rows = "A,Mat,1,1,x,yes\n", "B,Mat,2,2,x,no\n"
    assert ask(f"{header}{rows[0]}{header}{rows[1]}").data["field"] == "active"


def test_a_file_without_rows_is_not_asked_about() -> None:
    problem = read_whole("sku,name,Price EUR,Price USD\n").problem
    assert (type(problem).__name__, problem and problem.slug) == ("EmptyFile", "empty-file")


def test_a_price_list_without_names_may_update_known_products_by_one_click() -> None:
    read = read_whole("sku,price\nA-1,1.00\nA-2,2.00\n")
    assert get_options(read) == [{"mode": "update_only"}]
    assert read.problem is not None
    assert "can be updated" in read.problem.detail


def test_numbers_that_count_the_rows_are_not_suggested_as_the_sku() -> None:
    text = "kode,navn,pris\n1,A-1,Chair,1.00\n2,A-2,Table,2.00\n"
    problem = read_whole(text, header_row=0, leave_out=[1]).problem
    assert problem is not None
    suggested = {"sku": "Column 2", "name": "Column 3", "price": "Column 4"}
    assert problem.data["suggested"] == suggested
