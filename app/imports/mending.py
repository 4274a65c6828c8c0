"""Lines that a spreadsheet has spoiled as a whole, as they were before.

Pure. Excel in a country of the semicolon opens a file with commas as one
column, and saves each line in quotes or with empty cells behind it. Word
processors make curly quotes. Such lines are mended one by one, if the file
then makes more sense.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from app.imports.dialect import CONSISTENT, Recognise, Trial, find_trial
from app.imports.errors import FileProblem

Mend = Callable[[str], str]
NEARLY_ALL = 0.9
MARKS = (",", ";", "\t", "|")
find_tail = re.compile(r"([,;\t|])\1*\Z").search
is_wrapped = re.compile(r'\s*"((?:[^"]|"")*+)"\s*').fullmatch
OPENING, CLOSING = "“„", "”“"


def find_mending(
    lines: list[str], wished: str | None, recognise: Recognise, header_row: int | None
) -> tuple[Trial, Mend | None]:
    """The file's layout, and how each of its lines is mended before it is read, if at all.

    Raises what `dialect.find_trial` does.
    """
    problem: FileProblem | None = None
    trial: Trial | None = None
    try:
        trial = find_trial(lines, wished, recognise, header_row)
    except FileProblem as found:
        problem = found
    chosen: Mend | None = None
    for mend, is_safe in _find_ways(lines, trial):
        try:
            tried = find_trial(list(map(mend, lines)), wished, recognise, header_row)
        except FileProblem:
            continue
        if _is_better(tried, trial, is_safe=is_safe):
            trial, chosen = tried, mend
    if trial is None:
        raise problem or AssertionError
    return trial, chosen


def _is_better(tried: Trial, before: Trial | None, *, is_safe: bool) -> bool:
    """Whether lines make more sense when mended; a safe way may make as much."""
    if tried.known < 2 or tried.consistency < CONSISTENT:
        return False
    if before is None:
        return True
    one, other = (tried.known, tried.consistency), (before.known, before.consistency)
    return one > other or (is_safe and one == other)


def _find_ways(lines: Sequence[str], trial: Trial | None) -> Iterator[tuple[Mend, bool]]:
    """What can be mended in lines of this kind, and whether that loses nothing a person wrote."""
    tail = _find_tail(lines)
    if tail and (trial is None or trial.known < 2 or tail[0] != trial.delimiter):
        cut = _make_cutter(tail)
        yield cut, True
        if any(_is_wrapped_row(cut(line)) for line in lines):
            yield lambda line: unwrap(cut(line)), False
    if any(map(_is_wrapped_row, lines)):
        yield unwrap, False
    if trial is not None and sum(line.count("”") for line in lines) > 1:
        yield _make_straightener(trial.delimiter), True


def _find_tail(lines: Sequence[str]) -> str | None:
    """The run of a mark with which nearly all lines end."""
    full = [line.rstrip("\r\n") for line in lines if not line.isspace()]
    tails = Counter(
        found[0] for line in full if line.endswith(MARKS) and (found := find_tail(line))
    )
    if not tails:
        return None
    tail, often = tails.most_common(1)[0]
    return tail if often >= NEARLY_ALL * len(full) else None


def _make_cutter(tail: str) -> Mend:
    cut = re.compile(re.escape(tail) + r"(?=[\r\n]*\Z)")
    return lambda line: cut.sub("", line)


def _is_wrapped_row(line: str) -> bool:
    found = is_wrapped(line)
    return found is not None and any(mark in found[1] for mark in MARKS)


def unwrap(line: str) -> str:
    """A line of one cell in quotes, without them.

    Right: `"A-1,""Chair, oak"",12"` → `A-1,"Chair, oak",12`.
    """
    if not _is_wrapped_row(line):
        return line
    text = line.strip()[1:-1].replace('""', '"')
    return text + line[len(line.rstrip("\r\n")) :]


def _make_straightener(delimiter: str) -> Mend:
    """Curly quotes around cells become straight ones; those within a text stay."""
    edge = re.escape(delimiter)
    cell = re.compile(
        rf"(^|{edge})\s*[{OPENING}]([^{OPENING}{CLOSING}]*)[{CLOSING}](?=\s*(?:{edge}|$))"
    )

    def straighten(line: str) -> str:
        return cell.sub(lambda found: found[1] + '"' + found[2].replace('"', '""') + '"', line)

    return straighten
