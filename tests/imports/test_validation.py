"""Records → values or the reason why not."""

from __future__ import annotations

import time

import pytest

from app.imports.flags import parse_flag
from app.imports.texts import strip_guard
from app.imports.validation import shown
from app.products.rules import Violation
from app.products.upsert import Mode
from tests.imports.reading import check_table

HEADER = "sku,name,description,price,active\n"


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (",N,,1,", "sku", "sku_required"),
        ("  ,N,,1,", "sku", "sku_required"),
        (f"{'S' * 101},N,,1,", "sku", "sku_too_long"),
        ("S\x07,N,,1,", "sku", "sku_control_character"),
        ("S,,,1,", "name", "name_required"),
        (f"S,{'N' * 501},,1,", "name", "name_too_long"),
        ("S,a\x00b,,1,", "name", "name_control_character"),
        ("S,a\x85b,,1,", "name", "name_control_character"),
        (f"S,N,{'D' * 50_001},1,", "description", "description_too_long"),
        ("S,N,,x,", "price", "price_invalid"),
        ("S,N,,-1,", "price", "price_negative"),
        ("S,N,,1.2345,", "price", "price_too_precise"),
        ("S,N,,99999999999,", "price", "price_too_large"),
        ("S,N,,1,maybe", "active", "active_invalid"),
        ("S,N,,1,2", "active", "active_invalid"),
        ("S,N,,1", None, "too_few_cells"),
        ("S,N,,1,,x", None, "too_many_cells"),
        (",,,x,maybe", "sku", "sku_required"),
    ],
)
def test_a_bad_row_is_rejected_for_the_first_thing_wrong_with_it(
    row: str, column: str | None, code: str
) -> None:
    checked = check_table(f"{HEADER}G,Good,,1,\n{row}\nH,Good,,1,\n")
    assert [(r.line, r.column, r.code) for r in checked.rejects] == [(3, column, code)]
    assert checked.rejects[0].detail.endswith(".")
    assert len(checked.rejects[0].value) <= 200
    assert checked.rejects[0].cells == row.split(",")
    assert list(checked.rows) == [2, 4]


def test_values_at_their_limits_are_taken() -> None:
    row = f"{'S' * 100},{'N' * 500},{'D' * 50_000},9999999999.99,"
    assert check_table(HEADER + row + "\n").codes == []


def test_cells_are_trimmed_and_otherwise_kept_as_they_are() -> None:
    values = {
        "sku": "007",
        "name": "1E5 E\u0301 \u00c9",
        "description": "😀 \u202bقلم\u202c 12345678901234567890",
    }
    row = ",".join(f" {value}\t" for value in values.values())
    checked = check_table(f"sku,name,description\n{row}\n")
    assert checked.rows[2] == values


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("'=SUM(A1)", "=SUM(A1)"),
        ("'+1", "+1"),
        ("'-1", "-1"),
        ("'@x", "@x"),
        ("''=1", "'=1"),
        ("=1", "=1"),
        ("'90s", "'90s"),
        ("'n' roll", "'n' roll"),
        ("'", "'"),
        ("O'=1", "O'=1"),
        ("'\t", "'"),
    ],
)
def test_the_guard_against_formulas_is_taken_off_and_nothing_else(cell: str, value: str) -> None:
    assert check_table(f"sku,name\nA,{cell}\n").rows[2]["name"] == value


def test_no_value_is_left_untrimmed_by_the_guard() -> None:
    for cell in ("'\tx", "'\rx", "' =1"):
        assert strip_guard(cell) == cell


@pytest.mark.parametrize(
    ("words", "flag"),
    [
        (["true", "TRUE", "Yes", "1", "published", "Active", "y", "on", "enabled"], "t"),
        (["unlisted"], "t"),
        (["false", "No", "0", "draft", "INACTIVE", "n", "off", "disabled", "archived"], "f"),
        (["proposed", "rejected"], "f"),
        ([""], "t"),
    ],
)  # fmt: skip
def test_flags_are_read_in_the_words_of_all_systems(words: list[str], flag: str) -> None:
    rows = "".join(f"K{n},N,{word}\n" for n, word in enumerate(words))
    checked = check_table("sku,name,active\n" + rows)
    assert [row["active"] for row in checked.rows.values()] == [flag] * len(words)


@pytest.mark.parametrize("word", ["2", "-1", "maybe", "yes no", "x", "in stock", "2024-01-05"])
def test_what_is_no_flag_is_refused_and_not_guessed(word: str) -> None:
    assert isinstance(parse_flag(word), Violation)


def test_numbers_are_flags_where_the_column_says_of_which_system() -> None:
    magento = check_table("sku,name,product_online\nA,a,1\nB,b,2\nC,c,3\n")
    assert [row["active"] for row in magento.rows.values()] == ["t", "f"]
    woo = check_table("SKU,Name,Published\nA,a,1\nB,b,0\nC,c,-1\nD,d,2\n")
    assert [row["active"] for row in woo.rows.values()] == ["t", "f", "f"]


def test_lines_of_white_space_are_blank() -> None:
    checked = check_table("sku,name\nA,Chair\n   \n\t\nB,Table\n \n")
    assert (list(checked.rows), checked.codes) == ([2, 5], [])


def test_damages_are_rejects_with_their_line_and_text() -> None:
    checked = check_table('sku,name\nA,"24" inch"\nB,Table\n')
    reject = checked.rejects[0]
    assert (reject.line, reject.column, reject.code) == (2, None, "quote_stray")
    assert reject.cells == ['A,"24" inch"']


def test_without_a_name_only_updates_are_possible() -> None:
    checked = check_table("sku,price\nA,1\n", mode=Mode.UPDATE_ONLY)
    assert checked.rows[2] == {"sku": "A", "price": "1"}


def test_what_is_shown_is_cut_and_has_no_character_that_cannot_be() -> None:
    assert shown("a\x00b\udcffc") == "a\ufffdb\ufffdc"
    assert len(shown("x" * 1000)) == 200


def test_many_bad_rows_take_no_more_than_their_time() -> None:
    began = time.process_time()
    checked = check_table(HEADER + ",,,x,maybe\n" * 20_000)
    assert len(checked.rejects) == 20_000
    assert time.process_time() - began < 30
