"""Delimiter, quote, escape and the header's place, found out of a file's beginning."""

from __future__ import annotations

import pytest

from app.imports.dialect import find_layout
from app.imports.errors import AmbiguousDelimiter, FileProblem
from app.imports.mapping import count_known
from app.imports.requoting import Dialect
from tests.imports.reading import read_table

TABLE = [["sku", "name", "price"], ["A-1", "Chair", "12.90"], ["B-2", "Table, round; blue", "7"]]


def layout(text: str, delimiter: str | None = None) -> tuple[Dialect, int]:
    """What is found out about a file."""
    found = find_layout(text.splitlines(keepends=True), delimiter, count_known)
    return found.dialect, found.lines_before


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("quote", ['"', "'"])
def test_delimiter_and_quote_are_found_out(delimiter: str, quote: str) -> None:
    text = "".join(delimiter.join(f"{quote}{cell}{quote}" for cell in row) + "\n" for row in TABLE)
    assert layout(text) == (Dialect(delimiter, quote), 0)


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("sku;name;price\nA;Chair;1,50\nB;Table;2,50\n", ";"),
        ("artnr;bez;betrag\nA;Stuhl;1,50\nB;Tisch;2,50\n", ";"),
        ("sku|name|description\nA|Chair|Oak, brown; nice\nB|Table|x, y; z\n", "|"),
        ("sku\tname\nA\tChair, red\n", "\t"),
        ("code,stock,place\nA,1,x;y\nB,2,z\n", ","),
        ("sku,name;title\nA,b;c\n", ","),
        ("sku\nA\nB\n", ","),
        ("sku\nA,1\nB\n", ";"),
    ],
)
def test_the_delimiter_is_the_one_that_makes_sense(text: str, delimiter: str) -> None:
    if text.startswith("sku,name;title"):
        with pytest.raises(AmbiguousDelimiter):
            layout(text)
    else:
        assert layout(text)[0].delimiter == delimiter


def test_a_delimiter_that_cannot_be_decided_is_refused_with_the_candidates() -> None:
    with pytest.raises(AmbiguousDelimiter) as refused:
        layout("a,b;c\n1,2;3\n")
    assert refused.value.data["candidates"] == [
        {"delimiter": ",", "header": ["a", "b;c"]},
        {"delimiter": ";", "header": ["a,b", "c"]},
    ]
    assert "a comma and a semicolon" in refused.value.detail


def test_a_given_delimiter_decides() -> None:
    assert layout("a,b;c\n1,2;3\n", ";")[0].delimiter == ";"
    assert layout("a,b;c\n1,2;3\n", ",")[0].delimiter == ","


@pytest.mark.parametrize(
    ("line", "delimiter"),
    [
        ("sep=;\n", ";"),
        ("sep=,\r\n", ","),
        ('"sep=|"\n', "|"),
        ("SEP=\t\n", "\t"),
        ("sep=^\n", "^"),
        ("sep=;;;\n", ";"),
    ],
)
def test_the_first_line_that_excel_writes_tells_the_delimiter(line: str, delimiter: str) -> None:
    text = line + f"sku{delimiter}name\nA{delimiter}x\n"
    assert layout(text) == (Dialect(delimiter), 1)


@pytest.mark.parametrize("delimiter", ["#", "^", "~", ":", "\x01", "\x1f", "¦"])
def test_a_rare_delimiter_is_found_where_it_alone_makes_a_header(delimiter: str) -> None:
    text = "".join(delimiter.join(row) + "\n" for row in TABLE)
    assert layout(text)[0].delimiter == delimiter
    assert layout(f"sku,name\nA,b{delimiter}c\n")[0].delimiter == ","
    assert layout(f"code{delimiter}label\nA{delimiter}b\n")[0].delimiter in ",;"


@pytest.mark.parametrize("delimiter", ["'", "\\", " ", "x", "]", "-", "é"])
def test_any_character_that_is_given_separates(delimiter: str) -> None:
    text = f"sku{delimiter}name\nA{delimiter}b\n"
    assert read_table(text.encode(), delimiter=delimiter).rows == [(2, ["A", "b"])]


