"""Quotes that do not mean what they seem to, and rows that a line break has cut."""

from __future__ import annotations

import pytest

from app.imports.spans import has_stray_quote, is_rest_of_row
from tests.imports.reading import read_whole

CHART = "Size,Chest,Waist,Hip,Length\nS,90,70,95,60\nM,95,75,100,62\nL,100,80,105,64"


@pytest.mark.parametrize("columns", [2, 3, 5])
@pytest.mark.parametrize("before", ["", "Sizes in cm:\n", "a,b\nc,d\n"])
@pytest.mark.parametrize("after", ["", "\n", "\nWash at 30 degrees"])
def test_a_properly_quoted_text_never_becomes_rows(columns: int, before: str, after: str) -> None:
    lines = [",".join(str(n) for n in range(columns)) for _ in range(4)]
    names = [*["sku", "name", "price", "stock", "vendor"][: columns - 1], "description"]
    cells = ["TS-1", "Shirt", "19.90", "5", "Acme"][: columns - 1]
    text = before + "\n".join(lines) + after
    read = read_whole(
        ",".join(names) + "\n" + ",".join(cells) + f',"{text}"\n'
        + ",".join(["TS-2", "Polo", "29.90", "3", "Acme"][: columns - 1]) + ",Plain\n",
        mapping={"sku": "sku", "name": names[1]},
    )  # fmt: skip
    assert set(read.products) <= {"TS-1", "TS-2"}
    assert "TS-2" in read.products
    if "TS-1" in read.products:
        assert "description" not in read.products or read.products["TS-1"]["description"] == text
    else:
        assert set(read.rejected.values()) == {"quote_doubtful"}


def test_a_size_chart_alone_is_one_product_s_description() -> None:
    read = read_whole(
        f'sku,name,price,stock,description\nTS-1,Shirt,19.90,5,"{CHART}"\nTS-2,Polo,2.90,3,Plain\n'
    )
    assert {sku: row["description"] for sku, row in read.products.items()} == {
        "TS-1": CHART,
        "TS-2": "Plain",
    }
    assert read.rejected == {}


def test_a_text_with_a_stray_quote_inside_is_rejected_whole() -> None:
    text = 'sku,name,price\nA,"Sizes:\nS,24" wide,5\nM,26" wide,6",9.00\nB,Belt,1.00\n'
    read = read_whole(text)
    assert list(read.products) == ["B"]
    assert read.rejected == {2: "quote_stray"}


def test_a_quote_that_opens_by_mistake_costs_its_own_row() -> None:
    read = read_whole('sku,name,price\nA,"Monitor 24,1\nB,Cable,2\nC,Plug,3\nD,"Fine, yes",4\n')
    assert (list(read.products), read.rejected) == (["B", "C", "D"], {2: "quote_open"})


@pytest.mark.parametrize(
    ("record", "is_stray"),
    [
        ('A,Table"Round, for four"', True),
        ('A,Table "Round, for four" x', True),
        ('A,Table"Round, size 24"', True),
        ('A,5" pipe,"Steel, 2 m"', False),
        ('A,5" pipe,24" wide', False),
        ('A,5" pipe,24"', False),
        ('A,say "hi",x', False),
        ('A,"say ""hi""",x "y" z', False),
        ('A,rock "n, roll', False),
        ("A,b,c", False),
    ],
)
def test_a_quote_is_stray_where_delimiters_stand_between_it_and_another(
    record: str, is_stray: bool
) -> None:
    assert has_stray_quote(record, ",", '"', quotes_all=False) is is_stray


def test_a_quote_in_a_cell_without_quotes_is_stray_in_a_file_that_quotes_all() -> None:
    read = read_whole(
        '"sku","name","price"\n"A-1","Chair",1.00\nA-2","Table",2.00\n"A-3","24"" pipe",3.00\n'
    )
    assert (list(read.products), read.rejected) == (["A-1", "A-3"], {3: "quote_stray"})


@pytest.mark.parametrize(
    ("line", "above", "is_rest"),
    [
        ("for four people\n", ["A", "b", "Round table"], True),
        ("for four people\n", ["A", "b", ""], True),
        ("for four people\n", ["A", "b"], False),
        ("for four people\n", ["A", "b", "12.90 €"], False),
        ("# a comment\n", ["A", "b", "c"], False),
        ("+-----+----+\n", ["A", "b", "c"], False),
        ("(2 rows)\n", ["A", "b", "c"], False),
        ("2 rows in set (0.00 sec)\n", ["A", "b", "c"], False),
        ("   \n", ["A", "b", "c"], False),
    ],
)
def test_a_line_without_a_delimiter_is_the_rest_of_the_text_above_it(
    line: str, above: list[str], is_rest: bool
) -> None:
    assert is_rest_of_row(line, above, 3) is is_rest


@pytest.mark.parametrize("size", [1, 30, 1 << 18])
def test_a_row_cut_by_a_line_break_is_rejected_wherever_blocks_end(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.imports.reader.BLOCK_BYTES", size)
    monkeypatch.setattr("app.imports.reader.SAMPLE_BYTES", 32)
    monkeypatch.setattr("app.imports.plain.ROWS_LOOKED_AT", 0)
    read = read_whole(
        "sku,name,description\nA-1,Chair,Oak\nA-2,Table,Round table\nfor four\nA-3,Stool,Beech\n"
    )
    assert list(read.products) == ["A-1", "A-3"]
    assert read.rejected == {3: "line_break_unquoted", 4: "too_few_cells"}


def test_a_quoted_text_beyond_csvs_own_limit_is_one_cell() -> None:
    table = "a,b,c,5\n" * 30_000
    text = f'sku,name,description,price\nA,b,"{table}",1.00\nC,d,e,2.00\n'
    result = read_whole(text)
    assert list(result.products) == ["C"]
    assert result.rejected == {2: "description_too_long"}
