"""Encodings found out: a grid of languages, encodings and sizes, and what is asked about."""

from __future__ import annotations

import random
import re
import sys
import unicodedata
from collections import Counter
from typing import Any

import pytest

from app.imports import likelihood, scripts
from app.imports.converting import choose_converter
from app.imports.detection import detect
from app.imports.encodings import DETECTED, ENCODINGS, find_encoding
from app.imports.errors import AmbiguousEncoding
from app.imports.options import NAMES as ACCEPTED
from tests.conftest import PROJECT
from tests.imports.encoding_words import ENCODINGS as WRITTEN_IN
from tests.imports.encoding_words import NAMES
from tests.imports.reading import read_table, read_whole

ROUNDS = {2: 2, 3: 2, 20: 1, 200: 1}
GRID = [
    (language, encoding, rows, number)
    for language, encodings in WRITTEN_IN.items()
    for encoding in encodings
    for rows, rounds in ROUNDS.items()
    for number in range(rounds)
]


def list_names(language: str) -> list[str]:
    return [" ".join(name.split()) for name in NAMES[language].split(",")]


def make_table(language: str, encoding: str, rows: int, number: int) -> str:
    """A file of products, each with a letter beyond ASCII in the first of its two names."""
    chance = random.Random(f"{language} {encoding} {rows} {number}")
    names = [name for name in list_names(language) if can_write(name, encoding)]
    telling = [name for name in names if not name.isascii()]
    lines = [
        f"A-{n},{chance.choice(telling)}{chance.choice(['', f' {chance.choice(names)}'])},1.50\r\n"
        for n in range(rows)
    ]
    return "sku,name,price\r\n" + "".join(lines)


def can_write(text: str, encoding: str) -> bool:
    return write(text, encoding).decode(encoding) in (text, take_apart(text))


def write(text: str, encoding: str) -> bytes:
    return (take_apart(text) if encoding == "cp1258" else text).encode(encoding, "replace")


