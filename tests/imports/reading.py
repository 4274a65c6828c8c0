"""Reads whole files as the importer does, without a database."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from app.imports.errors import FileProblem, Reject
from app.imports.mapping import count_known, map_columns
from app.imports.prices import DecimalDecider
from app.imports.reader import FormatWish, open_csv
from app.imports.reading import Again, End, Part, Understanding, read_file
from app.imports.validation import BatchChecker
from app.products.upsert import Mode


@dataclass(frozen=True)
class Table:
    """What came out of a file: records and damages by the line each begins on."""

    header: list[str]
    rows: list[tuple[int, list[str]]]
    damages: list[tuple[int, str]] = field(default_factory=list)
    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'


@dataclass(frozen=True)
class Checked:
    """A file's good rows by field, and its rejects."""

    rows: dict[int, dict[str, str | None]]
    rejects: list[Reject]
    mapping: Mapping[str, str]
    ignored: Sequence[str]
    mark: str

    @property
    def codes(self) -> list[tuple[int, str]]:
        """(line, code) of each reject."""
        return sorted((reject.line, reject.code) for reject in self.rejects)


@dataclass(frozen=True)
class Result:
    """What an import of a file into an empty catalog would bring."""

    products: Mapping[str, Mapping[str, str | None]]
    rejected: Mapping[int, str]
    skipped: int
    understanding: Understanding
    problem: FileProblem | None

    @property
    def notices(self) -> Mapping[str, Sequence[int]]:
        """The lines of each kind of notice."""
        return {str(n["code"]): n["lines"] for n in self.understanding.notices}


def cut(content: bytes, size: int) -> Iterator[bytes]:
    """`content` in blocks of `size`."""
    return (content[start : start + size] for start in range(0, len(content), size))


def read_table(
    content: bytes,
    *,
    block_size: int = 1 << 20,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Table:
    """Read a file to its end."""
    wish = FormatWish(encoding, delimiter)
    file = open_csv(cut(content, block_size), wish, count_known)
    batches = list(file.batches())
    return Table(
        file.header,
        [(n, row) for b in batches for n, row in zip(b.lines, b.rows, strict=True)],
        [(damage.line, damage.code) for b in batches for damage in b.damages],
        file.encoding,
        file.dialect.delimiter,
        file.dialect.quote,
    )


def read_whole(content: bytes | str, *, mode: Mode = Mode.UPSERT, **wishes: object) -> Result:
    """Read a file by `reading.read_file`, as a worker does; the last row of a SKU wins."""
    data = content.encode() if isinstance(content, str) else content
    rows: dict[int, dict[str, str | None]] = {}
    rejected: dict[int, str] = {}
    skipped = 0
    for event in read_file(lambda: cut(data, 1 << 16), "import", wishes, mode):
        match event:
            case Part():
                for row in filter(None, (event.rows + b"\n" + event.held_rows).split(b"\n")):
                    line, *cells = row.decode().split("\t")
                    values = [None if cell == "\\N" else unescape_copy(cell) for cell in cells]
                    rows[int(line)] = dict(zip(map(str, event.fields), values, strict=True))
                for reject in filter(None, event.rejects.split(b"\n")):
                    _, line, _, _, code, *_ = reject.decode().split("\t")
                    rejected[int(line)] = code
                skipped += event.skipped
            case Again():
                rows, rejected, skipped = {}, {}, 0
            case End():
                products = {row["sku"] or "": row for _, row in sorted(rows.items())}
                return Result(products, rejected, skipped, event.understanding, event.problem)
    raise AssertionError


def get_options(read: Result) -> list[dict[str, Any]]:
    """What each answer to a file's question sends."""
    assert read.problem is not None
    answers = cast("list[dict[str, Any]]", read.problem.data["answers"])
    return [answer["options"] for answer in answers]


def unescape_copy(cell: str) -> str:
    """A value in COPY's text format as it was before."""
    escapes = {"\\t": "\t", "\\n": "\n", "\\r": "\r", "\\\\": "\\"}
    return re.sub(r"\\.", lambda found: escapes[found[0]], cell)


def check_table(
    content: bytes | str,
    *,
    decimal: str | None = None,
    mode: Mode = Mode.UPSERT,
    mapping: Mapping[str, str | None] | None = None,
    block_size: int = 1 << 20,
) -> Checked:
    """Read and check a file to its end; raises the FileProblem that would end its import."""
    blocks = cut(content.encode() if isinstance(content, str) else content, block_size)
    file = open_csv(blocks, FormatWish(), count_known)
    mapped = map_columns(file.header, mapping or {}, mode)
    decimals = DecimalDecider(decimal)
    checker = BatchChecker(file.header, mapped, decimals, file.shape)
    checked = [checker.check(batch) for batch in file.batches()]
    decimals.conclude("price")
    rows = {
        line: {name.value: column[at] for name, column in batch.columns.items()}
        for batch in checked
        for at, line in enumerate(batch.lines)
    }
    headers = {name.value: header for name, header in mapped.headers.items()}
    rejects = [reject for batch in checked for reject in batch.rejects]
    return Checked(rows, rejects, headers, mapped.ignored, decimals.mark)


def write_csv(rows: Sequence[Sequence[str]]) -> str:
    """Rows as csv.writer writes them by default."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()
