"""What can go wrong with an import.

`FileProblem`s are the file's fault and end its import, with a text its owner
can act on. The others answer a request. Row errors are neither: they are
`Reject`s, counted and kept.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from app.errors import DomainError

LINES_MAX = 10_000  # lines that an option can name
DELIMITER_NAMES = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a pipe"}


def name_delimiter(mark: str) -> str:
    """A delimiter in words; one without a name as it is."""
    return DELIMITER_NAMES.get(mark, mark)


class ImportNotFound(DomainError):
    """No import has this id."""

    def __init__(self) -> None:
        super().__init__("There is no import with this id.")


class FileNotKept(DomainError):
    """The uploaded bytes are no longer here."""

    def __init__(self) -> None:
        super().__init__("The uploaded file is no longer kept. Upload it again.")


class WrongStatus(DomainError):
    """The import is not in a state in which this can be done."""

    def __init__(self, action: str, status: str) -> None:
        super().__init__(
            f"An import that is {status.replace('_', ' ')} cannot be {action}.",
            data={"import_status": status},
        )


class UploadRefused(DomainError):
    """The request brings no file, or one that cannot be taken."""


class UploadTooLarge(DomainError):
    """The file is larger than the server takes."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"The file is larger than the limit of {limit:,} bytes. Split it, "
            "or have MAX_UPLOAD_BYTES raised.",
            data={"limit_bytes": limit},
        )


