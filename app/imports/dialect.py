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

from app.imports.errors import AmbiguousDelimiter, FileProblem
from app.imports.records import Damage, Dialect, split_records

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_RECORDS = 200
PREAMBLE_MAX = 30
CONSISTENT = 0.9
SEP_LINE = re.compile(r'"?sep=(\t|[^\w\s"\'\\])"?[\s,;|]*', re.IGNORECASE)

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
    damages: Sequence[Damage]

    @property
    def makes_columns(self) -> bool:
        return len(self.header) > 1


def find_layout(lines: list[str], wished: str | None, recognise: Recognise) -> Layout:
    """The layout of the file that begins with `lines`.

    `recognise` tells how many of a header's names mean something. Raises
    AmbiguousDelimiter, and FileProblem for a header that is damaged.
    """
    told = SEP_LINE.fullmatch(lines[0]) if lines else None
    skipped = 1 if told else 0
    delimiter = wished or (told[1] if told else None)
    candidates = [delimiter] if delimiter else list(DELIMITERS)
    trials = [_try(lines, skipped, candidate, recognise) for candidate in candidates]
    chosen = _choose(trials, lines)
    above = [d for d in chosen.damages if d.line <= chosen.layout.lines_before]
    if above and not chosen.known:
        raise FileProblem(f"The header on line {above[0].line} cannot be read. {above[0].detail}")
    return chosen.layout


def _choose(trials: list[_Trial], lines: list[str]) -> _Trial:
    columns = [trial for trial in trials if trial.makes_columns]
    if not columns:
        unreadable = next((trial for trial in trials if not trial.header), None)
        return unreadable or _without_columns(trials, lines)
    best = max(trial.known for trial in columns)
    alike = [trial for trial in columns if trial.known == best]
    consistent = [trial for trial in alike if trial.consistency >= CONSISTENT]
    left = consistent or alike
    # A delimiter that the header has not is only a character in the cells below.
    first = min(trial.layout.lines_before for trial in left)
    left = [trial for trial in left if trial.layout.lines_before == first]
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
        return _Trial(Layout(dialect, skipped), [], 0, 0.0, batch.damages)
    at = find_header(rows, recognise)
    below = rows[at + 1 :]
    width = len(rows[at])
    fitting = sum(len(row) == width or not any(row[width:]) for row in below if len(row) >= width)
    return _Trial(
        Layout(dialect, starts[at] - 1),
        rows[at],
        recognise(rows[at]),
        fitting / len(below) if below else 1.0,
        batch.damages,
    )


def find_header(rows: Sequence[Sequence[str]], recognise: Recognise) -> int:
    """Which of the first rows is the header: the first one, unless lines of a report precede it.

    Those have fewer cells than the table, or hardly any that are not empty. A
    header may have fewer as well, where delimiters trail behind the rows alone.
    """
    known = next((at for at, row in enumerate(rows[:PREAMBLE_MAX]) if recognise(row) > 1), None)
    if known is not None and _stands_out(rows, known, recognise):
        return known
    widths = Counter(map(len, rows))
    usual = max(widths, key=lambda width: (widths[width], width))
    for at, row in enumerate(rows[:PREAMBLE_MAX]):
        is_narrow = len(row) < usual and not _is_trailed(row, rows[at + 1 :]) and not recognise(row)
        if not is_narrow and (usual == 1 or _filled(row) > 1):
            return at
    return 0


def _stands_out(rows: Sequence[Sequence[str]], at: int, recognise: Recognise) -> bool:
    """Whether a row with several known names is no data below a header that has none."""
    filled = _filled(rows[at])
    return recognise(rows[at]) == filled or all(_filled(row) < filled for row in rows[:at])


def _is_trailed(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether the rows below are wider than `row` by empty cells alone."""
    return len(row) > 1 and bool(below) and not any(any(other[len(row) :]) for other in below)


def _filled(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def find_quoting(lines: Sequence[str], delimiter: str) -> Dialect:
    """The quote around cells, and whether a backslash escapes one inside them.

    Right for `'`: `'A-1','Chair'`. Wrong: `A-1,'90s chair`, where it opens a word.
    """
    text = "".join(lines[:SAMPLE_RECORDS])
    edge = re.escape(delimiter)
    quote = '"'
    if not _measure_wrapped(text, '"', edge) and 2 * _measure_wrapped(text, "'", edge) > len(text):
        quote = "'"
    # Possessive, here and below: what a cell has taken is not tried again in other ways.
    inside = rf"((?:[^{quote}\\]|\\.)*+)"
    cells = rf"(?:^|{edge}){quote}{inside}{quote}(?={edge}|\r|\n|$)"
    escaped = any(quote in found[1] for found in re.finditer(cells, text, re.MULTILINE))
    doubled = re.search(rf"[^{edge}\r\n{quote}]{quote}{quote}", text)
    cell = rf"{quote}[^{quote}]*{quote} *(?={edge}|\r|\n|$)"
    spaced = re.search(rf"{edge} +{cell}", text)
    return Dialect(delimiter, quote, "\\" if escaped and not doubled else None, bool(spaced))


def _measure_wrapped(text: str, quote: str, edge: str) -> int:
    """How many characters of `text` are cells in quotes."""
    inside = rf"(?:[^{quote}]|{quote}{quote})*+"
    wrapped = rf"(?:^|\r|{edge}){quote}{inside}{quote}(?={edge}|\r|\n|$)"
    return sum(map(len, re.findall(wrapped, text, re.MULTILINE)))
