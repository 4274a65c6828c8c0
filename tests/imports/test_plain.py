"""Both ways of reading a file, held against each other: the same events, whatever is in it."""

from __future__ import annotations

import gzip
import random
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.imports import columns, reader
from app.imports.copytext import find_last_line
from app.imports.errors import FileProblem, OtherHeader
from app.imports.reading import Again, End, Part, Understanding, read_file
from app.imports.repeats import fold_sku
from app.products.upsert import Mode
from tests.imports.corpus import FILES
from tests.imports.reading import cut
from tests.thorough import THOROUGH

UNKNOWN = "\U0002fffe"  # a noncharacter: no Unicode will ever give it a meaning
BLOCK_SIZES = [1, 40, 150, 1000]


@dataclass(frozen=True)
class Read:
    """What came of a file: its good rows, its rejects, and what was understood."""

    rows: Sequence[bytes]
    rejects: Sequence[bytes]
    held: set[bytes]
    parts: Sequence[tuple[int, int, int] | None]
    understanding: Understanding
    problem: object


def describe(problem: FileProblem | None) -> object:
    """What a problem is, without what it takes from the first rows, which are left out here."""
    if problem is None:
        return None
    data = {name: value for name, value in problem.data.items() if name != "suggested"}
    return type(problem), data


def split_rows(text: bytes) -> list[bytes]:
    return text.split(b"\n") if text else []


def read_whole(content: bytes, *, careful: bool, **wishes: object) -> Read:
    """Read a file to its end; a part is told by its rows, rejects and bytes, `Again` by None."""
    rows: list[bytes] = []
    rejects: list[bytes] = []
    held: set[bytes] = set()
    parts: list[tuple[int, int, int] | None] = []
    events = read_file(
        lambda: cut(content, 1 << 16), "import", wishes, Mode.UPSERT, careful=careful
    )
    for event in events:
        match event:
            case Part():
                good, late = split_rows(event.rows), split_rows(event.held_rows)
                bad = split_rows(event.rejects)
                assert (len(good), len(late), len(bad)) == (event.good, event.held, event.bad)
                rows += sorted(good + late, key=find_last_line)
                assert good == sorted(good, key=find_last_line)
                rejects += bad
                held |= set(late)
                parts.append((len(good) + len(late), len(bad), event.bytes_read))
            case Again():
                rows, rejects, held = [], [], set()
                parts.append(None)
            case End():
                return Read(
                    rows, rejects, held, parts, event.understanding, describe(event.problem)
                )
    raise AssertionError


def find_repetitions(rows: Sequence[bytes]) -> set[bytes]:
    """The rows whose SKU, folded, came before."""
    seen: set[str] = set()
    found: set[bytes] = set()
    for row in rows:
        sku = fold_sku(row.split(b"\t")[1].decode())
        if sku in seen:
            found.add(row)
        seen.add(sku)
    return found


def assert_same(content: bytes, *, samples: bool = False, **wishes: object) -> Read:
    """Read both ways, and compare; the samples are those of the first rows."""
    careful = read_whole(content, careful=True, **wishes)
    plain = read_whole(content, careful=False, **wishes)
    assert plain.rows == careful.rows
    assert plain.rejects == careful.rejects
    assert plain.parts == careful.parts
    assert plain.understanding.format == careful.understanding.format
    assert plain.understanding.mapping == careful.understanding.mapping
    assert plain.understanding.notices == careful.understanding.notices
    assert plain.understanding.columns == careful.understanding.columns or not samples
    assert plain.problem == careful.problem
    repetitions = find_repetitions(careful.rows)
    assert repetitions <= careful.held
    assert repetitions <= plain.held
    return plain


