"""A whole file, read and checked: parts ready to be staged, and at the end what was understood.

Pure, and so able to run in a process of its own. It answers events, because
what it finds out late may change what it said early: `Again` takes back all
parts so far. A file's own faults come as the `End`'s problem, not as exceptions.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.imports.copytext import format_rejects, format_rows
from app.imports.errors import EmptyFile, EmptyKey, FileProblem, MissingColumns
from app.imports.mapping import ColumnMapping, count_known, map_columns
from app.imports.preview import SampleTaker
from app.imports.prices import DecimalDecider
from app.imports.reader import CsvFile, Format, FormatWish, open_csv
from app.imports.validation import BatchChecker, CheckedBatch
from app.products import rules
from app.products.upsert import Field, Mode

SEEN_MAX = 1_000_000
OpenBlocks = Callable[[], Iterable[bytes]]


@dataclass(frozen=True, kw_only=True)
class Part:
    """Some rows, in COPY's text format, and how many bytes of the file they end behind."""

    good: int
    fields: Sequence[Field]
    rows: bytes
    bad: int
    rejects: bytes
    bytes_read: int
    # Good rows whose SKU may have come before, in any case, and no others of that SKU: which row
    # counts is known at the file's end only. Some that PostgreSQL tells apart are among them, and
    # all beyond a million rows, which are more than are remembered.
    held: int
    held_rows: bytes


@dataclass(frozen=True)
class Again:
    """Forget the parts so far: their prices were read by a decimal mark that is not the file's."""


@dataclass(frozen=True)
class Understanding:
    """What was made of the file; None and empty as far as it did not come to that."""

    format: Format | None = None
    mapping: ColumnMapping | None = None
    columns: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class End:
    """Nothing more comes."""

    understanding: Understanding
    problem: FileProblem | None


Event = Part | Again | End


def read_file(
    open_blocks: OpenBlocks, import_id: str, wishes: Mapping[str, Any], mode: Mode
) -> Iterator[Event]:
    """Read the file that `open_blocks` gives from its beginning each time it is called."""
    reading = _Reading(open_blocks, import_id, wishes, mode)
    problem: FileProblem | None = None
    try:
        yield from reading.read()
    except FileProblem as found:
        problem = found
    yield End(reading.understanding(), problem)


