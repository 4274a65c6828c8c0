"""Encodings: told by a mark, found out, or given; and bytes that are no text in them."""

from __future__ import annotations

import codecs

import pytest

from app.imports.decoding import Utf8Blocks, cut_evenly
from app.imports.detection import detect
from app.imports.errors import MixedEncodings, NotText
from tests.imports.reading import check_table, cut, read_table

LABELS = {
    "cp1250": "windows-1250",
    "cp1251": "windows-1251",
    "cp1252": "windows-1252",
    "cp1253": "windows-1253",
    "cp1254": "windows-1254",
    "cp1255": "windows-1255",
    "cp1256": "windows-1256",
    "cp1257": "windows-1257",
    "koi8_r": "koi8-r",
    "cp932": "shift_jis",
    "gb18030": "gb18030",
    "big5": "big5",
    "cp949": "euc-kr",
}
NAMES = [
    ("cp1250", "Příliš žluťoučký kůň úpěl ďábelské ódy"),
    ("cp1250", "Krzesło dębowe składane, stół, łóżko"),
    ("cp1250", "Őrült tűzoltó, fűrész, szék és asztal"),
    ("cp1250", "Židle, stůl, skříň, postel, křeslo"),
    ("cp1250", "łóżko"),
    ("cp1251", "Стул деревянный складной"),
    ("cp1251", "Кресло «Уют» — дуб"),
    ("cp1251", "СТОЛ ДЕРЕВЯННЫЙ РАСКЛАДНОЙ"),
    ("cp1251", "Стул"),
    ("koi8_r", "Стул деревянный складной"),
    ("cp1253", "Καρέκλα ξύλινη πτυσσόμενη"),
    ("cp1254", "Ahşap sandalye, masa, çekmece, ışık, gözlük, şişe"),
    ("cp1255", "כיסא עץ מתקפל"),
    ("cp1256", "كرسي خشبي قابل للطي"),
    ("cp1257", "Kėdė, stalas, žalias krėslas, šaukštas, ąžuolas"),
    ("cp932", "折りたたみ椅子"),
    ("cp932", "木製の椅子、テーブル"),
    ("cp932", "カメラ"),
    ("gb18030", "折叠椅"),
    ("gb18030", "木制椅子，桌子，床"),
    ("gb18030", "手机壳"),
    ("big5", "木製椅子，桌子，床"),
    ("cp949", "나무 의자, 테이블, 침대"),
]
WESTERN = [
    "Écu", "Größe", "Chaise pliante en chêne", "café crème, 12 €", "Maße: 10 × 20 cm",
    "señal", "niño “x” – y…", "Århus", "smørrebrød", "Ça déjà vu à Noël", "ÄÖÜ", "œuf", "50°",
    "½ kg", "ÀÉÈ ÇÀ", "façade ÉÉ", "Ærø", "Õisu", "à", "crème brûlée", "Ÿ", "¿Qué?", "£5", "été",
    "Grün, Größe 40, für Österreich", "Åse Ødegård", "São João ções", "Þór ðað", "5 m², 3 m³",
    "Ø 12 µm ± 3 %", "€uro", "naïve Zoë", "ÉTÉ À LA FORÊT", "Ärmel Äpfel Ägypten Ära Äste",
]  # fmt: skip


def table(name: str, rows: int) -> str:
    """A file with the one name in many rows."""
    return "sku,name,price\n" + "".join(f'A-{n},"{name}",12.90\n' for n in range(rows))


@pytest.mark.parametrize("rows", [1, 300])
@pytest.mark.parametrize(("encoding", "name"), NAMES)
def test_an_encoding_is_found_out_by_its_letters(encoding: str, name: str, rows: int) -> None:
    found = read_table(table(name, rows).encode(encoding))
    assert (found.encoding, found.rows[0][1][1]) == (LABELS[encoding], name)


@pytest.mark.parametrize("rows", [1, 300])
@pytest.mark.parametrize("name", WESTERN)
def test_western_text_however_short_is_never_taken_for_another(name: str, rows: int) -> None:
    content = table(name, rows).encode("cp1252")
    assert read_table(content).encoding == "windows-1252"


