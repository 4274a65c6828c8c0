"""Whole files: what comes out of nasty ones, of any table, of any bytes at all."""

from __future__ import annotations

import csv
import io
import random
import re
import tracemalloc
from collections.abc import Iterator
from itertools import chain, repeat

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.imports.decoding import Utf8Blocks
from app.imports.errors import EmptyFile, FileProblem, NotText
from app.imports.mapping import count_known, map_columns
from app.imports.prices import DecimalDecider
from app.imports.reader import CsvFile, FormatWish, open_csv
from app.imports.unpacking import unpack
from app.imports.validation import BatchChecker
from app.products.upsert import Field, Mode
from tests.imports.corpus import FILES, Nasty
from tests.imports.reading import Table, check_table, cut, read_table
from tests.thorough import THOROUGH

find_line_ends = re.compile(r"\r\n|\r|\n")


@pytest.mark.parametrize("size", [1, 7, 1 << 20])
@pytest.mark.parametrize("name", FILES)
def test_a_nasty_file_comes_out_exactly(name: str, size: int) -> None:
    file: Nasty = FILES[name]
    assert read_table(file.content, block_size=size) == Table(
        file.header, file.rows, file.damages, file.encoding, file.delimiter, file.quote
    )


@pytest.mark.parametrize(
    ("content", "problem", "words"),
    [
        (b"", EmptyFile, "empty"),
        (b"\n\r\n  \n", EmptyFile, "empty"),
        (b"\xef\xbb\xbf\n", EmptyFile, "empty"),
        (b"\xff\xfe", EmptyFile, "empty"),
        (b",,,\n,,,\n", EmptyFile, "empty"),
        (bytes(5000), NotText, "NUL"),
        (b"PK\x03\x04aaaa", NotText, "Excel"),
        (b"\xd0\xcf\x11\xe0aaaa", NotText, "Excel"),
        (b"%PDF-1.7", NotText, "PDF"),
        (b"\x89PNG\r\n\x1a\n", NotText, "picture"),
        (b"\x01\x02\x03\x04" * 50, NotText, "control characters"),
    ],
)
def test_what_is_no_table_is_refused_by_what_it_is(
    content: bytes, problem: type[FileProblem], words: str
) -> None:
    with pytest.raises(problem, match=words):
        read_table(content)


def test_a_few_control_characters_in_a_small_file_cost_their_rows() -> None:
    checked = check_table("sku,name\nA\x07,Chair\nB,Ta\x00ble\nC,Desk\n")
    assert checked.codes == [(2, "sku_control_character"), (3, "name_control_character")]
    assert list(checked.rows) == [4]


DIALECTS = st.fixed_dictionaries(
    {
        "delimiter": st.sampled_from(",;\t|"),
        "quoting": st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
        "lineterminator": st.sampled_from(["\n", "\r\n", "\r"]),
        "quotechar": st.sampled_from(['"', "'"]),
    }
)
# Found out by their marks, or given: which single-byte encoding a few letters are in cannot be
# told (test_decoding.py has what can).
ENCODINGS = st.sampled_from(
    [
        ("utf-8", None),
        ("utf-8-sig", None),
        ("utf-16", None),
        ("utf-32", None),
        ("cp1252", "windows-1252"),
        ("cp1251", "windows-1251"),
        ("shift_jis", "shift_jis"),
        ("gb18030", "gb18030"),
    ]
)
# Cells come trimmed, as they are stored. Without control characters, of which a file must not
# be full, and with at most one line end, because many lines with the delimiters of a record
# are rightly taken for records.
ONE_LINE = st.text(
    st.one_of(
        st.sampled_from("ab1 .,;|\t\"'\\-=éÉßпривет椅子ア😀\u00a0\u2028"),
        st.characters(exclude_categories=["Cc", "Cs"]),
    ),
    max_size=12,
)
CELLS = st.one_of(
    ONE_LINE,
    ONE_LINE,
    st.sampled_from(["", "007", "1E5", "12345678901234567890", 'say "hi"', "O'Brien", "=A1"]),
    st.builds("{}{}{}".format, ONE_LINE, st.sampled_from(["\n", "\r\n"]), ONE_LINE),
).map(str.strip)
HEADERS = st.permutations(["sku", "name", "price", "colour", ""]).flatmap(
    lambda names: st.integers(0, 2).map(lambda left_out: names[left_out:])
)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[list[str]], dict[str, object], tuple[str, str | None]]:
    """A header and rows, the dialect and the encoding to write them in."""
    header = draw(HEADERS.filter(lambda names: len(set(names) & {"sku", "name", "price"}) > 1))
    dialect = draw(DIALECTS)
    encoding = draw(ENCODINGS)
    cells = CELLS.map(lambda cell: cell.encode(encoding[0], "ignore").decode(encoding[0]))
    # The other quote could wrap a cell's text, or a part of it, and be taken for the file's.
    other = "'" if dialect["quotechar"] == '"' else '"'
    cells = cells.map(lambda cell: cell.replace(other, "").strip())
    if dialect["quotechar"] == "'":
        # Where few cells are quoted an apostrophe is an apostrophe.
        dialect["quoting"] = csv.QUOTE_ALL
    rows = draw(st.lists(st.lists(cells, min_size=len(header), max_size=len(header)), max_size=8))
    if dialect["quoting"] == csv.QUOTE_MINIMAL:
        # csv.writer leaves a line end unquoted that is not its own, until Python 3.13.
        for other in {"\r", "\n"} - set(str(dialect["lineterminator"])):
            rows = [[cell.replace(other, "") for cell in row] for row in rows]
    return [header, *rows], dialect, encoding