def take_apart(text: str) -> str:
    """Vietnamese as windows-1258 has it: the tone's mark behind the letter."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    parts = []
    for letter in text:
        marks = unicodedata.normalize("NFD", letter)
        tone = "".join(mark for mark in marks if mark in tones)
        rest = "".join(mark for mark in marks if mark not in tones)
        parts.append(unicodedata.normalize("NFC", rest) + tone)
    return "".join(parts)


def judge(language: str, encoding: str, rows: int, number: int) -> str:
    """`right`, `asked` or `wrong`."""
    text = make_table(language, encoding, rows, number)
    content = write(text, encoding)
    found = detect(content, is_whole=True)
    if found.rivals:
        return "asked"
    read = choose_converter(found.encoding, is_found=True)(content)
    return "right" if read == text else "wrong"


def test_no_file_of_the_grid_is_read_wrong_and_few_are_asked_about(
    capsys: pytest.CaptureFixture[str],
) -> None:
    judged = {trial: judge(*trial) for trial in GRID}
    assert [trial for trial, end in judged.items() if end == "wrong"] == []
    shares = {}
    for title, sizes in (("2 or 3 rows", (2, 3)), ("20 rows or more", (20, 200))):
        ends = Counter(end for trial, end in judged.items() if trial[2] in sizes)
        shares[title] = ends["right"] / ends.total()
    with capsys.disabled():
        for title, share in shares.items():
            sys.stdout.write(f"\nRight unasked with {title}: {share:.1%}")
    assert shares["2 or 3 rows"] >= 0.6
    assert shares["20 rows or more"] >= 0.95


def test_the_words_of_the_grid_are_not_those_that_the_detection_has() -> None:
    known = {word for text in likelihood.WORDS.values() for word in text.split()}
    words = {w.lower() for text in NAMES.values() for w in re.findall(r"[^\W\d_]{5,}", text)}
    assert len(words - known) > 0.85 * len(words)


def test_the_page_the_api_and_the_detection_have_one_list() -> None:
    page = (PROJECT / "static" / "index.html").read_text()
    select = re.search(r'<select[^>]*id="review-encoding".*?</select>', page, re.DOTALL)
    assert select
    offered = re.findall(r'<option value="([^"]+)">([^<]*)</option>', select[0])
    assert offered == [(encoding.label, encoding.title) for encoding in ENCODINGS]
    assert {find_encoding(name) for name in ACCEPTED} == set(ENCODINGS)
    assert {encoding.label for encoding in ENCODINGS} <= set(ACCEPTED)
    languages = {language for encoding in DETECTED for language in encoding.languages}
    assert languages == {*likelihood.WORDS, *scripts.CHARACTERS}


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("WINDOWS_874", "windows-874"), ("tis-620", "windows-874"), ("latin2", "iso-8859-2"),
        ("mac-centraleurope", "mac-latin2"), ("sjis", "shift_jis"), ("gbk", "gb18030"),
        ("ks_c_5601-1987", "euc-kr"), ("utf-8-sig", "utf-8"), ("ibm866", "cp866"),
    ],
)  # fmt: skip
def test_an_encoding_has_several_names(name: str, label: str) -> None:
    found = find_encoding(name)
    assert found
    assert found.label == label


@pytest.mark.parametrize("name", ["idna", "punycode", "base64", "undefined", "nothing", ""])
def test_what_no_file_is_written_in_is_no_encoding(name: str) -> None:
    assert find_encoding(name) is None


WESTERN = [
    "Café", "Größe", "£", "£5", "€", "12 €", "°", "21 °C", "®", "Tee®", "½", "½ kg", "10 × 20",
    "“Oak”", "Don’t", "5 ‰", "é", "Ø", "m²", "20 µm", "«Paris»", "© Acme", "Chair – oak", "¿Qué?",
]  # fmt: skip


@pytest.mark.parametrize("name", WESTERN)
def test_a_western_word_or_sign_is_not_asked_about(name: str) -> None:
    found = read_table(f"sku,name\nA,{name}\nB,Chair\n".encode("cp1252"))
    assert (found.encoding, found.rows[0][1][1]) == ("windows-1252", name)


def ask(content: bytes) -> list[dict[str, Any]]:
    """The answers to the question that a file raises."""
    problem = read_whole(content).problem
    assert isinstance(problem, AmbiguousEncoding)
    answers = problem.data["answers"]
    assert isinstance(answers, list)
    return answers


def test_a_question_shows_the_same_lines_in_each_encoding_and_an_answer_is_kept() -> None:
    content = b"sku,name,price\nA,Chair,1\nB,Cen\xea,2\n"
    answers = ask(content)
    assert 2 <= len(answers) <= 3
    assert {tuple(answer) for answer in answers} == {("label", "options", "samples")}
    readings = {str(answer["options"]): answer["samples"] for answer in answers}
    assert readings["{'encoding': 'windows-1250'}"] == ["B,Cenę,2"]
    assert readings["{'encoding': 'windows-1252'}"] == ["B,Cenê,2"]
    for answer in answers:
        result = read_whole(content, **answer["options"])
        assert result.problem is None
        assert str(result.products["B"]["name"]) in str(answer["samples"])


def test_nonsense_is_asked_about() -> None:
    rows = "".join(f"A-{n},\x83\x85{n}\x87x\xa6y,1\n" for n in range(9))
    assert ask(("sku,name,price\n" + rows).encode("latin-1"))


def test_one_cyrillic_word_is_enough() -> None:
    found = read_table("sku;name\nA;Чайник\n".encode("cp1251"))
    assert (found.encoding, found.rows[0][1][1]) == ("windows-1251", "Чайник")


UTF8_ROWS = "".join(f"A-{n},Stühle für Gäste {n}\n" for n in range(4)).encode()
OTHER_ROWS = "".join(f"B-{n},Schränke für Bücher {n}\n" for n in range(4)).encode("cp1252")


def test_a_damaged_line_of_a_utf_8_file_is_lost_alone_however_many_letters_it_has() -> None:
    result = read_whole(b"sku,name\n" + UTF8_ROWS + b"X," + b"\xe4\xf6\xfc" * 40 + b"\n")
    assert result.understanding.format
    assert result.understanding.format.encoding == "utf-8"
    assert result.rejected == {6: "name_not_text"}
    assert len(result.products) == 4


def test_lines_of_utf_8_in_a_western_file_are_lost_alone() -> None:
    good = UTF8_ROWS.decode().encode("cp1252") * 3
    result = read_whole(b"sku,name\n" + good + OTHER_ROWS.decode("cp1252").encode())
    assert result.understanding.format
    assert result.understanding.format.encoding == "windows-1252"
    assert sorted(result.rejected) == [14, 15, 16, 17]
    assert result.products["A-3"]["name"] == "Stühle für Gäste 3"


def test_a_file_half_of_utf_8_is_asked_about() -> None:
    answers = ask(b"sku,name\n" + UTF8_ROWS + OTHER_ROWS)
    assert [answer["options"] for answer in answers] == [
        {"encoding": "utf-8"}, {"encoding": "windows-1252"},
    ]  # fmt: skip


TWICE = ["Café crème", "Müsli", "Krzesło", "Чайник", "Nuñez’s", "日本"]


def encode_twice(text: str) -> str:
    return "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in text.encode())


@pytest.mark.parametrize("name", TWICE)
def test_text_encoded_twice_is_offered_for_repair(name: str) -> None:
    content = f"sku,name\nA,{encode_twice(name)}\nB,Chair\n".encode()
    repaired, kept = ask(content)
    assert repaired["options"] == {"encoding": "utf-8-twice"}
    assert repaired["samples"] == [f"A,{name}"]
    assert kept["options"] == {"encoding": "utf-8"}
    assert read_whole(content, **repaired["options"]).products["A"]["name"] == name
    assert read_whole(content, **kept["options"]).products["A"]["name"] == encode_twice(name)


def test_a_few_texts_encoded_twice_are_named_and_kept() -> None:
    good = "".join(f"A-{n},Stühle {n}\n" for n in range(30))
    result = read_whole("sku,name\n" + good + "B,CafÃ©\nC,Café\n")
    assert result.problem is None
    assert result.notices == {"encoded_twice": [32]}
    assert result.products["B"]["name"] == "CafÃ©"


@pytest.mark.parametrize("name", ["NESCAFÉ® 200 g", "Rohr Ø½ Zoll", "ÂGE", "MÃE", "Größe «L»"])
def test_text_that_only_looks_encoded_twice_is_let_be(name: str) -> None:
    result = read_whole(f"sku,name\nA,{name}\n")
    assert (result.problem, result.notices) == (None, {})


@pytest.mark.parametrize("encoding", ["gb18030", "big5", "cp932", "cp949"])
def test_an_accent_inside_a_file_of_asian_characters_costs_its_row(encoding: str) -> None:
    language = {"gb18030": "zh", "big5": "zh-hant", "cp932": "ja", "cp949": "ko"}[encoding]
    content = make_table(language, encoding, 20, 0).encode(encoding)
    result = read_whole(content + b"X,Caf\xe9s,1\nY,Gr\xfcn,1\n")
    assert sorted(result.rejected) == [22, 23]
    assert len(result.products) == 20


@pytest.mark.parametrize(
    ("language", "encoding"), [("th", "cp874"), ("ja", "cp932"), ("zh", "gbk")]
)
def test_text_without_spaces_is_found_out(language: str, encoding: str) -> None:
    text = "".join(list_names(language)) * 9
    assert read_table(f"sku,name\nA,{text}\n".encode(encoding)).rows == [(2, ["A", text])]