@pytest.mark.parametrize("line", ["sep=\n", "sep=a\n", 'sep="\n', "sep=\\\n", "sep= \n"])
def test_a_first_line_that_names_no_delimiter_is_only_passed_over(line: str) -> None:
    assert layout(line + "sku,name\nA,Chair\n") == (Dialect(","), 1)


@pytest.mark.parametrize(
    ("text", "lines_before"),
    [
        ("sku;name;price\nA;Chair;1\n", 0),
        ("\n\nsku;name;price\nA;Chair;1\n", 2),
        ("Products\nDate: today\n\nsku;name;price\nA;Chair;1\n", 3),
        ("Products;;\nDate;today;\n;;\nsku;name;price\nA;Chair;1\n", 3),
        ("Report, for you\n\nsku;name;price\nA;Chair;1\nB;Table;2\n", 2),
        ("Date;today\n\nsku;name\nA;Chair\nB;Table\n", 2),
        ('"Acme\nLtd"\nsku;name;price\nA;Chair;1\n', 2),
        ("Products;;\n;;\ncode;label;count\nA;Chair;1\nB;Chair;1\n", 2),
        ("sku;name\nA;Chair;\nB;Table;\n", 0),
        ("code;stock\nA;5;\nB;6;\n", 0),
        ("sku;name;\nA;Chair;\n", 0),
        ("sku;name;price;active\nA;Chair\nB;Table\nC;Desk\n", 0),
        ("Handle,Nom,Option\na,Title,active\nb,Title,active\n", 0),
        ("Title,Products of ACME\nStatus,Active\n\nsku,name,price\nA,Chair,1\n", 3),
        ("# columns: sku, name, price\nsku,name,price\nA,Chair,1\n", 1),
        ("Note: terms apply\n" * 40 + "\nsku,name,price\nA,Chair,1\n", 41),
        ("code,label\n1,A,Chair\n2,B,Table\n", 0),
    ],
)
def test_the_header_is_found_below_the_lines_of_a_report(text: str, lines_before: int) -> None:
    assert layout(text)[1] == lines_before


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('sku,name\nA,"5\\" pipe, red"\nB,x\n', Dialect(",", '"', "\\")),
        ('sku,name\nA,"5"" pipe"\nB,"C:\\"\n', Dialect(",", '"')),
        ('sku,name\nA,"C:\\dir\\"\nB,"x"\n', Dialect(",", '"')),
        ("sku,name\nA,C:\\new\n", Dialect(",", '"')),
        ("sku,name\nA,'90s chair\nB,rock 'n' roll\n", Dialect(",", '"')),
        ("'sku','name'\n'A','O''Brien'\n", Dialect(",", "'")),
        ("'sku','name'\n'A','O\\'Brien'\n", Dialect(",", "'", "\\")),
        ('"sku", "name"\n"A", "Chair, red"\n', Dialect(",", '"', None, spaced=True)),
        ('sku, name\nA, 5" pipe\n', Dialect(",", '"')),
        ("'sku', 'name'\n'A', 'Chair, red'\n", Dialect(",", "'", None, spaced=True)),
        ('"sku" ,"name"\n"A" ,"Chair, red"\n', Dialect(",", '"', None, loose=True)),
        ("sku,name,n\n'A','Rope',1\n'B','Hook',200\n", Dialect(",", "'")),
        ("sku,name,n\nA,'Rope',1\nB,Hook,200\n", Dialect(",", '"')),
        # The escape holds although a cell ends with it.
        ('sku,name,n\nA,"24\\"",1\nB,"5\\" pipe",2\n', Dialect(",", '"', "\\")),
        ('"sku","name","n"\n"A","24\\"","1"\n"B","x","2"\n', Dialect(",", '"', "\\")),
    ],
)
def test_quote_and_escape_are_found_out(text: str, expected: Dialect) -> None:
    assert layout(text)[0] == expected


@pytest.mark.parametrize(
    "text", ['sku,"na"me,price\nA,b,1\n', 'sku,"name\nA,b\n', '"sku\n', 'code,"x"y\nA,b\n']
)
def test_a_header_that_is_damaged_is_refused_and_no_other_line_taken_for_it(text: str) -> None:
    with pytest.raises(FileProblem, match=r"header.* cannot be read"):
        read_table(text.encode())