def write(rows: list[list[str]], dialect: dict[str, object]) -> tuple[str, list[int]]:
    """What csv.writer makes of the rows, and the line on which each begins."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, **dialect)  # type: ignore[arg-type]
    lines = []
    for row in rows:
        lines.append(1 + len(find_line_ends.findall(text.getvalue())))
        writer.writerow(row)
    return text.getvalue(), lines


@settings(max_examples=100 * THOROUGH, deadline=None)
@given(tables(), st.sampled_from([1, 3, 1000, 1 << 20]))
def test_any_table_comes_back_cell_for_cell_with_its_lines(
    table: tuple[list[list[str]], dict[str, object], tuple[str, str | None]], size: int
) -> None:
    rows, dialect, (encoding, given_encoding) = table
    text, lines = write(rows, dialect)
    # A backslash before a quotation mark escapes it, unless doubled ones are seen as well.
    assume("\\" + str(dialect["quotechar"]) not in text)
    found = read_table(text.encode(encoding), block_size=size, encoding=given_encoding)
    assert found.header == rows[0]
    assert found.delimiter == dialect["delimiter"]
    assert found.damages == []
    assert found.rows == [
        (line, row) for line, row in zip(lines[1:], rows[1:], strict=True) if any(row)
    ]


@settings(max_examples=40 * THOROUGH, deadline=None)
@given(
    st.lists(st.sampled_from(["A,b,1", 'A,"open,1', 'B,"x\ny",2', 'C,"a"b,3', "", "\xe9,ü,4"])),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "cp1252", "utf-16"]),
)
def test_blocks_of_any_size_give_the_same(rows: list[str], end: str, encoding: str) -> None:
    content = end.join(["sku,name,price", *rows]).encode(encoding)
    whole = read_table(content)
    for size in (1, 2, 5, 64):
        assert read_table(content, block_size=size) == whole


# What a mutation puts into a valid file: what means something to one of the layers.
SPLINTERS = [
    b'"', b"'", b",", b";", b"\t", b"|", b"\n", b"\r", b"\r\n", b"\\", b'\\"', b'""', b"\x00",
    b"\xff", b"\xfe\xff", b"\x1f\x8b", b"\xef\xbb\xbf", b"\xe9", b"\x82\xa0", b"sep=;\n", b"1,2",
    b"1.299,00", b'"\n"', b" ", b"\x1b", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\x81",
]  # fmt: skip


@st.composite
def damaged_files(draw: st.DrawFn) -> bytes:
    """The bytes of a valid file with some taken out, put in, exchanged or repeated."""
    file = draw(st.sampled_from(list(FILES.values())))
    content = bytearray(file.content)
    for _ in range(draw(st.integers(0, 8))):
        at = draw(st.integers(0, len(content)))
        length = draw(st.integers(0, 4))
        splinter = draw(st.one_of(st.sampled_from(SPLINTERS), st.binary(max_size=3)))
        content[at : at + length] = splinter * draw(st.sampled_from([1, 1, 1, 50]))
    return bytes(content)


def check_all(content: bytes) -> None:
    """Read and check `content`; every record, damaged or not, is there by its line."""
    file = open_csv([content], FormatWish(), count_known)
    mapped = map_columns(file.header, {}, Mode.UPSERT)
    if Field.SKU in mapped.missing:  # such a file is not read; its records are to be found, too
        mapped = map_columns(file.header, {"sku": file.header[0]}, Mode.UPSERT)
    decimals = DecimalDecider(None)
    checker = BatchChecker(file.header, mapped, decimals, file.shape)
    spans: dict[int, int] = {}
    for batch in file.batches():
        checked = checker.check(batch)
        aside = [remark.line for remark in checked.remarks if remark.is_skipped]
        found = {*checked.lines, *(reject.line for reject in checked.rejects), *aside}
        assert len(found) == len(checked.lines) + len(checked.rejects) + len(aside)
        for line, cells in zip(batch.lines, batch.rows, strict=True):
            assert line not in spans
            assert line in found or not any(map(str.strip, cells))
            spans[line] = 1 + sum(len(find_line_ends.findall(cell)) for cell in cells)
        for damage in batch.damages:
            assert damage.line not in spans
            spans[damage.line] = damage.lines
        assert found <= spans.keys()
    decimals.conclude("price")
    assert_no_line_is_lost(content, file, spans)


def assert_no_line_is_lost(content: bytes, file: CsvFile, spans: dict[int, int]) -> None:
    """Between one record's last line and the next record are only blank lines."""
    source = b"".join(Utf8Blocks(unpack([content]), None))
    lines = find_line_ends.split(source.decode("utf-8", "surrogateescape"))
    blank = re.compile(
        rf"[\s\0\x1a{re.escape(file.dialect.delimiter)}{file.dialect.quote}]*"
    ).fullmatch
    covered = {line + n for line, count in spans.items() for n in range(count)}
    first = min(spans, default=len(lines) + 1)
    for number, text in enumerate(lines, start=1):
        assert number < first or number in covered or blank(text), (number, text)


