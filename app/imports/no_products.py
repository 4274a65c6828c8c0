"""Rows that are no products, by what stands in them: rulers, comments, counts of rows, totals.

Pure. The first three are set aside; a total may be the name of a product, and is asked about.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.imports.headers import CURRENCIES
from app.imports.spans import is_noise

RULER = "-=+:_*"
LONGEST = 60  # characters of a word for a total, with what stands beside it
TOTALS = frozenset(
    {
        "total", "totals", "grand total", "total general", "net total", "gross total", "sums",
        "total amount", "gesamtbetrag", "gesamtpreis", "gesamtwert", "endsumme", "endbetrag",
        "nettosumme", "bruttosumme", "sous total", "montant total", "importe total", "gesamttotal",
        "total générale", "totale generale", "total geral", "eindtotaal", "totaalbedrag",
        "subtotal", "sub total", "sum",
        "summe", "gesamt", "gesamtsumme", "zwischensumme", "insgesamt",
        "total général", "sous-total", "somme", "suma", "totale", "totaal", "subtotaal",
        "totalt", "yhteensä", "razem", "celkem", "összesen", "toplam", "итого", "всего",
        "合計", "小計", "总计", "合计", "總計", "합계",
    }
)  # fmt: skip
SPACES = " \t\u00a0\u202f\u2009"
# What stands behind a word for a total: a currency, and whether taxes are in it.
REMARK = re.compile(
    rf"[\s(\[]+(?:{CURRENCIES}|ht|ttc|hors taxes?|net|nett|netto|brut|brutto|gross|neto|bruto"
    r"|(?:incl|excl|inkl|exkl|zzgl)\.?(?: (?:vat|tax|mwst|ust|btw))?\.?)[)\]]*$"
)


def is_total(cells: Sequence[str], sku: int, name: int | None) -> bool:
    """Whether a row's SKU is a word for a total; a row without a name is rejected anyway."""
    word = cells[sku].strip()[:LONGEST].casefold().lstrip(RULER + SPACES)
    word = word.rstrip(RULER + SPACES + ".")
    is_word = word in TOTALS or REMARK.sub("", word).rstrip(RULER + SPACES) in TOTALS
    return is_word and (name is None or bool(cells[name].strip()))


def is_no_row(cells: Sequence[str], sku: int) -> bool:
    """Whether cells are a ruler, a comment, or what a program writes below its rows."""
    if len(cells) == 1:
        return bool(cells[0].strip() and is_noise(cells[0]))
    key = cells[sku].strip() if sku < len(cells) else ""
    is_ruler = len(key) > 1 and not key.strip(RULER)
    return is_ruler and not any(cell.strip().strip(RULER) for cell in cells)
