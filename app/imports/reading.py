"""A whole file, read and checked: parts ready to be staged, and at the end what was understood.

Pure, and so able to run in a process of its own. It answers events, because
what it finds out late may change what it said early: `Again` takes back all
parts so far. A file's own faults come as the `End`'s problem, not as exceptions.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.imports.careful import CheckedRows, check_carefully
from app.imports.copytext import format_rejects
from app.imports.cut_prices import find_texts_beside
from app.imports.doubts import ColumnDoubts
from app.imports.errors import (
    LINES_MAX,
    EmptyFile,
    EmptyKey,
    FileProblem,
    MissingColumns,
    Question,
    Remark,
    ask_about_lines,
)
from app.imports.layout_questions import explain_one_column, find_question, find_split_price
from app.imports.mapping import ColumnMapping, count_known, map_columns
from app.imports.notices import NoticeTaker
from app.imports.preview import SampleTaker
from app.imports.prices import DecimalDecider
from app.imports.reader import CsvFile, Format, FormatWish, open_csv
from app.products import rules
from app.products.upsert import Field, Mode

try:
    from app.imports.plain import check_plainly
except ImportError:  # no wheel of numpy for this platform
    check_plainly = check_carefully

OpenBlocks = Callable[[], Iterable[bytes]]


@dataclass(frozen=True, kw_only=True)
class Part:
    """Some rows, in COPY's text format, and how many bytes of the file they end behind."""

    good: int
    fields: Sequence[Field]
    rows: bytes
    bad: int
    rejects: bytes
    skipped: int  # rows set aside: they are no products
    bytes_read: int
    # Good rows whose SKU may have come before, in any case, and no others of that SKU: which row
    # counts is known at the file's end only. Some that PostgreSQL tells apart are among them.
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
    notices: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class End:
    """Nothing more comes."""

    understanding: Understanding
    problem: FileProblem | None


Event = Part | Again | End


def read_file(
    open_blocks: OpenBlocks,
    import_id: str,
    wishes: Mapping[str, Any],
    mode: Mode,
    *,
    careful: bool = False,
) -> Iterator[Event]:
    """Read the file that `open_blocks` gives from its beginning each time it is called.

    With `careful` each record is read and checked by itself. The events are
    the same, but that more rows may be held that need not have been.
    """
    reading = _Reading(open_blocks, import_id, wishes, mode, careful=careful)
    problem: FileProblem | None = None
    try:
        yield from reading.read()
    except FileProblem as found:
        problem = found
    yield End(reading.understanding(), problem)