@settings(max_examples=200 * THOROUGH, deadline=None)
@given(damaged_files())
def test_a_damaged_file_ends_in_rows_and_errors_or_a_problem(content: bytes) -> None:
    try:
        check_all(content)
    except FileProblem as problem:
        assert problem.detail.endswith((".", "?")), problem.detail


@settings(max_examples=100 * THOROUGH, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=300),
        st.binary(max_size=100).map(lambda noise: b"sku,name,price\n" + noise),
        st.lists(st.sampled_from(SPLINTERS), max_size=40).map(b"".join),
        st.lists(st.sampled_from(SPLINTERS), max_size=40).map(
            lambda noise: b"sku;name;price\nA;b;1\n" + b"".join(noise)
        ),
    )
)
def test_any_bytes_end_in_rows_and_errors_or_a_problem(content: bytes) -> None:
    try:
        check_all(content)
    except FileProblem as problem:
        assert problem.detail.endswith((".", "?")), problem.detail


def test_a_large_damaged_file_ends_in_rows_and_errors() -> None:
    chance = random.Random(7)
    rows = [b'K%d,"Chair, no. %d",%d.90\n' % (n, n, n % 100) for n in range(20_000)]
    for _ in range(300):
        rows[chance.randrange(len(rows))] = chance.choice(
            [b'X,"open,1\n', b'X,y"\n', b'"\n', b"\xff\xfe,x,1\n", b'X,"a"b,1\n', b'X,y,"1\n']
        )
    checked = check_table(b"sku,name,price\n" + b"".join(rows))
    assert 19_300 < len(checked.rows) < 20_000
    assert len(checked.rows) + len(checked.rejects) > 19_900


def measure(blocks: Iterator[bytes]) -> tuple[int, int]:
    """Read all; how many records, and the most memory in use meanwhile."""
    tracemalloc.start()
    try:
        file = open_csv(blocks, FormatWish(), count_known)
        count = sum(len(batch.rows) for batch in file.batches())
        return count, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


BLOCK = b"".join(b'K%d,"Chair, no. %d",12.90\n' % (n, n) for n in range(2000))


def test_memory_does_not_grow_with_the_file() -> None:
    small = measure(chain([b"sku,name,price\n"], repeat(BLOCK, 20)))
    large = measure(chain([b"sku,name,price\n"], repeat(BLOCK, 60)))
    assert large[0] == 3 * small[0] == 120_000
    assert large[1] < 1.5 * small[1] < 30_000_000


def test_memory_does_not_grow_with_a_quote_that_never_closes() -> None:
    rows, peak = measure(chain([b'sku,name,price\nX,"open,1\n'], repeat(b"A,b,1\n" * 9000, 20)))
    assert rows == 180_000
    assert peak < 45_000_000


@pytest.mark.parametrize(
    "start", [b"", b"sku,name\n", b"sku,name\nA,", b"\xff\xfe", b'sku,name\nA,"', b"\xe9"]
)
def test_a_line_without_end_is_refused_early(start: bytes) -> None:
    taken = 0

    def blocks() -> Iterator[bytes]:
        nonlocal taken
        yield start
        while True:
            taken += 1
            yield b"A" * (1 << 18)

    with pytest.raises(NotText, match="longer than"):
        measure(blocks())
    assert taken < 60


def test_a_long_line_is_refused_whatever_the_blocks() -> None:
    content = b"sku,name\n" + b"A," + b"x" * 5_000_000 + b"\nB,b\n"
    for size in (100_000, len(content)):
        with pytest.raises(NotText, match="longer than"):
            read_table(content, block_size=size)


def test_many_columns_and_many_cells_do_no_harm() -> None:
    header = ",".join(["sku", "name", *(f"attribute {n}" for n in range(498))])
    content = header + "\n" + ("A,b" + ",x" * 498 + "\n") * 200
    found = read_table(content.encode())
    assert (len(found.header), len(found.rows)) == (500, 200)
    assert list(cut(b"abc", 2)) == [b"ab", b"c"]
