"""Words for a total, however they are written."""

from __future__ import annotations

import pytest

from app.imports.no_products import is_total


@pytest.mark.parametrize(
    "word",
    [
        "Total :", "Total\u00a0:", "TOTAL.", "* Total *", "== Summe ==", "Total (EUR)", "Total EUR",
        "Total [€]", "TOTAL HT", "Total TTC", "Total TTC :", "Gesamtbetrag", "Gesamt netto",
        "Gesamtsumme (brutto)", "Endsumme", "Sous-total :", "Total incl. VAT", "Net total",
    ],
)  # fmt: skip
def test_a_word_for_a_total_is_one_with_what_stands_beside_it(word: str) -> None:
    assert is_total([word, "3 products"], 0, 1)


@pytest.mark.parametrize(
    "word",
    ["Total-7", "Total Recall", "Totally", "Summer", "Endless", "EUR", "Total war (EUR)", "HT", ""],
)
def test_other_words_are_no_total(word: str) -> None:
    assert not is_total([word, "Film"], 0, 1)