@pytest.fixture(params=BLOCK_SIZES)
def _small_blocks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks that end everywhere, and no first rows that are read carefully anyway."""
    monkeypatch.setattr(reader, "SAMPLE_BYTES", 256)
    monkeypatch.setattr(reader, "BLOCK_BYTES", request.param)
    monkeypatch.setattr("app.imports.plain.ROWS_LOOKED_AT", 0)


@pytest.mark.usefixtures("_small_blocks")
@pytest.mark.parametrize("name", FILES)
def test_a_nasty_file_is_read_both_ways_alike(name: str) -> None:
    assert_same(FILES[name].content)


@pytest.mark.usefixtures("_small_blocks")
def test_a_row_is_rejected_with_its_rest_below_it_that_has_a_stray_quote() -> None:
    rows = [f'"A-{n}","Chair {n}"' for n in range(30)]
    cut = ['"B-1","Monitor 24"', 'wide screen"', '"B-2","Lamp"', ""]
    read = assert_same("\n".join(['"sku","name"', *rows, *cut]).encode())
    assert [row.split(b"\t")[1] for row in read.rows][-1:] == [b"B-2"]
    assert len(read.rows) == 31
    assert b"line_break_unquoted" in b"".join(read.rejects)


@pytest.mark.usefixtures("_small_blocks")
def test_a_row_is_rejected_whose_rest_below_it_has_the_commas_of_a_row() -> None:
    rows = [f"A-{n},Chair,Nice" for n in range(30)]
    cut = ["B-1,Desk,Nice", "and big, too, really", "B-2,Lamp,Nice"]
    read = assert_same("\n".join(["sku,name,description", *rows, *cut, ""]).encode())
    skus = [row.split(b"\t")[1] for row in read.rows]
    assert b"B-2" in skus
    assert b"and big" not in skus
    assert b"line_break_unquoted" in b"".join(read.rejects)


# What cells are made of: all that some layer takes for its own, and letters with odd cases.
SKUS = [
    "A1", "a1", "é1", "É1", "İ1", "i1", "ß", "SS", "ſ1", "s1", "\u212a9", "k9", "K9", "Σ", "ς",
    "椅子", "A[1", "a{1", "LONG-SKU-0000000001", "long-sku-0000000001", "007", "'=1", "'90s",
    "A\\B", 'A"B', "X" * 100, "X" * 101, "é" * 100, "\u0378", "A\u00a0B", "", " ", "A B",
    '="007"', '="é"', "=A1", "'00123", "''00123", "'NULL", "4.00638E+12", "4,1e+5", "1E+100",
    "4.00638E12", "1.23E-05", "1.5E1",
    "2E12", "A+1", "10001.0", "10002,0", "2.0", "#N/A", "#NV", "##", "#1", "NULL", "nan", "(null)",
    "Nan", "nullable", "\\N", "\\n", "E\u0301", "\u0301E", "\u00ad-1", "Z\u00ad1", "Z\u200b",
    "\u200eZ1", "LONG-SKU-Z\u200b-1", "Ｚ１", "カ\u3099", "ガ", "\u1100\u1161", "가", "Ϊ́", "Ơ1",
    "чайник", "м²", "None", "n/a", "N/A", "NA", "NAN1", "no sku", ".", "undefined",
    "undefined2", "-", "--", "—", "?",
    "[object Object]", "A\u3000B", "A\u2800B", "A\u2028",
]  # fmt: skip
PRICES = [
    "12.90", "12,90", "1", "0", "12.9", "12,9", "1.299", "1,299", "1.299,00", "1,299.00", "-1",
    "€ 12", "12 kr", "1234567890.12", "12345678901", "12.", ".5", ",5", "12.345", "abc", "1.2.3",
    "1.,2", "1 299,00", "'12", "12\u00a0", "", " 7.50 ", "9999999999.99", "١٢", "+3",
    "12,-", "12.–", "(5)", "5-", "１２", "¥1,200", "1,29,900", '="7"', '="7,50"', "\\N",
    "16.528926", "16,528926", "12.9051", "0.000001", "١٢٫٩٠",
]  # fmt: skip
FLAGS = [
    "true", "TRUE", "True", "yes", "no", "0", "1", "published", "Draft", "unlisted", "-1", "2",
    "", "maybe", "ye\u017f", "on", "N", "enabled", "a-word-of-more-than-16", "\r1", "-1 ",
    "Ja", "nein", "OUI", "sí", "да", "是", "1.0", "publish", "✓", '="TRUE"', "\\N", "non\u0303",
]  # fmt: skip
TEXTS = [
    "Chair", "a, b", "a; b", "a\tb", "a|b", 'say "hi"', '15"', '"', '""', "'", "'=SUM(A1)", "'n'",
    "back\\slash", "\\N", "\\", "two\nlines", "two\r\nlines", "two\rlines", "\n", "a\n\n\nb",
    "1,2\n3,4\n5,6\n7,8", "a,b,c,d,e,f\n" * 4, "x\n" * 9, " padded ", "\u00a0nbsp\u00a0", "\u3000",
    "防水、軽量。", "\u3000a", "a\u2028", "a\u2028b", "\u180e", "\u200b", "\ufeff", "\u1680x",
    "nul\x00", "bell\x07", "\x1c", "x\x1f", "del\x7f", "nel\x85", "\x9f", "🪴", "ok", "",
    "", " ", "Y" * 500, "Y" * 501, "ÿ" * 300, "\x0b", "a\x0cb",
    '="00123"', '="a ""b"""', "=1+1", "NULL", "nan", "null", "Null", "NaN", "(null)", "Nancy",
    "<NA>", "#N/A", "#NAME?", "###", "# one", "'#N/A", "'NULL", "\\N ",
]  # fmt: skip
JUNK = [
    "", "   ", ",,,,,", ";;;;;", '"', '""', '"",""', '"open', 'x"y"', '"a"b,c', '"a" ,b', "a,b",
    "only", "\t", ",", '"","","","","",""', "A9,b,c,1,1,v,", "A9,b,c,1,1,v,,,", "A9,b,c,1,1,v,x",
    'A8,5" pipe,c,1,1,v', 'A7,"x""y,"c,1,1,v', "\x00", '"a\nb', 'z"', "'a','b'", "\ufeff",
]  # fmt: skip
ENDS = ["\n", "\n", "\n", "\r\n", "\r"]
ENCODINGS = ["utf-8", "utf-8", "utf-8-sig", "cp1252", "utf-16"]
HEADERS = [
    ["sku", "name", "description", "price", "active", "vendor"],
    ["vendor", "price", "name", "sku", "published", "x"],
    ["name", "sku"],
    ["sku", "name", "price"],
    ["sku", "name", "price", "language"],
    ["sku", "store_view_code", "name", "price"],
]
STOCKS = {"sku": SKUS, "price": PRICES, "active": FLAGS, "published": FLAGS}