@pytest.mark.parametrize("name", [*WESTERN, *(name for _, name in NAMES), "𝔛", "😀 emoji", "é"])
def test_utf_8_is_never_taken_for_another(name: str) -> None:
    found = read_table(table(name, 2).encode())
    assert (found.encoding, found.rows[0][1][1]) == ("utf-8", name)


@pytest.mark.parametrize(
    ("mark", "encoding", "label"),
    [
        (codecs.BOM_UTF8, "utf-8", "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le", "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be", "utf-32-be"),
        (b"", "utf-16-le", "utf-16-le"),
        (b"", "utf-16-be", "utf-16-be"),
    ],
)
@pytest.mark.parametrize("size", [1, 3, 1 << 20])
def test_a_byte_order_mark_or_the_nuls_tell_the_encoding(
    mark: bytes, encoding: str, label: str, size: int
) -> None:
    content = mark + "sku,name\r\nÉ1,Chaise 😀\r\n".encode(encoding)
    found = read_table(content, block_size=size)
    assert found.header == ["sku", "name"]
    assert found.rows == [(2, ["É1", "Chaise 😀"])]
    assert found.encoding == label


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
@pytest.mark.parametrize("name", [name for _, name in NAMES])
def test_wide_encodings_hold_every_script(encoding: str, name: str) -> None:
    assert read_table(table(name, 50).encode(encoding)).rows[49][1][1] == name


def test_a_broken_byte_far_down_a_utf_8_file_costs_its_row_alone() -> None:
    good = "".join(f"K{n},Écu no. {n}\n" for n in range(60_000)).encode()
    checked = check_table(b"sku,name\n" + good + b"X,b\xe9d\n" + b"Y,fine\n")
    assert checked.codes == [(60_002, "name_not_text")]
    assert len(checked.rows) == 60_001
    assert checked.rows[60_003]["name"] == "fine"


def test_a_file_that_is_ascii_for_a_megabyte_may_be_windows_1252_after_it() -> None:
    good = b"".join(b"K%d,Chair number %d\n" % (n, n) for n in range(50_000))
    assert len(good) > 1024 * 1024
    found = read_table(b"sku,name\n" + good + "É1,Größe\n".encode("cp1252"))
    assert found.rows[-1] == (50_002, ["É1", "Größe"])
    assert found.encoding == "windows-1252"


def test_bytes_that_the_encoding_has_no_letter_for_cost_their_row() -> None:
    checked = check_table(b"sku,name\nA,Gr\xf6\xdfe\nB,bad \x81\nC,Gr\xfcn\n")
    assert checked.codes == [(3, "name_not_text")]
    assert [row["name"] for row in checked.rows.values()] == ["Größe", "Grün"]


def test_a_broken_character_in_a_japanese_file_costs_its_row() -> None:
    good = table("木製の椅子、テーブル", 50).encode("cp932")
    checked = check_table(good + b"X,\x82\xff,1.00\n")
    assert checked.codes == [(52, "name_not_text")]
    assert checked.rows[51]["name"] == "木製の椅子、テーブル"


def test_a_file_of_utf_16_with_half_a_character_loses_its_last_row() -> None:
    content = "\ufeffsku,name\nA,Chair\nB,Table".encode("utf-16-le")[:-1]
    checked = check_table(content)
    assert checked.codes == [(3, "name_not_text")]
    assert list(checked.rows) == [2]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp850", "Größe"),
        ("iso8859-15", "12 €"),
        ("mac-roman", "Größe"),
        ("latin-1", "Écu"),
        ("euc-jp", "椅子"),
        ("utf-8", "Écu"),
        ("UTF-16", "Écu"),
        ("utf-16-be", "Écu"),
        ("utf-8-sig", "Écu"),
        ("iso2022_jp", "椅子"),
    ],
)
def test_a_given_encoding_is_believed(encoding: str, text: str) -> None:
    found = read_table(f"sku,name\nA,{text}\n".encode(encoding), encoding=encoding)
    assert found.rows == [(2, ["A", text])]


def test_a_given_utf_16_obeys_the_mark_of_the_file() -> None:
    content = codecs.BOM_UTF16_BE + "sku,name\nA,Écu\n".encode("utf-16-be")
    assert read_table(content, encoding="utf-16").rows == [(2, ["A", "Écu"])]


