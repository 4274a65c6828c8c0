"""Cells → SKUs, names and descriptions."""

from __future__ import annotations

import pytest

from app.imports.texts import clean_cells
from tests.imports.reading import read_whole

MISSING = ["None", "NONE", "n/a", "N/A", "n.a.", "undefined", "-", "--", "–", "—", "?", "??",
           "[null]", "(none)", "(blank)", "[object Object]", "NA", "nil", "NIL", "n/A", "TBD",
           "tbd", ".", "no sku", "No SKU", "keine", "KEINE"]  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('="00123"', "00123"),
        ('  ="12.90" ', "12.90"),
        ('=""', ""),
        ('="5"" pipe"', '5" pipe'),
        ('=" a\nb "', "a\nb"),
        ("\\N", ""),
        (" \\N ", ""),
        ('="a"&"b"', '="a"&"b"'),
        ('\'="00123"', '\'="00123"'),
        ("=00123", "=00123"),
        ("a \\N", "a \\N"),
        ("\\n", "\\n"),
    ],
)
def test_a_cell_is_cleaned_of_the_marks_of_other_programs(cell: str, text: str) -> None:
    assert clean_cells([cell, "x"]) == [text, "x"]


@pytest.mark.parametrize("sku", ['="00123"', '"=""00123"""'])
def test_a_text_formula_is_unwrapped_in_every_cell(sku: str) -> None:
    row = f'{sku},"=""Bolt""",="Steel",="0.90",="FALSE"'
    result = read_whole(f"sku,name,description,price,active\n{row}\n")
    assert result.products["00123"] == {
        "sku": "00123", "name": "Bolt", "description": "Steel", "price": "0.90", "active": "f"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("sku", "code"),
    [
        ("#N/A", "sku_spreadsheet_error"),
        ("#REF!", "sku_spreadsheet_error"),
        ("#NV", "sku_spreadsheet_error"),
        ("#WERT!", "sku_spreadsheet_error"),
        ("#¿NOMBRE?", "sku_spreadsheet_error"),
        ("#####", "sku_spreadsheet_error"),
        ("4.00638E+12", "sku_scientific"),
        ("4,00638E+12", "sku_scientific"),
        ("1e+05", "sku_scientific"),
        ("4.00638E12", "sku_scientific"),
        ("4,00638e12", "sku_scientific"),
        ("1.23E-05", "sku_scientific"),
        ("4.00638E-5", "sku_scientific"),
        ("NULL", "sku_null"),
        ("(null)", "sku_null"),
        ("nan", "sku_null"),
        *((word, "sku_null") for word in MISSING),
        ("\\N", "sku_required"),
        ("A\u00adB", "sku_invisible_character"),
        ("A\u200bB", "sku_invisible_character"),
        ("A\ufeffB", "sku_invisible_character"),
        ("A\u2800B", "sku_invisible_character"),
        ("A\u00a0B", "sku_odd_space"),
        ("A\u1680B", "sku_odd_space"),
        ("A\u2007B", "sku_odd_space"),
        ("A\u2028B", "sku_odd_space"),
        ("A\u202fB", "sku_odd_space"),
        ("A\u205fB", "sku_odd_space"),
        ("ＡＢ\u3000１", "sku_odd_space"),
    ],
)
def test_what_is_no_sku_is_rejected_and_never_joined(sku: str, code: str) -> None:
    rows = f"B-1;Stool;3.00\n{sku};Pen;1.00\n{sku};Ruler;2.00\n"
    result = read_whole("sku;name;price\n" + rows)
    assert result.rejected == {3: code, 4: code}
    assert list(result.products) == ["B-1"]


@pytest.mark.parametrize(
    "sku",
    [
        "2E12",
        "#1",
        "N-1",
        "nullable",
        "E+1",
        "1.0",
        "A-1.0",
        "null-7",
        "1E5",
        "1.5E12",
        "2E-12",
        "1.5E-2",
        "1.23456",
        "NA-1",
        "N/A-1",
        "None-1",
        "undefined2",
        "-1",
        "?1",
        "—1",
        "[1]",
    ],
)
def test_what_only_resembles_a_lost_value_is_a_sku(sku: str) -> None:
    assert list(read_whole(f"sku,name\n{sku},Pen\n").products) == [sku]


def test_a_name_that_is_no_value_is_rejected_and_null_empties_a_description() -> None:
    rows = "A,#NAME?,\nB,NULL,\nC,Chair,NULL\nD,Chair,#VALUE!\nE,Chair,\\N\nF,Chair,null and void\n"
    result = read_whole("sku,name,description\n" + rows)
    assert result.rejected == {
        2: "name_spreadsheet_error", 3: "name_null", 5: "description_spreadsheet_error"
    }  # fmt: skip
    descriptions = {sku: row["description"] for sku, row in result.products.items()}
    assert descriptions == {"C": "", "E": "", "F": "null and void"}
    assert result.notices == {"null_emptied": [4]}


@pytest.mark.parametrize("word", MISSING)
def test_a_word_for_a_missing_value_is_no_name_and_a_description_as_it_stands(word: str) -> None:
    result = read_whole(f"sku,name,description\nA,{word},x\nB,Chair,{word}\n")
    assert result.rejected == {2: "name_null"}
    assert result.products == {"B": {"sku": "B", "name": "Chair", "description": word}}
    marked = read_whole(f"sku,name,description\n'{word},'{word},Oak\n")
    assert marked.products == {word: {"sku": word, "name": word, "description": "Oak"}}


def test_skus_that_nobody_can_tell_apart_are_one() -> None:
    skus = ["CAFÉ-1", "CAFE\u0301-1", "CAFÉ-1\u200b", "\u200eCAFÉ-1\u00a0", "\ufeffCAFÉ-1\u2060"]
    result = read_whole("sku,name\n" + "".join(f"{sku},Cup {n}\n" for n, sku in enumerate(skus)))
    assert result.products == {"CAFÉ-1": {"sku": "CAFÉ-1", "name": "Cup 4"}}
    assert result.rejected == {}


def test_an_apostrophe_that_marks_digits_as_text_is_taken_off_a_sku_and_named() -> None:
    result = read_whole("sku,name\n'00123,'90\n''00124,x\n'90s,x\n")
    assert list(result.products) == ["00123", "'00124", "'90s"]
    assert result.products["00123"]["name"] == "'90"
    assert result.notices == {"text_mark_removed": [2]}


def test_a_value_marked_by_the_export_is_what_it_says() -> None:
    result = read_whole("sku,name,description\n'NULL,'#N/A,'\\N\n'4E+12,'nan,'NULL\n")
    assert list(result.products) == ["NULL", "4E+12"]
    assert result.products["NULL"] == {"sku": "NULL", "name": "#N/A", "description": "\\N"}
    assert result.notices == {}


def test_skus_turned_into_decimals_are_rejected_where_the_first_one_is_one() -> None:
    turned = read_whole("sku,name\n10001.0,Brick\n10002.0,Tile\nA-1,Sand\n")
    assert turned.rejected == {2: "sku_float", 3: "sku_float"}
    others = read_whole("sku,name\nA-1,Sand\n10001.0,Brick\n")
    assert list(others.products) == ["A-1", "10001.0"]