def write_row(chance: random.Random, cells: Sequence[str], delimiter: str) -> str:
    """A row, its cells in quotes where they have to be, and sometimes where not, or not at all."""
    all_quoted = chance.random() < 0.2
    careless = chance.random() < 0.05
    written = []
    for cell in cells:
        has_to = any(mark in cell for mark in (delimiter, "\n", "\r")) or cell.startswith('"')
        is_quoted = has_to or all_quoted or ('"' in cell and chance.random() < 0.7)
        doubled = cell.replace('"', '""')
        written.append(f'"{doubled}"' if is_quoted and not careless else cell)
    return delimiter.join(written)


def make_file(chance: random.Random) -> bytes:
    """A file that is more or less nasty: mostly rows in order, some cells odd, some lines junk."""
    delimiter = chance.choice(",,,;\t|")
    header = chance.choice(HEADERS)
    end = chance.choice(ENDS)
    nasty = chance.choice([0, 0.02, 0.1, 0.5])
    junk = chance.choice([0, 0, 0.02, 0.1])
    marks = chance.choice([PRICES, PRICES, ["12.90", "7", ""], ["12,90", "7", "1.299,00", "3,5"]])
    lines = [delimiter.join(header)]
    for number in range(chance.randrange(60)):
        if chance.random() < junk:
            lines.append(chance.choice(JUNK).replace(",", delimiter))
            continue
        cells = []
        for name in header:
            usual = {"sku": f"S{number}", "price": chance.choice(marks[:3]), "name": "Tisch"}
            stock = marks if name == "price" else STOCKS.get(name, TEXTS)
            odd = chance.random() < nasty
            cells.append(chance.choice(stock) if odd else usual.get(name, "1"))
        lines.append(write_row(chance, cells, delimiter))
    mixed = chance.random() < 0.1
    text = "".join(line + (chance.choice(ENDS) if mixed else end) for line in lines)
    if chance.random() < 0.3:
        text = text.rstrip("\r\n")
    content = text.encode(chance.choice(ENCODINGS), "ignore")
    if chance.random() < 0.1:
        at = chance.randrange(len(content))
        content = content[:at] + chance.choice([b"\xff", b"\xed\xa0\x80", b"\xe9"]) + content[at:]
    return content


@settings(max_examples=100 * THOROUGH, deadline=None)
@given(st.integers(0, 1 << 64), st.sampled_from(BLOCK_SIZES), st.sampled_from([None, ".", ","]))
def test_any_file_is_read_both_ways_alike(seed: int, size: int, decimal: str | None) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "SAMPLE_BYTES", 256)
        patch.setattr(reader, "BLOCK_BYTES", size)
        patch.setattr("app.imports.plain.ROWS_LOOKED_AT", 0)
        patch.setattr("app.imports.keys.TABLE_BITS", 10)
        patch.setattr("app.imports.repeats.TABLE_BITS", 10)
        assert_same(make_file(random.Random(seed)), decimal=decimal)


@pytest.mark.parametrize("name", ["Chair", '"Chair\n\n\n\n\n\n\n\n"', 'Ch"air'])
def test_the_first_rows_are_shown_alike_however_a_file_is_read(name: str) -> None:
    rows = [f"K{n},{name},{n}.90" for n in range(20_000)]
    read = assert_same("\n".join(["sku,name,price", *rows]).encode(), samples=True)
    assert len(read.rows) == 20_000


