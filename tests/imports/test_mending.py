"""Files whose lines a spreadsheet or a word processor has spoiled."""

from __future__ import annotations

import pytest

from tests.imports.reading import read_whole

CHAIRS = {"A-1": ("Chair, oak", "12.00"), "A-2": ("Table", "45.00")}
FILES = {
    "lines in quotes": '"sku,name,price"\n"A-1,""Chair, oak"",12.00"\n"A-2,Table,45.00"\n',
    "rows in quotes": 'sku,name,price\n"A-1,""Chair, oak"",12.00"\n"A-2,Table,45.00"\n',
    "some rows in quotes": 'sku,name,price\r\n"A-1,""Chair, oak"",12.00"\r\nA-2,Table,45.00\r\n',
    "semicolons behind": 'sku,name,price;;;\nA-1,"Chair, oak",12.00;;;\nA-2,Table,45.00;;;\n',
    "both": '"sku,name,price";;\n"A-1,""Chair, oak"",12.00";;\n"A-2,Table,45.00";;\n',
    "curly quotes": "sku,name,price\n“A-1”,“Chair, oak”,12.00\n“A-2”,“Table”,45.00\n",
    "low quotes": "„sku“;„name“;„price“\n„A-1”;„Chair, oak”;12.00\n„A-2”;„Table”;45.00\n",
    "0x1A": 'sku,name,price\r\nA-1,"Chair, oak",12.00\r\nA-2,Table,45.00\r\n\x1a',
    "NUL bytes": 'sku,name,price\nA-1,"Chair, oak",12.00\nA-2,Table,45.00\n' + "\0" * 600,
    "a commented header": '#sku,name,price\nA-1,"Chair, oak",12.00\nA-2,Table,45.00\n',
}


@pytest.mark.parametrize("kind", FILES)
def test_a_spoiled_file_is_read_as_it_was_meant(kind: str) -> None:
    read = read_whole(FILES[kind])
    assert read.problem is None
    assert {sku: (r["name"], r["price"]) for sku, r in read.products.items()} == CHAIRS
    assert read.rejected == {}


@pytest.mark.parametrize(
    "text",
    [
        'sku,name,price\n"A-1","Chair, oak",12.00\n"A-2","Table",45.00\n',
        'sku,name,price\nA-1,"Chair, oak",12.00\nA-2,Table,45.00\n\nprinted\x1a today\n',
    ],
)
def test_sound_lines_stay_as_they_are(text: str) -> None:
    read = read_whole(text)
    assert {sku: (r["name"], r["price"]) for sku, r in read.products.items()} == CHAIRS
    assert read.notices == {}


def test_curly_quotes_within_texts_stay() -> None:
    read = read_whole("sku,name\nA-1,“Best” chair\nA-2,The “round” table\nA-3,5” pipe\n")
    assert [row["name"] for row in read.products.values()] == [
        "“Best” chair", "The “round” table", "5” pipe",
    ]  # fmt: skip
