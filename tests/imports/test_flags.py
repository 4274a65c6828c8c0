"""Words → flags."""

from __future__ import annotations

import pytest

from app.imports.flags import MORE_NO, MORE_YES, NO, YES, fold, parse_flag
from tests.imports.reading import read_whole


@pytest.mark.parametrize(
    ("words", "flag"),
    [
        (
            "WAHR Ja oui SÍ sì sim да 是 はい 예 tak ano evet kyllä igen vrai 1.0 ✓",
            "t",
        ),
        (
            "FALSCH Nein NON não нет 否 いいえ 아니오 nie ne HAYIR ei nem nu faux",
            "f",
        ),
        ("publish visible online", "t"),
        ("0.0 pending private hidden", "f"),
        ("si\u0301 aktivni\u0301", "t"),
    ],
)
def test_flags_are_read_in_the_words_of_many_languages(words: str, flag: str) -> None:
    assert [parse_flag(word) for word in words.split()] == [flag] * len(words.split())


def test_no_word_means_both() -> None:
    assert not {fold(word) for word in YES + MORE_YES} & {fold(word) for word in NO + MORE_NO}


def test_a_column_of_flags_in_another_language_is_read() -> None:
    rows = "".join(f"K{n},Tasse,{word}\n" for n, word in enumerate(["Ja", "NEIN", "да", "否", ""]))
    result = read_whole("sku,name,aktiv\n" + rows)
    assert [row["active"] for row in result.products.values()] == ["t", "f", "t", "f", "t"]