class _Reading:
    """What is known of the file so far."""

    def __init__(
        self,
        open_blocks: OpenBlocks,
        import_id: str,
        wishes: Mapping[str, Any],
        mode: Mode,
        *,
        careful: bool,
    ) -> None:
        self._open_blocks = open_blocks
        self._import_id = import_id
        self._wishes = wishes
        self._mode = mode
        self._careful = careful
        self._decimals = DecimalDecider(wishes.get("decimal"))
        self._doubts = ColumnDoubts(wishes.get("mapping") or {})
        self._samples, self._notices = SampleTaker(), NoticeTaker()
        self._file: CsvFile | None = None
        self._mapping: ColumnMapping | None = None
        self._bytes = self._rows = self._without_sku = 0
        self._totals: list[Remark] = []

    def read(self) -> Iterator[Event]:
        """All parts; raises the FileProblem that ends them."""
        file, mapping = self._open()
        question = find_question(file, mapping, self._wishes, count_known)
        if question or mapping.missing:
            self._refuse(file, question)
        while not (yield from self._read_parts(file, mapping)):
            yield Again()
            file, mapping = self._open()
        self._judge(file, mapping)

    def understanding(self) -> Understanding:
        """What was made of the file by now."""
        file, mapping = self._file, self._mapping
        if file is None:
            return Understanding()
        dialect = file.dialect
        self._notices.take(file.take_remarks())
        return Understanding(
            Format(file.encoding, dialect.delimiter, dialect.quote, self._decimals.mark),
            mapping,
            self._samples.describe(file.header, mapping),
            self._notices.describe(),
        )

    def _open(self) -> tuple[CsvFile, ColumnMapping]:
        self._bytes = self._rows = self._without_sku = 0
        self._samples, self._notices = SampleTaker(), NoticeTaker()
        self._totals = []
        given = self._wishes
        leave_out = frozenset(given.get("leave_out") or ())
        wish = FormatWish(
            given.get("encoding"), given.get("delimiter"), given.get("header_row"), leave_out
        )
        self._file = file = open_csv(self._counted(self._open_blocks()), wish, count_known)
        file.leave_out = leave_out
        file.keep = frozenset(given.get("keep") or ())
        wishes = given.get("mapping") or {}
        self._mapping = map_columns(file.header, wishes, self._mode, self._doubts.unfit)
        if given.get("decimal") == ",":
            split = find_split_price(file, self._mapping)
            if split:
                file.join_prices(*split)
        if given.get("decimal") != "." and file.joined is None:
            file.texts_beside_price = find_texts_beside(file, self._mapping)
        self._doubts.begin(file.header, self._mapping)
        return file, self._mapping

    def _counted(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        for block in blocks:
            self._bytes += len(block)
            yield block

    def _refuse(self, file: CsvFile, problem: FileProblem | None) -> None:
        """Take the first rows' cells, so that a person can choose; raises the problem."""
        for batch in file.batches():
            self._samples.take(batch, file.leave_out)
            if self._samples.is_full:
                break
        if problem:
            raise problem
        missing = self._doubts.refuse_missing(self._samples.rows)
        words = explain_one_column(file)
        raise MissingColumns(words, **missing.data) if words else missing

    def _read_parts(self, file: CsvFile, mapping: ColumnMapping) -> Generator[Event, None, bool]:
        """Every record, checked. Answers whether that holds, or has to be done once more."""
        decimals, doubts = self._decimals, self._doubts
        check = check_carefully if self._careful or doubts.needs_every_row else check_plainly
        mark, had_open_cells = decimals.mark, decimals.has_open_cells
        for checked in check(file, mapping, decimals):
            if decimals.contradicts_itself:
                return True
            if had_open_cells and decimals.mark != mark:
                return False
            mark, had_open_cells = decimals.mark, decimals.has_open_cells
            self._samples.take(checked.batch, file.leave_out)
            if self._samples.is_full and not doubts.look(self._samples.rows):
                return False
            if doubts.needs_every_row:
                doubts.watch(checked.batch.rows)
            yield self._make_part(checked, list(mapping.columns))
        return doubts.look(self._samples.rows)

    def _make_part(self, checked: CheckedRows, fields: Sequence[Field]) -> Part:
        texts, bad = checked.write(), len(checked.rejects)
        self._notices.take(checked.remarks)
        self._doubts.count_rejects(checked.rejects)
        self._totals += [remark for remark in checked.remarks if remark.code == "totals_row"]
        missing = rules.REQUIRED_SKU.code
        self._rows += texts.good + texts.held + bad
        self._without_sku += sum(reject.code == missing for reject in checked.rejects)
        return Part(
            fields=fields,
            good=texts.good,
            rows=texts.rows,
            held=texts.held,
            held_rows=texts.held_rows,
            bad=bad,
            rejects=format_rejects(self._import_id, checked.rejects),
            skipped=sum(remark.is_skipped for remark in checked.remarks),
            bytes_read=self._bytes,
        )

    def _judge(self, file: CsvFile, mapping: ColumnMapping) -> None:
        """Raise what only the whole file can tell."""
        if Field.PRICE in mapping.headers:
            self._decimals.conclude(mapping.headers[Field.PRICE])
        if not self._rows:
            raise EmptyFile("The file has a header and no rows below it.")
        self._ask_totals(file)
        self._doubts.conclude(self._samples.rows, self._rows)
        self._doubts.tell(self._notices, self._samples.rows)
        if self._without_sku == self._rows:
            other = self._samples.suggest_key(file.header, mapping)
            hint = f" “{other}” has a value of its own on every row shown." if other else ""
            raise EmptyKey(
                f"The column “{mapping.headers[Field.SKU]}” is there and empty on every row, and "
                f"a product needs a SKU. Fill it in, or choose another column as the SKU.{hint}",
                suggested={Field.SKU.value: other} if other else {},
            )

    def _ask_totals(self, file: CsvFile) -> None:
        """Raise the question whether rows whose SKU is a word such as `Total` are products."""
        asked = [remark for remark in self._totals if remark.line not in file.keep]
        if not asked or len(file.keep) >= LINES_MAX:
            return
        lines = [remark.line for remark in asked]
        shown = [f"line {remark.line:,}: {remark.value}" for remark in asked[:3]]
        words = list(dict.fromkeys(f"“{remark.value}”" for remark in asked))
        listed = ", ".join(words[:3])
        detail = (
            f"A row looks like a total and not like a product: {listed}, on line {lines[0]:,}. Is "
            "it to be left out?"
            if len(asked) == 1
            else f"{len(asked):,} rows look like totals and not like products: {listed}. Are they "
            "to be left out?"
        )
        labels = (
            ("Leave it out", "It is a product")
            if len(asked) == 1
            else ("Leave them out", "They are products")
        )
        answers = ask_about_lines(file.leave_out, file.keep, lines, labels=labels, samples=shown)
        raise Question(detail, answers)