class _Reading:
    """What is known of the file so far."""

    def __init__(
        self, open_blocks: OpenBlocks, import_id: str, wishes: Mapping[str, Any], mode: Mode
    ) -> None:
        self._open_blocks = open_blocks
        self._import_id = import_id
        self._wishes = wishes
        self._mode = mode
        self._decimals = DecimalDecider(wishes.get("decimal"))
        self._samples = SampleTaker()
        self._file: CsvFile | None = None
        self._mapping: ColumnMapping | None = None
        self._bytes = self._rows = self._without_sku = 0
        self._seen: set[int] = set()
        self._is_full = False

    def read(self) -> Iterator[Event]:
        """All parts; raises the FileProblem that ends them."""
        file, mapping = self._open()
        if mapping.missing:
            self._refuse_unmapped(file, mapping)
        is_right = yield from self._read_parts(file, mapping)
        if not is_right:
            yield Again()
            file, mapping = self._open()
            yield from self._read_parts(file, mapping)
        self._judge(file, mapping)

    def understanding(self) -> Understanding:
        """What was made of the file by now."""
        file, mapping = self._file, self._mapping
        if file is None:
            return Understanding()
        dialect = file.dialect
        return Understanding(
            Format(file.encoding, dialect.delimiter, dialect.quote, self._decimals.mark),
            mapping,
            self._samples.describe(file.header, mapping),
        )

    def _open(self) -> tuple[CsvFile, ColumnMapping]:
        self._bytes = self._rows = self._without_sku = 0
        self._seen = set()
        self._samples = SampleTaker()
        wish = FormatWish(self._wishes.get("encoding"), self._wishes.get("delimiter"))
        self._file = open_csv(self._counted(self._open_blocks()), wish, count_known)
        wishes = self._wishes.get("mapping") or {}
        self._mapping = map_columns(self._file.header, wishes, self._mode)
        return self._file, self._mapping

    def _counted(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        for block in blocks:
            self._bytes += len(block)
            yield block

    def _refuse_unmapped(self, file: CsvFile, mapping: ColumnMapping) -> None:
        """Take the first rows' cells, so that a person can choose; raises MissingColumns."""
        for batch in file.batches():
            self._samples.take(batch)
            if self._samples.is_full:
                break
        names = " and ".join("SKU" if f is Field.SKU else str(f) for f in mapping.missing)
        raise MissingColumns(
            f"No column of the file is recognised as the {names}. "
            "Choose the columns, or rename them in the file.",
            headers=file.header,
        )

    def _read_parts(self, file: CsvFile, mapping: ColumnMapping) -> Generator[Event, None, bool]:
        """Every record, checked. Answers whether that holds, or has to be done once more."""
        checker = BatchChecker(file.header, mapping, self._decimals)
        mark = self._decimals.mark
        for batch in file.batches():
            had_open_cells = self._decimals.has_open_cells
            checked = checker.check(batch)
            if self._decimals.contradicts_itself:
                return True
            if had_open_cells and self._decimals.mark != mark:
                return False
            mark = self._decimals.mark
            self._samples.take(batch)
            yield self._make_part(checked)
        return True

    def _make_part(self, checked: CheckedBatch) -> Part:
        good, bad = len(checked.lines), len(checked.rejects)
        missing = rules.REQUIRED_SKU.code
        self._rows += good + bad
        self._without_sku += sum(reject.code == missing for reject in checked.rejects)
        repeated = self._find_repeats(checked.columns[Field.SKU])
        first, held = checked.split(repeated) if repeated else (checked, None)
        return Part(
            fields=list(checked.columns),
            good=good - len(repeated),
            rows=format_rows(first),
            held=len(repeated),
            held_rows=format_rows(held) if held else b"",
            bad=bad,
            rejects=format_rejects(self._import_id, checked.rejects),
            bytes_read=self._bytes,
        )

    def _find_repeats(self, skus: Sequence[str | None]) -> set[int]:
        """Which of `skus` may have come before. Hashes are kept: they need less room."""
        if len(self._seen) > SEEN_MAX:
            self._seen.clear()
            self._is_full = True
        before, texts = len(self._seen), [sku or "" for sku in skus]
        folded = list(map(hash, map(fold_sku, texts)))
        # Letters that this Python does not know yet, and calls not printable, may have a case.
        if self._is_full or not "".join(texts).isprintable():
            self._seen.update(folded)
            return set(range(len(texts)))
        earlier = self._seen.intersection(folded)
        self._seen.update(folded)
        if len(self._seen) - before == len(texts):
            return set()
        return find_repeated(folded, earlier)

    def _judge(self, file: CsvFile, mapping: ColumnMapping) -> None:
        """Raise what only the whole file can tell."""
        if Field.PRICE in mapping.headers:
            self._decimals.conclude(mapping.headers[Field.PRICE])
        if not self._rows:
            raise EmptyFile("The file has a header and no rows below it.")
        if self._without_sku == self._rows:
            other = self._samples.suggest_key(file.header, mapping)
            hint = f" “{other}” has a value of its own on every row shown." if other else ""
            raise EmptyKey(
                f"The column “{mapping.headers[Field.SKU]}” is there and empty on every row, and "
                f"a product needs a SKU. Fill it in, or choose another column as the SKU.{hint}",
                suggested={Field.SKU.value: other} if other else {},
            )


def find_repeated(keys: Sequence[int], earlier: set[int]) -> set[int]:
    """The places in `keys` of those that are in `earlier`, or come a second time."""
    repeated: set[int] = set()
    for at, key in enumerate(keys):
        if key in earlier:
            repeated.add(at)
        earlier.add(key)
    return repeated


def fold_sku(sku: str) -> str:
    """A form that two printable SKUs share if PostgreSQL's `lower()` (`pg_c_utf8`) makes them one.

    Python's `casefold()` joins more, and only İ does it tell from the i that
    PostgreSQL makes of it.
    """
    return sku.replace("İ", "i").casefold()
