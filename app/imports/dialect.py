"""How a file is written: its delimiter, its quotes, and where its header stands.

Pure. Each delimiter is tried on the beginning of the file. One is chosen when
it makes more sense than the others, and none is when two make as much: a file
read with the wrong one would be imported wrong.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from app.imports.errors import AmbiguousDelimiter, FileProblem
from app.imports.quoting import find_quoting
from app.imports.records import Damage, split_records
from app.imports.requoting import Dialect

DELIMITERS = (",", ";", "\t", "|")
# Tried where the others find no header: `:` and `#` stand in texts as well.
RARE_DELIMITERS = ("\x01", "\x1f", "\x1e", "\x1d", "\x1c", "^", "~", "#", ":", "¦", "§")
SAMPLE_RECORDS = 200
PREAMBLE_MAX = 100
CONSISTENT = 0.9
SEP_LINE = re.compile(r'"?sep=(\t|[^\w\s"\'\\])"?[\s,;|]*', re.IGNORECASE)

Recognise = Callable[[Sequence[str]], int]


@dataclass(frozen=True)
class Layout:
    """A dialect, and the number of lines before the header.

    `rows` are the first records below the header, `starts` the lines they begin on; `known`
    tells how many names mean something, and `spaced` which have a space before them. Without a
    header `has_header` is false, and the rows begin behind those lines. `other` is how the rows
    are read that fit the header with another delimiter than its own. `above` are the lines above
    it.
    """

    dialect: Dialect
    lines_before: int
    rows: Sequence[list[str]] = field(default=(), compare=False)
    starts: Sequence[int] = field(default=(), compare=False)
    known: int = field(default=0, compare=False)
    has_header: bool = True
    other: Layout | None = field(default=None, compare=False)
    spaced: Sequence[int] = field(default=(), compare=False)
    above: Sequence[str] = field(default=(), compare=False)


@dataclass(frozen=True)
class Trial:
    """What a delimiter makes of the beginning of a file."""

    layout: Layout
    header: list[str]
    consistency: float
    damages: Sequence[Damage]

    @property
    def known(self) -> int:
        return self.layout.known

    @property
    def delimiter(self) -> str:
        return self.layout.dialect.delimiter

    @property
    def makes_columns(self) -> bool:
        return len(self.header) > 1


def find_layout(
    lines: list[str], wished: str | None, recognise: Recognise, header_row: int | None = None
) -> Layout:
    """The layout of the file that begins with `lines`.

    `recognise` tells how many of a header's names mean something. `header_row` is the line of the
    header, 0 if there is none. Raises AmbiguousDelimiter, and FileProblem for a header that is
    damaged.
    """
    return find_trial(lines, wished, recognise, header_row).layout


def find_trial(
    lines: list[str], wished: str | None, recognise: Recognise, header_row: int | None = None
) -> Trial:
    """The same, with what else was seen."""
    told = SEP_LINE.fullmatch(lines[0]) if lines else None
    skipped = max(1 if told else 0, (header_row or 1) - 1)
    if skipped >= len(lines) > 0 and header_row:
        raise FileProblem(
            f"The header was to stand on line {header_row}, and no such line is near "
            "the beginning of the file."
        )
    delimiter = wished or (told[1] if told else None)
    trials = [
        _try(lines, skipped, candidate, recognise, header_row)
        for candidate in ([delimiter] if delimiter else DELIMITERS)
    ]
    if not delimiter and not any(t.makes_columns and t.known > 1 for t in trials):
        seen = set().union(*lines)
        rare = [mark for mark in RARE_DELIMITERS if mark in seen]
        tried = [_try(lines, skipped, mark, recognise, header_row) for mark in rare]
        trials = [t for t in tried if t.known > 1 and t.consistency >= CONSISTENT] or trials
    chosen = _choose(trials, lines)
    above = [d for d in chosen.damages if d.line <= chosen.layout.lines_before]
    if above and not chosen.known and header_row is None:
        raise FileProblem(f"The header on line {above[0].line} cannot be read. {above[0].detail}")
    return chosen


def _choose(trials: list[Trial], lines: list[str]) -> Trial:
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
        raise AmbiguousDelimiter([(trial.delimiter, trial.header) for trial in left])
    return left[0]


def _without_columns(trials: list[Trial], lines: list[str]) -> Trial:
    """One column: any delimiter will do that does not occur in it."""
    absent = (t for t in trials if not any(t.delimiter in line for line in lines))
    return next(absent, trials[0])


def _try(
    lines: list[str], skipped: int, delimiter: str, recognise: Recognise, header_row: int | None
) -> Trial:
    dialect = find_quoting(lines[skipped:], delimiter)
    batch, _ = split_records(
        lines[skipped:], skipped + 1, dialect, at_end=False, at_most=SAMPLE_RECORDS
    )
    starts, rows = batch.lines, batch.rows
    if not rows or (header_row and starts[0] != header_row):
        return Trial(Layout(dialect, skipped), [], 0.0, batch.damages)
    if header_row == 0:
        return _try_without_header(Layout(dialect, skipped, rows, starts, has_header=False))
    at = 0 if header_row else find_header(rows, recognise)
    header, below = rows[at], rows[at + 1 :]
    width = len(header)
    fitting = sum(len(row) == width or not any(row[width:]) for row in below if len(row) >= width)
    spaced = [at for at, name in enumerate(header) if at and name[:1] == " " and name.strip()]
    layout = Layout(
        dialect, starts[at] - 1, below, starts[at + 1 :], recognise(header), spaced=spaced
    )
    return Trial(layout, header, fitting / len(below) if below else 1.0, batch.damages)


def _try_without_header(layout: Layout) -> Trial:
    """A file in which the columns are called by their numbers."""
    header = number_columns(layout.rows)
    fitting = sum(len(row) == len(header) for row in layout.rows)
    return Trial(layout, header, fitting / len(layout.rows), ())


def number_columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """The columns of a file without a header, called by their numbers."""
    counts = Counter(map(len, rows))
    width = max(counts, key=lambda width: (counts[width], width), default=0)
    return [f"Column {number}" for number in range(1, width + 1)]


def find_header(rows: Sequence[Sequence[str]], recognise: Recognise) -> int:
    """Which of the first rows is the header: the one with the most names that are known.

    Else it is the first one, unless lines of a report precede it. Those have fewer cells than the
    table, or hardly any that are not empty. A header may have fewer as well, where delimiters
    trail behind the rows alone.
    """
    known = [recognise(row) for row in rows[:PREAMBLE_MAX]]
    for at in sorted(range(len(known)), key=lambda at: -known[at]):
        if known[at] > 1 and _stands_out(rows, at, known[at]):
            return at
    widths = Counter(map(len, rows))
    usual = max(widths, key=lambda width: (widths[width], width))
    if _lacks_name(rows):
        return 0
    for at, row in enumerate(rows[:PREAMBLE_MAX]):
        is_narrow = len(row) < usual and not _is_trailed(row, rows[at + 1 :]) and not known[at]
        if not is_narrow and (usual == 1 or _filled(row) > 1):
            return at
    return 0


def _stands_out(rows: Sequence[Sequence[str]], at: int, known: int) -> bool:
    """Whether a row with several known names is no data below a header that has none."""
    filled = _filled(rows[at])
    return known == filled or all(_filled(row) < filled for row in rows[:at])


def _lacks_name(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row are names, and one is missing: all rows below are one cell wider."""
    first, below = rows[0], rows[1:]
    are_names = (
        len(first) > 1
        and all(cell.strip() for cell in first)
        and not any(character.isdigit() for cell in first for character in cell)
    )
    return (
        are_names
        and len(set(first)) == len(first)
        and bool(below)
        and all(len(row) == len(first) + 1 for row in below)
    )


