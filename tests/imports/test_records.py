"""Records out of lines: whole ones with their line, damaged ones alone."""

from __future__ import annotations

import time

import pytest

from app.imports.records import CELL_MAX, split_records
from app.imports.requoting import Dialect

Split = tuple[list[tuple[int, list[str]]], list[tuple[int, str]]]
ROWS = "".join(f"K{n},Name,{n}\n" for n in range(2, 8))


def split(text: str, width: int | None = 3, dialect: Dialect | None = None) -> Split:
    """Records and damages, by the line on which they begin."""
    lines = text.splitlines(keepends=True)
    batch, used = split_records(lines, 1, dialect or Dialect(), at_end=True, width=width)
    assert used == len(lines)
    rows = list(zip(batch.lines, batch.rows, strict=True))
    return rows, [(damage.line, damage.code) for damage in batch.damages]


def numbers(text: str, width: int = 3) -> tuple[list[int], list[tuple[int, str]]]:
    """The lines of the records, and the damages."""
    rows, damages = split(text, width)
    return [line for line, _ in rows], damages


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ('A,"two\nlines",1\n', ["A", "two\nlines", "1"]),
        ('A,"two\r\nlines",1\r\n', ["A", "two\r\nlines", "1"]),
        ('A,"a\n\n\n\n\nb",1\n', ["A", "a\n\n\n\n\nb", "1"]),
        ('A,"say ""hi""",1\n', ["A", 'say "hi"', "1"]),
        ('A,"",1\n', ["A", "", "1"]),
        ('A,24" monitor,1\n', ["A", '24" monitor', "1"]),
        ('A,monitor 24",1\n', ["A", 'monitor 24"', "1"]),
        ('A,"red, green, blue\nsmall, large, huge\nnice",1\n', None),
        ("A, b ,1", ["A", " b ", "1"]),
    ],
)
def test_a_sound_record_comes_out_cell_for_cell(text: str, cells: list[str] | None) -> None:
    cells = cells or ["A", "red, green, blue\nsmall, large, huge\nnice", "1"]
    assert split(text) == ([(1, cells)], [])


@pytest.mark.parametrize(
    ("text", "rows", "damages"),
    [
        # It never closes: in the middle, in the last column, at the end of the file.
        ('A,"open,1\n' + ROWS, range(2, 8), [(1, "quote_open")]),
        ('A,b,"open\n' + ROWS, range(2, 8), [(1, "quote_open")]),
        (ROWS + 'A,"open,1', range(1, 7), [(7, "quote_open")]),
        (ROWS + 'A,b,"', range(1, 7), [(7, "quote_open")]),
        # Two of them, the second opening as well, or closing where a cell could end.
        ('A,"open,1\n' + ROWS + 'B,"open,1\nC,c,1\n', [*range(2, 8), 9],
         [(1, "quote_open"), (8, "quote_open")]),
        # There a text that holds a little table looks the same: one row, rejected whole.
        ('A,"open,1\n' + ROWS + 'B,close",1\nC,c,1\n', [9], [(1, "quote_doubtful")]),
        ('A,b,"1\n' + ROWS + 'B,b,1"\nC,c,1\n', [9], [(1, "quote_doubtful")]),
        ('"A,b,1\n' + ROWS + 'B",b,1\nC,c,1\n', [9], [(1, "quote_doubtful")]),
        ('A,"open,1\nB",close,1\nC,c,1\n', [2, 3], [(1, "quote_open")]),
        # A quote closes inside a cell.
        ('A,"24" monitor",1\n' + ROWS, range(2, 8), [(1, "quote_stray")]),
        ('A,"a"b,1\nB,"c"d,1\nC,c,1\n', [3], [(1, "quote_stray"), (2, "quote_stray")]),
        # A sound record over several lines stands between two damaged ones.
        ('A,"a"b,1\nB,"two\nlines",1\nC,"c"d,1\n', [2], [(1, "quote_stray"), (4, "quote_stray")]),
    ],
)  # fmt: skip
def test_a_stray_quote_costs_the_rows_it_damages_and_no_other(
    text: str, rows: list[int], damages: list[tuple[int, str]]
) -> None:
    assert numbers(text) == (list(rows), damages)


def test_two_quotes_on_neighbouring_lines_are_taken_for_a_text_of_two_lines() -> None:
    # Nothing tells it from `A,"red, blue⏎small, large",1`.
    assert split('A,"open,1\nB,close",1\n') == ([(1, ["A", "open,1\nB,close", "1"])], [])


