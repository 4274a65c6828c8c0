"""How a file is written: delimiter, quote, escape, and where its header stands.

Pure. Each delimiter is tried on the beginning of the file. One is chosen when
it makes more sense than the others, and none is when two make as much: a file
read with the wrong one would be imported wrong.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.imports.errors import AmbiguousDelimiter
from app.imports.records import Dialect, split_records

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_RECORDS = 200
PREAMBLE_MAX = 30
CONSISTENT = 0.9
SEP_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)

Recognise = Callable[[Sequence[str]], int]


@dataclass(frozen=True)
class Layout:
    """A dialect, and the number of lines before the header."""

    dialect: Dialect
    lines_before: int


@dataclass(frozen=True)
class _Trial:
    """What a delimiter makes of the beginning of a file."""

    layout: Layout
    header: list[str]
    known: int
    consistency: float

    @property
    def makes_columns(self) -> bool:
        return len(self.header) > 1


def find_layout(lines: list[str], wished: str | None, recognise: Recognise) -> Layout:
    """The layout of the file that begins with `lines`.

    `recognise` tells how many of a header's names mean something. Raises
    AmbiguousDelimiter.
    """
    told = SEP_LINE.fullmatch(lines[0]) if lines else None
    skipped = 1 if told else 0
    delimiter = wished or (told[1] if told else None)
    candidates = [delimiter] if delimiter else list(DELIMITERS)
    trials = [_try(lines, skipped, candidate, recognise) for candidate in candidates]
    return _choose(trials, lines).layout


def _choose(trials: list[_Trial], lines: list[str]) -> _Trial:
    columns = [trial for trial in trials if trial.makes_columns]
    if not columns:
        return _without_columns(trials, lines)
    best = max(trial.known for trial in columns)
    alike = [trial for trial in columns if trial.known == best]
    consistent = [trial for trial in alike if trial.consistency >= CONSISTENT]
    left = consistent or alike
    if len(left) > 1:
        raise AmbiguousDelimiter([(trial.layout.dialect.delimiter, trial.header) for trial in left])
    return left[0]


def _without_columns(trials: list[_Trial], lines: list[str]) -> _Trial:
    """One column: any delimiter will do that does not occur in it."""
    absent = (t for t in trials if not any(t.layout.dialect.delimiter in line for line in lines))
    return next(absent, trials[0])


def _try(lines: list[str], skipped: int, delimiter: str, recognise: Recognise) -> _Trial:
    dialect = find_quoting(lines[skipped:], delimiter)
    batch, _ = split_records(lines[skipped:], skipped + 1, dialect, at_end=False)
    starts, rows = list(batch.lines)[:SAMPLE_RECORDS], list(batch.rows)[:SAMPLE_RECORDS]
    if not rows:
        return _Trial(Layout(dialect, skipped), [], 0, 0.0)
    at = find_header(rows, recognise)
    below = rows[at + 1 :]
    width = len(rows[at])
    fitting = sum(len(row) == width or not any(row[width:]) for row in below if len(row) >= width)
    return _Trial(
        Layout(dialect, starts[at] - 1),
        rows[at],
        recognise(rows[at]),
        fitting / len(below) if below else 1.0,
    )


def find_header(rows: Sequence[Sequence[str]], recognise: Recognise) -> int:
    """Which of the first rows is the header: the first one, unless lines of a report precede it.

    Those have fewer cells than the table, or hardly any that are not empty.
    """
    usual = Counter(map(len, rows)).most_common(1)[0][0]
    for at, row in enumerate(rows[:PREAMBLE_MAX]):
        if len(row) < usual or (usual > 1 and _filled(row) <= 1):
            continue
        if recognise(row) or _filled(row) == len(row):
            return at
        better = [
            later
            for later in range(at + 1, min(len(rows), PREAMBLE_MAX))
            if _filled(rows[later]) > _filled(row) and recognise(rows[later]) > 1
        ]
        return better[0] if better else at
    return 0


def _filled(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def find_quoting(lines: Sequence[str], delimiter: str) -> Dialect:
    """The quote around cells, and whether a backslash escapes one inside them.

    Right for `'`: `'A-1','Chair'`. Wrong: `A-1,'90s chair`, where it opens a word.
    """
    text = "".join(lines[:SAMPLE_RECORDS])
    edge = re.escape(delimiter)
    quote = '"'
    if not _count_wrapped(text, '"', edge):
        wrapped = _count_wrapped(text, "'", edge)
        filled = len(re.findall(rf"[^{edge}\r\n]+", text))
        if wrapped and wrapped * 2 >= filled:
            quote = "'"
    escaped = re.search(rf"\\{quote}(?!{edge}|[\r\n]|$)", text)
    doubled = re.search(rf"[^{edge}\r\n{quote}]{quote}{quote}", text)
    return Dialect(delimiter, quote, "\\" if escaped and not doubled else None)


def _count_wrapped(text: str, quote: str, edge: str) -> int:
    wrapped = rf"(?:^|{edge}){quote}[^{quote}]*{quote}(?={edge}|\r|\n|$)"
    return len(re.findall(wrapped, text, re.MULTILINE))
