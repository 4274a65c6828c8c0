"""What the raw lines of a record tell that its cells no longer do: stray quotes, broken lines.

Pure. A reader of CSV accepts more than its writer meant. A quote that opens by
mistake swallows the rows below it; a quote inside a cell without quotes lets
the text be cut at its delimiters; a line break without quotes cuts a row in
two. The rules here reject such rows. They never make rows of a text's inside
where the quotes around it close at the right number of cells.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum, auto
from functools import lru_cache

# So many lines that look like rows below the first are no longer taken for the text of one cell.
ROWS_LIKELY = 3
ROWS_LIKELY_OF_TWO = 20  # with one delimiter a line, texts look like rows easily
LIKE_ROWS = 0.9  # the share of lines from which a span looks like rows

# What stands alone on a line, and is no rest of the row above: comments, rulers, counts, the end.
is_noise = re.compile(
    r"\s*(?:#(?:\s.*)?|//.*|[-+=|*_~\s]{3,}|\(\d+ rows?\)|\d+ rows? in set.*|\x1a)\s*"
).fullmatch
is_number = re.compile(r"(?=\D*\d)[\s\d.,'€$£¥%+-]+").fullmatch
is_inch = re.compile(r"[\d½¼¾][\"”]?$").search


class Verdict(Enum):
    """What a record over several lines is."""

    ONE = auto()
    DOUBTFUL = auto()
    SEVERAL = auto()


def judge_span(lines: Sequence[str], cells: list[str], width: int, delimiter: str) -> Verdict:
    """Whether a record over several lines is one, or several and a stray quote.

    Rows that a stray quote has swallowed have the delimiters of a row on the first line, on the
    last, and on nearly all between. With a wrong number of cells they are SEVERAL. With the right
    number a text that holds a little table may look the same: DOUBTFUL, and rejected whole.
    """
    counts = [line.count(delimiter) for line in lines if not line.isspace()]
    if width < 2 or not counts or counts[0] != width - 1:
        return Verdict.ONE
    further = counts[1:]
    alike = further.count(width - 1)
    is_alike = alike >= LIKE_ROWS * len(further) and further[-1:] == [width - 1]
    if len(cells) != width:
        is_sure = is_alike or alike >= max(ROWS_LIKELY_OF_TWO, LIKE_ROWS * (len(further) - 1))
        return Verdict.SEVERAL if is_sure else Verdict.ONE
    enough = ROWS_LIKELY if width > 2 else ROWS_LIKELY_OF_TWO
    return Verdict.DOUBTFUL if is_alike and len(further) >= enough else Verdict.ONE


def is_rest_of_row(line: str, above: Sequence[str], width: int) -> bool:
    """Whether a line without a delimiter is the rest of the last cell of the row `above` it.

    A number is a whole cell: below it the line is a title or a note.
    """
    is_full = len(above) == width > 1
    return is_full and not is_number(above[-1]) and not (line.isspace() or is_noise(line))


def has_stray_quote(record: str, delimiter: str, quote: str, *, quotes_all: bool) -> bool:
    """Whether a quote inside a cell without quotes was meant to keep delimiters together.

    Right: `Table"Round, for four"`. Wrong: `5" pipe`, `say "hi"`. With `quotes_all`, where the
    file has all texts in quotes, any quote inside a cell without them is stray.
    """
    is_open = False
    for cell in _cell_pattern(delimiter, quote).findall(record):
        if not cell or cell[0] == quote or quote not in cell:
            continue
        if quotes_all:
            return True
        if cell.count(quote) % 2:
            before, after = cell[: cell.rfind(quote)], cell[cell.rfind(quote) + 1 :]
            if is_open and (not after.strip() or not is_inch(before)):
                return True
            is_open = is_open or not is_inch(cell[: cell.find(quote)])
    return False


@lru_cache(maxsize=8)
def _cell_pattern(delimiter: str, quote: str) -> re.Pattern[str]:
    """The cells of a sound record, quotes included."""
    edge = re.escape(delimiter)
    return re.compile(rf"(?:^|(?<={edge})){quote}(?:[^{quote}]|{quote}{quote})*+{quote}|[^{edge}]+")


def measure_text(lines: Sequence[str], width: int, delimiter: str, quote: str) -> int:
    """How many lines a quoted text takes that has stray quotes inside, from the record's first.

    0 where its quote may be the stray one: a line below opens a quoted cell of its own, or there
    are many and they look like rows. 0 as well where no quote ends the text.
    """
    edge, text = re.escape(delimiter), "".join(lines)
    opening = re.search(rf"(?:^|{edge}){quote}(?!{quote}(?:{edge}|[\r\n]|$))", lines[0])
    if opening is None:
        return 0
    edges = (delimiter, "\r", "\n")
    for found in re.finditer(rf"{quote}+", text[opening.end() :]):
        at, behind = opening.end() + found.start(), opening.end() + found.end()
        is_edge = (text[behind : behind + 1] or "\n") in edges
        if text[at - 1] in edges and not is_edge:
            return 0
        if is_edge and (behind - at) % 2:
            count = _count_lines(lines, behind)
            rows = sum(line.count(delimiter) == width - 1 for line in lines[:count])
            return 0 if rows >= max(ROWS_LIKELY_OF_TWO, LIKE_ROWS * count) else count
    return 0


def _count_lines(lines: Sequence[str], size: int) -> int:
    """How many of the lines `size` characters reach into."""
    for count, line in enumerate(lines, start=1):
        size -= len(line)
        if size <= 0:
            return count
    return len(lines)