def test_a_text_of_several_lines_in_a_row_too_long_stays_in_its_row() -> None:
    assert split('A,"one\ntwo\nthree",1,extra\nB,b,1\n') == (
        [(1, ["A", "one\ntwo\nthree", "1", "extra"]), (4, ["B", "b", "1"])],
        [],
    )


def test_a_cell_beyond_all_measure_costs_its_row() -> None:
    text = f"A,{'x' * (CELL_MAX + 1)},1\nB,b,1\n"
    assert numbers(text) == ([2], [(1, "cell_too_long")])


def test_blank_lines_are_left_out_and_counted() -> None:
    rows, damages = split("\nA,a,1\n\n,,\nB,b,1\n\n")
    assert ([line for line, _ in rows], damages) == ([2, 5], [])


def test_a_record_that_goes_on_is_left_for_the_next_time() -> None:
    lines = ["A,a,1\n", 'B,"two\n']
    batch, used = split_records(lines, 1, Dialect(), at_end=False, width=3)
    assert (used, list(batch.lines), list(batch.damages)) == (1, [1], [])


def test_a_damage_shows_its_line_without_its_end() -> None:
    batch, _ = split_records(['A,"a"b,1\r\n'], 7, Dialect(), at_end=True, width=3)
    assert [(d.line, d.text) for d in batch.damages] == [(7, 'A,"a"b,1')]


def test_a_backslash_escapes_where_the_dialect_says_so() -> None:
    rows, damages = split('A,"5\\" pipe, red",1\n', dialect=Dialect(escape="\\"))
    assert (rows, damages) == ([(1, ["A", '5" pipe, red', "1"])], [])


@pytest.mark.parametrize("row", ['A,"a"b,1\n', 'A,"open,1\n', '"A,b",1\n'])
def test_many_damaged_rows_take_no_more_than_their_time(row: str) -> None:
    began = time.process_time()
    lines = [row] * 20_000
    batch, _ = split_records(lines, 1, Dialect(), at_end=True, width=3)
    assert len(batch.damages) + len(batch.rows) >= 19_999
    assert time.process_time() - began < 30


@pytest.mark.parametrize("rows_between", [0, 1, 2])
def test_a_damaged_row_does_not_harm_the_texts_of_many_lines_below_it(rows_between: int) -> None:
    texts = "".join(f'K{n},"two\nlines",1\n' for n in range(500))
    long = 'L,"' + "x\n" * 2000 + '",1\n'
    text = 'A,"a"b,1\n' + "B,b,1\n" * rows_between + texts + long + "M,m,1\n"
    rows, damages = split(text)
    assert damages == [(1, "quote_stray")]
    assert len(rows) == rows_between + 502


TABLE = ("S,10,20", "M,11,21", "L,12,22", "XL,13,23")


def test_a_text_that_holds_a_little_table_is_rejected_whole_and_never_read_as_rows() -> None:
    text = "\n".join(['A-1,Chair,"Sizes:', *TABLE[:-1], TABLE[-1] + '"', "A-2,Table,x", ""])
    batch, _ = split_records(text.splitlines(keepends=True), 2, Dialect(), at_end=True, width=3)
    assert list(batch.rows) == [["A-2", "Table", "x"]]
    assert [(damage.line, damage.code) for damage in batch.damages] == [(2, "quote_doubtful")]
    assert batch.damages[0].text.endswith('XL,13,23"')


def test_rows_that_may_be_the_inside_of_a_text_are_rejected_with_it_whatever_their_width() -> None:
    rows = [f"K{n},a,b,c,d\n" for n in range(9)]
    lines = ['X,a,b,c,"open\n', *rows, 'Y,a,b,c,d"\n', "Z,a,b,c,d\n"]
    batch, _ = split_records(lines, 2, Dialect(), at_end=True, width=5)
    assert [cells[0] for cells in batch.rows] == ["Z"]
    assert [(damage.line, damage.code, damage.lines) for damage in batch.damages] == [
        (2, "quote_doubtful", 11)
    ]


def test_a_backslash_that_escapes_no_quote_stays() -> None:
    dialect = Dialect(escape="\\")
    lines = ['"5\\" pipe",C:\\temp\\new\n']
    batch, _ = split_records(lines, 1, dialect, at_end=True)
    assert list(batch.rows) == [['5" pipe', "C:\\temp\\new"]]
