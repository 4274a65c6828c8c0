"""How cells are told apart, and lines of an odd dialect as csv.reader knows them.

Pure. What csv.reader cannot do itself, or does otherwise than programs that
write such files, is written anew in the way of RFC 4180.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Dialect:
    """How cells are told apart.

    `spaced`: a quote opens after a space, as in `a, "b"`; `loose`: spaces follow one that closes,
    as in `"a" ,b`. `quotes_all`: all cells but numbers are in quotes.
    """

    delimiter: str = ","
    quote: str = '"'
    escape: str | None = None
    spaced: bool = False
    loose: bool = False
    quotes_all: bool = field(default=False, compare=False)

    @property
    def is_odd(self) -> bool:
        """Whether its lines are written anew before csv.reader gets them."""
        return self.escape is not None or self.spaced or self.loose


def rewrite(lines: Sequence[str], dialect: Dialect) -> Iterator[str]:
    """The lines, from the beginning of a record: escaped quotes doubled, no spaces around quotes.

    The `escapechar` of csv.reader would take every backslash away: right is `C:\\new` for
    `C:\\new`, and `5" pipe` for `"5\\" pipe"`.
    """
    rewriter = _Rewriter(dialect)
    return map(rewriter.rewrite, lines)


class _Rewriter:
    """Rewrites line after line; knows whether a quoted cell is under way."""

    def __init__(self, dialect: Dialect) -> None:
        quote, edge = dialect.quote, re.escape(dialect.delimiter)
        escape = re.escape(dialect.escape or "")
        self._quote = quote
        self._escape = dialect.escape
        self._escaped = re.compile(f"{escape}([{escape}{quote}])")
        self._is_inside = False
        self._opening = re.compile(f"{' *' if dialect.spaced else ''}{quote}")
        self._outside = re.compile(rf"[^{edge}]*(?:{edge}|\Z)")
        pair = rf"|{escape}(?:.|\Z)" if escape else ""
        self._inside = re.compile(f"(?:[^{quote}{escape}]|{quote}{quote}{pair})*+", re.DOTALL)
        self._closing = re.compile(
            rf"{quote}(?: +(?={edge}|[\r\n]|\Z))?" if dialect.loose else quote
        )

    def rewrite(self, line: str) -> str:
        """The next line."""
        quote = self._quote
        is_escaped = self._escape is not None and self._escape in line
        is_spaced = f"{quote} " in line or f" {quote}" in line
        if not (is_escaped or is_spaced or line.count(quote) % 2):
            return line
        written: list[str] = []
        at = 0
        while at < len(line):
            if not self._is_inside:
                opening = self._opening.match(line, at)
                if opening is None:
                    at = self._take(self._outside, line, at, written)
                    continue
                written.append(quote)
                at = opening.end()
                self._is_inside = True
            at = self._take(self._inside, line, at, written)
            if is_escaped:
                written[-1] = self._escaped.sub(self._unescape, written[-1])
            closing = self._closing.match(line, at)
            if closing:
                written.append(quote)
                self._is_inside = False
                at = self._take(self._outside, line, closing.end(), written)
        return "".join(written)

    def _unescape(self, found: re.Match[str]) -> str:
        return self._quote * 2 if found[1] == self._quote else found[1]

    @staticmethod
    def _take(pattern: re.Pattern[str], line: str, at: int, written: list[str]) -> int:
        """Write what the pattern finds there; the place behind it."""
        found = pattern.match(line, at)
        written.append(found[0] if found else "")
        return found.end() if found else at