def _is_trailed(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether the rows below are wider than `row` by empty cells alone."""
    return len(row) > 1 and bool(below) and not any(any(other[len(row) :]) for other in below)


def _filled(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def find_other_layout(lines: list[str], layout: Layout, header: Sequence[str]) -> Layout | None:
    """How the rows below a header are read, where they have a delimiter that the header has not.

    `lines` are those of the rows. Their cells fit the header exactly then. They may fit it with
    the header's delimiter as well: `delimiter_question.py` compares the two.
    """
    width = len(header)
    while width and not header[width - 1]:
        width -= 1
    if width < 2 or not layout.known or not layout.has_header:
        return None
    for mark in DELIMITERS:
        enough = sum("".join(row).count(mark) >= width - 1 for row in layout.rows)
        if (
            mark == layout.dialect.delimiter
            or enough < CONSISTENT * len(layout.rows)
            or mark in "".join(header)
        ):
            continue
        dialect = find_quoting(lines, mark)
        batch, _ = split_records(lines, 1, dialect, at_end=False, at_most=SAMPLE_RECORDS)
        rows = batch.rows
        fitting = sum(len(row) >= width and not any(row[width:]) for row in rows)
        if rows and fitting >= CONSISTENT * len(rows):
            return Layout(dialect, layout.lines_before, rows)
    return None