@pytest.mark.parametrize(
    "lines",
    [
        ['X,5" pipe,1', 'X,12"" pipe,1', 'X,"a ""b"" c",1'],
        ['X,"open,1'],
        ['X,"a"b,1', "X,y", "X,y,1,,", "X,y,1,z", "  ", ",,"],
        ['"X\n1","a\nb\nc\nd",1', '"X","1,2,3\n4,5,6\n7,8,9\n1,2,3",1'],
        ["É\u0301,y,1", "Z\u200b,y,1", '="7",y,="7"', "NULL,y,1", "#N/A,y,1", "1.2E+5,y,1.234567"],
        ["X,y,€ 5", "X,y,abc", "x,y,1", "É,y,1", "é,y,1", "'=X,y,1", "\u00a0X,y,1"],
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_odd_rows_among_many_are_read_both_ways_alike(
    lines: list[str], encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "SAMPLE_BYTES", 1 << 13)
    monkeypatch.setattr(reader, "BLOCK_BYTES", 1 << 14)
    chance = random.Random(3)
    rows = [f'K{n},"Grüße, no. {n}",{n % 100}.90' for n in range(3_000)]
    for _ in range(40):
        rows.insert(chance.randrange(len(rows)), chance.choice(lines))
    content = "\n".join(["sku,name,price", *rows, ""]).encode(encoding, "ignore")
    read = assert_same(content, samples=True)
    assert len(read.rows) > 2_850
    assert read_whole(gzip.compress(content, 1), careful=False).rows == read.rows


@pytest.mark.parametrize(
    "line",
    ["Bezeichnung,Artikelnummer", "TITLE,Item no.", '"N a m e",S.K.U', "Désignation,Référence"],
)
def test_without_prices_both_ways_see_a_second_header_far_down(line: str) -> None:
    rows = [f"K{n},Chair\nchair-{n}-x,Chair\n{n},Chair\nTitle{n},Name" for n in range(5_000)]
    read = assert_same("\n".join(["sku,name", *rows, line, "Sofa,B-1"]).encode())
    assert isinstance(read.problem, tuple)
    assert read.problem[0] is OtherHeader


def test_both_ways_see_every_total_far_down() -> None:
    words = ["Total :", "TOTAL.", "* Total *", "Total (EUR)", "TOTAL HT", "Gesamt netto", "SUMME"]
    words += ["Endsumme", "Sous-total\u00a0:", "Итого:", "Összesen", "합계", "Zwischensumme €"]
    rows = [f"SUM-{n}-X,Chair,1.00" for n in range(3_000)]
    rows += [f"{word},x,2.00" for word in words]
    read = assert_same("\n".join(["sku,name,price", *rows]).encode())
    totals = next(n for n in read.understanding.notices if n["code"] == "totals_row")
    assert totals["count"] == len(words)


def test_a_decimal_mark_found_late_has_the_file_read_again_either_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reader, "SAMPLE_BYTES", 1 << 13)
    monkeypatch.setattr(reader, "BLOCK_BYTES", 1 << 14)
    rows = [f'K{n},Chair,"1,299"' for n in range(3_000)]
    read = assert_same("\n".join(["sku,name,price", *rows, 'X,y,"1,5"']).encode())
    assert None in read.parts
    assert read.rows == [b"3002\tX\ty\t1.5"]
    assert len(read.rejects) == 3_000


def test_half_a_million_different_skus_hardly_seem_to_repeat() -> None:
    rows = "".join(f"K{n},Chair\n" for n in range(500_000))
    read = read_whole(b"sku,name\n" + rows.encode(), careful=False)
    assert len(read.rows) == 500_000
    assert len(read.held) <= 5


def test_behind_a_letter_that_python_does_not_know_all_rows_are_held(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reader, "BLOCK_BYTES", 1 << 14)
    rows = ["A,Chair", f"{UNKNOWN},Chair", "B,Chair", *(f"K{n},Chair" for n in range(6_000))]
    for careful in (True, False):
        read = read_whole("\n".join(["sku,name", *rows]).encode(), careful=careful)
        assert len(read.held) > 6_000


def test_white_space_is_what_python_takes_it_for() -> None:
    beyond = [chr(n) for n in range(0x80, 0x110000) if chr(n).isspace() and n != 0x85]
    assert [space.decode() for space in columns.WIDE_SPACES] == beyond


def run_alone(program: str) -> bytes:
    """What a program prints in a process of its own."""
    return subprocess.check_output([sys.executable, "-c", program]).strip()


def test_without_numpy_the_careful_way_does_alone() -> None:
    program = (
        "import sys; sys.modules['numpy'] = None\n"
        "from app.imports.reading import read_file\n"
        "from app.products.upsert import Mode\n"
        "*parts, _ = read_file(lambda: [b'sku,name\\nA,b\\n'], '', {}, Mode.UPSERT)\n"
        "print(b''.join(part.rows for part in parts).decode())\n"
    )
    assert run_alone(program) == b"2\tA\tb"


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted in /proc")
def test_importing_numpy_starts_no_thread() -> None:
    assert run_alone(
        "import app.imports.arrays, os; print(*os.listdir('/proc/self/task'))"
    ).isdigit()
