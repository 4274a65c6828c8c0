"""Which quotes stand around cells, and how quotes inside them are written.

Pure. Where a file can be read in several ways, each is tried on its beginning,
and the one is taken that leaves the fewest lines damaged or cut otherwise than
the rest.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.imports.records import split_records
from app.imports.requoting import Dialect
from app.imports.spans import is_number

SAMPLE_LINES = 200
QUOTED_CELLS = 4  # fewer tell no habit
UNQUOTED_SHARE = 0.2
NEARLY_ALL = 0.9


def find_quoting(lines: Sequence[str], delimiter: str) -> Dialect:
    """The quote around cells, and how it is escaped or spaced.

    Right for `'`: `'A-1','Chair'`. Wrong: `A-1,'90s chair`, where it opens a word.
    """
    lines = lines[:SAMPLE_LINES]
    text = "".join(lines)
    quote = _find_quote(lines, text, delimiter)
    plain = Dialect(delimiter, quote, spaced=_is_spaced(text, delimiter, quote))
    ways = list(_find_ways(text, plain))
    if len(ways) > 1:
        faults = [_count_faults(lines, way) for way in ways]
        plain = ways[faults.index(min(faults))]
    return replace(plain, quotes_all=_quotes_all(text, delimiter, quote))


def _find_ways(text: str, plain: Dialect) -> Iterator[Dialect]:
    """The ways in which quotes may be meant; the first is preferred among equals."""
    quote, edge = plain.quote, re.escape(plain.delimiter)
    may_escape = f"\\{quote}" in text and plain.delimiter != "\\"
    may_be_loose = bool(re.search(rf"{quote} +(?:{edge}|\r|\n|$)", text))
    # A backslash is no escape where it ends a text, as in `"C:\dir\"`, and doubled quotes are seen.
    doubled = re.search(rf"[^\\{edge}\r\n{quote}]{quote}{quote}", text)
    escapes = (None, "\\") if doubled else ("\\", None)
    for escape in escapes if may_escape else (None,):
        yield replace(plain, escape=escape)
        if may_be_loose:
            yield replace(plain, escape=escape, loose=True)


def _count_faults(lines: Sequence[str], dialect: Dialect) -> int:
    """How many lines are damaged, or have not as many cells as most, or come to no end."""
    batch, used = split_records(list(lines), 1, dialect, at_end=False)
    counts = Counter(map(len, batch.rows))
    odd = len(batch.rows) - max(counts.values(), default=0)
    return 2 * len(batch.damages) + odd + len(lines) - used


def _find_quote(lines: Sequence[str], text: str, delimiter: str) -> str:
    edge = re.escape(delimiter)
    if delimiter == "'" or _measure_wrapped(text, '"', edge):
        return '"'
    is_most = 2 * _measure_wrapped(text, "'", edge) > len(text)
    return "'" if is_most or _wraps_column(lines, delimiter) else '"'


def _wraps_column(lines: Sequence[str], delimiter: str) -> bool:
    """Whether the cells of a column stand in apostrophes on nearly every line below the first."""
    counts: Counter[int] = Counter()
    rows = [line.rstrip("\r\n") for line in lines[1:] if not line.isspace()]
    for row in rows:
        cells = [cell.strip() for cell in row.split(delimiter)[:20]]
        counts.update(
            at
            for at, cell in enumerate(cells)
            if len(cell) > 1 and cell[0] == cell[-1] == "'" and "'" not in cell[1:-1]
        )
    return max(counts.values(), default=0) >= max(2, NEARLY_ALL * len(rows))


def _is_spaced(text: str, delimiter: str, quote: str) -> bool:
    """Whether spaces stand between a delimiter and the quote that opens a cell."""
    edge = re.escape(delimiter)
    if delimiter.isspace():
        return False
    return bool(re.search(rf"{edge} +{quote}[^{quote}]*{quote} *(?={edge}|\r|\n|$)", text))


def _quotes_all(text: str, delimiter: str, quote: str) -> bool:
    """Whether all cells but numbers stand in quotes."""
    edge = re.escape(delimiter)
    pattern = rf"(?:^|{edge})({quote}(?:[^{quote}]|{quote}{quote})*+{quote}|[^{edge}\r\n]*)"
    cells: list[str] = re.findall(pattern, text, re.MULTILINE)
    quoted = sum(cell[:1] == quote for cell in cells)
    others = sum(bool(c.strip()) and c[0] != quote and not is_number(c) for c in cells)
    return quoted >= QUOTED_CELLS and others <= UNQUOTED_SHARE * quoted


def _measure_wrapped(text: str, quote: str, edge: str) -> int:
    """How many characters of `text` are cells in quotes."""
    # Possessive: what a cell has taken is not tried again in other ways.
    inside = rf"(?:[^{quote}]|{quote}{quote})*+"
    wrapped = rf"(?:^|\r|{edge}) *{quote}{inside}{quote}(?= *(?:{edge}|\r|\n|$))"
    return sum(map(len, re.findall(wrapped, text, re.MULTILINE)))