@pytest.mark.parametrize("encoding", ["undefined", "idna", "utf-7", "punycode"])
def test_a_codec_that_is_none_for_files_is_a_problem_or_reads(encoding: str) -> None:
    try:
        read_table(b"sku,name\nA,+2AA-\xff\n", encoding=encoding)
    except NotText as problem:
        assert encoding in problem.detail


def test_the_encoding_is_known_once_the_blocks_are_used_up() -> None:
    blocks = Utf8Blocks([b"sku,name\n", "Écu".encode("cp1252")], None)
    assert blocks.encoding == "utf-8"
    assert b"".join(blocks) == "sku,name\nÉcu".encode()
    assert blocks.encoding == "windows-1252"


def test_blocks_are_cut_evenly() -> None:
    content = bytes(range(256)) * 1000
    assert list(cut_evenly(cut(content, 999))) == list(cut(content, 64 * 1024))


def test_utf_8_with_a_little_damage_is_still_utf_8() -> None:
    assert detect("é è à ü".encode() + b"\xff", is_whole=True).encoding == "utf-8"


def test_a_file_may_end_in_a_letter_of_windows_1252() -> None:
    assert read_table("sku,name\nA,café".encode("cp1252")).rows == [(2, ["A", "café"])]
    assert detect("café".encode("cp1252"), is_whole=False).encoding == "utf-8"


def test_a_file_that_turns_out_to_be_utf8_is_not_read_as_what_one_damaged_byte_said() -> None:
    text = b"sku,name\n1,Don\x92t\n" + b"2,plain\n" * 200_000 + "3,Größe – Müller\n".encode() * 99
    with pytest.raises(MixedEncodings):
        list(Utf8Blocks([text], None))
    assert list(Utf8Blocks([text], "utf-8"))


CHINESE = "sku,name\r\n" + "".join(f"{n},不锈钢保温杯大号一二三\r\n" for n in range(8))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("text", [CHINESE, "sku,name\nA,Chair\n"])
def test_wide_text_without_a_mark_is_found_out_by_its_line_ends(encoding: str, text: str) -> None:
    found = read_table(text.encode(encoding))
    assert (found.encoding, found.header) == (encoding, ["sku", "name"])
    assert found.rows[0][1][1] == text.splitlines()[1].split(",")[1]


@pytest.mark.parametrize("rows", [1, 9000])
@pytest.mark.parametrize("padding", [b"\0" * 600, b"\x1a", b"\x1a" + b"\0" * 127])
def test_padding_behind_the_last_line_is_nothing(rows: int, padding: bytes) -> None:
    checked = check_table(b"sku,name\n" + b"A,Chair\n" * rows + padding)
    assert (len(checked.rows), checked.rejects) == (rows, [])


@pytest.mark.parametrize(
    "text",
    [
        b"sku+ADs-name+ADs-price\r\nU-1+ADs-Kettle+ADs-24.90\r\n",
        b"sku,name\nU-1,K+APw-che\nU-2,M+APw-sli\n",
    ],
)
def test_utf_7_is_called_so(text: bytes) -> None:
    with pytest.raises(NotText, match="This is UTF-7"):
        read_table(text)


def test_plus_signs_are_not_taken_for_utf_7() -> None:
    text = b"sku,name\nA+BCD-1,Set a+bcd-e\nC+AAA-2,C+Plus-3\n"
    assert read_table(text).rows[0] == (2, ["A+BCD-1", "Set a+bcd-e"])


def test_the_letters_of_vietnamese_are_put_together() -> None:
    found = read_table("sku,name\nA,Cô\u0301c sư\u0301\n".encode("cp1258"), encoding="cp1258")
    assert found.rows == [(2, ["A", "Cốc sứ"])]


def test_shift_jis_that_is_named_has_the_characters_of_windows_as_well() -> None:
    content = "sku,name\nA,①〜".encode("shift_jisx0213").replace(b"\x87\x40", b"\x87\x40")
    assert read_table(content, encoding="shift_jis").rows == [(2, ["A", "①〜"])]