class FileProblem(Exception):
    """The file cannot be imported as it is. `slug` and `title` become the problem's type."""

    slug = "unreadable-file"
    title = "The file cannot be read"

    def __init__(self, detail: str, **data: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.data = data

    def __reduce__(self) -> tuple[object, ...]:
        """Pickled by what it says, since the kinds are made from different things."""
        return revive_problem, (type(self), self.detail, self.data)


def revive_problem(kind: type[FileProblem], detail: str, data: dict[str, object]) -> FileProblem:
    """The problem another process has met."""
    problem = kind.__new__(kind)
    FileProblem.__init__(problem, detail, **data)
    return problem


class NotText(FileProblem):
    """The bytes are no table of text."""

    slug = "not-text"
    title = "This is not a CSV file"


class EmptyFile(FileProblem):
    """No header row, or no row below it."""

    slug = "empty-file"
    title = "The file has no rows"


class FileGone(FileProblem):
    """The uploaded bytes are not all here: a backup without them was restored."""

    slug = "file-not-kept"
    title = "The file is no longer kept"


class MissingColumns(FileProblem):
    """A column that is needed was not recognised; a mapping can name it."""

    slug = "missing-columns"
    title = "A column is missing"


class EmptyKey(FileProblem):
    """The SKU's column is there and empty on every row; another column may serve as the key."""

    slug = "empty-sku-column"
    title = "The SKU column is empty"


class AmbiguousDelimiter(FileProblem):
    """Two delimiters make as much sense of the file."""

    slug = "ambiguous-delimiter"
    title = "The delimiter cannot be decided"

    def __init__(self, candidates: Sequence[tuple[str, Sequence[str]]]) -> None:
        names = " and ".join(name_delimiter(mark) for mark, _ in candidates)
        super().__init__(
            f"The file can be read with {names} between its cells, and nothing tells which is "
            "meant. Choose the delimiter.",
            answers=[
                make_answer(f"{name_delimiter(mark).capitalize()}", {"delimiter": mark})
                for mark, _ in candidates
            ],
            candidates=[
                {"delimiter": mark, "header": [name[:200] for name in header[:50]]}
                for mark, header in candidates
            ],
        )


class AmbiguousDecimal(FileProblem):
    """The prices do not tell their decimal mark."""

    slug = "ambiguous-decimal"
    title = "The decimal mark cannot be decided"

    def __init__(self, column: str, examples: Sequence[str], *, contradictory: bool) -> None:
        listed = " and ".join(f"“{example[:40]}”" for example in examples)
        reason = (
            f"has prices written in two ways, such as {listed}"
            if contradictory
            else f"has prices such as {listed}, which can mean thousands or decimals"
        )
        super().__init__(
            f"The column “{column}” {reason}. Choose the decimal mark, point or comma.",
            answers=[
                make_answer("The point is the decimal mark", {"decimal": "."}),
                make_answer("The comma is the decimal mark", {"decimal": ","}),
            ],
            column=column,
            examples=[example[:200] for example in examples],
        )


class Question(FileProblem):
    """The file makes sense in more ways than one, or in none that is sure: a person has to choose.

    `answers` has for each way `{"label", "options", "samples"}`: what a button says, what a
    client then sends to start the import or to look at the file again, and cells or lines as
    they would be read. The import waits, and keeps the answer.
    """

    slug = "question"
    title = "The file has to be explained"

    def __init__(
        self, detail: str, answers: Sequence[Mapping[str, object]], **data: object
    ) -> None:
        super().__init__(detail, answers=list(answers), **data)


def make_answer(
    label: str, options: Mapping[str, object], samples: Sequence[str] = ()
) -> dict[str, object]:
    """One answer to a question."""
    return {"label": label, "options": dict(options), "samples": [text[:200] for text in samples]}


def ask_about_lines(
    leave_out: Collection[int],
    keep: Collection[int],
    lines: Sequence[int],
    *,
    labels: tuple[str, str],
    samples: Sequence[str],
    options: Mapping[str, object] | None = None,
) -> list[dict[str, object]]:
    """The two answers to whether lines are products, which hold what was answered before."""
    without, with_them = labels
    options = options or {}
    return [
        make_answer(without, {**options, "leave_out": add_lines(leave_out, lines)}, samples),
        make_answer(with_them, {**options, "keep": add_lines(keep, lines)}),
    ]


def add_lines(before: Collection[int], lines: Sequence[int]) -> list[int]:
    """Lines that an option names, with some more; no more than an option can name."""
    return sorted({*before, *lines})[:LINES_MAX]


class AmbiguousEncoding(Question):
    """The bytes make sense in more encodings than one, or in none that is sure."""

    slug = "ambiguous-encoding"
    title = "The encoding cannot be decided"

    def __init__(self, answers: Sequence[Mapping[str, object]], detail: str = "") -> None:
        super().__init__(
            detail
            or "The file's letters beyond ASCII can be read in more than one encoding, and "
            "nothing tells which is meant. Choose the one in which the lines read right.",
            answers,
        )


class MixedEncodings(AmbiguousEncoding):
    """Some bytes of the file are UTF-8 and others are not, and which are meant is not clear."""

    def __init__(self, first: str) -> None:
        super().__init__(
            [make_answer(name.upper(), {"encoding": name}) for name in ("utf-8", first)],
            f"The file begins like {first} and goes on in UTF-8. Name its encoding: with utf-8 "
            "the rows that are damaged are rejected, and the others are read right.",
        )


class OtherHeader(FileProblem):
    """Below its rows the file has a second header, with other columns than the first."""

    def __init__(self, line: int, cells: Sequence[str]) -> None:
        super().__init__(
            f"On line {line:,} a second header begins, with other columns than the first: "
            f"“{', '.join(cells)[:200]}”. Split the file there, and import each part by itself."
        )


class BrokenArchive(FileProblem):
    """The gzip archive cannot be unpacked to its end."""

    slug = "broken-archive"
    title = "The archive is broken"


class BadRows(FileProblem):
    """`on_reject` is `abort` and the file has bad rows."""

    slug = "rejected-rows"
    title = "The file has rows that cannot be imported"


class BadMapping(FileProblem):
    """The mapping given names a header that the file does not have."""

    slug = "bad-mapping"
    title = "The mapping does not fit the file"


@dataclass(frozen=True)
class Remark:
    """What is to be known of a row that is not rejected; `code` is one of `notices.SENTENCES`.

    With `is_skipped` the row is set aside; else it is imported, with a value changed.
    """

    line: int
    code: str
    value: str
    is_skipped: bool


@dataclass(frozen=True)
class Reject:
    """A row that is not imported: the first thing wrong with it, and the row itself."""

    line: int
    column: str | None
    value: str
    code: str
    detail: str
    cells: list[str]
