"""Blocks of a file → pieces, of which almost all is told apart at once.

Pure. What is in order in a block is for `cells.py`; what is damaged, and a
little behind it, goes the careful way of `records.py`, as do the first rows,
which are shown to people. Together they are what `CsvFile.batches` gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter, itemgetter

from app.imports.cells import Cells, find_cells, join_cells
from app.imports.lines import Block, measure, split_lines
from app.imports.reader import CsvFile, Taken, split_block
from app.imports.records import CELL_MAX, Batch, split_damaged, split_records
from app.imports.requoting import Dialect

# After so many damages in a block the rest of it is no faster read in this way.
DAMAGES_MAX = 16
CAREFUL_LINES = 250  # of a block, where the file's first rows are still to be shown
Split = Callable[..., tuple[Batch, int]]


@dataclass(frozen=True)
class Piece:
    """The records of some lines: those told apart at once, and the others beside them."""

    cells: Cells
    batch: Batch


def read_pieces(file: CsvFile, careful_rows: int) -> Iterator[Piece]:
    """The whole file; at least the first `careful_rows` come as a batch."""
    return file.work_through(_PieceReader(file, careful_rows).take)


class _PieceReader:
    """Takes the blocks of one file apart."""

    def __init__(self, file: CsvFile, careful_rows: int) -> None:
        self._dialect = file.dialect
        self._width = file.shape.usual
        self._careful_rows = careful_rows

    def take(self, block: Block) -> Taken[Piece]:
        """A block's records; one that goes on beyond it is left."""
        if self._careful_rows <= 0:
            return self._read_plainly(block)
        shown = self._read_carefully(cut_to_lines(block))
        if len(shown.made.rows) < self._careful_rows:
            shown = self._read_carefully(block)
        rest = Block(block.data[shown.size :], block.first + shown.lines, block.at_end)
        self._careful_rows -= len(shown.made.rows)
        others = self._read_plainly(rest)
        piece = Piece(others.made.cells, join_batches([shown.made, others.made.batch]))
        return Taken(piece, shown.lines + others.lines, shown.size + others.size)

    def _read_carefully(self, block: Block) -> Taken[Batch]:
        return split_block(block, dialect=self._dialect, width=self._width)

    def _read_plainly(self, block: Block) -> Taken[Piece]:
        return _BlockReader(block, self._dialect, self._width).read()


class _BlockReader:
    """One block, as far as it has been read."""

    def __init__(self, block: Block, dialect: Dialect, width: int) -> None:
        self._block = self._rest = block
        self._dialect = dialect
        self._width = width
        self._lines: list[str] | None = None
        self._tables: list[Cells] = []
        self._batches: list[Batch] = []

    def read(self) -> Taken[Piece]:
        """Read stretches in order and damaged ones by turns."""
        while self._rest.data and len(self._tables) < DAMAGES_MAX:
            cells = find_cells(self._rest, self._dialect, self._width)
            self._tables.append(cells)
            self._go_on(int(cells.lines[-1]), int(cells.begins[-1]))
            if not cells.has_fault:
                break
            self._split(split_damaged)
        is_left = len(self._rest.data) <= CELL_MAX and len(self._tables) < DAMAGES_MAX
        if self._rest.data and (self._rest.at_end or not is_left):
            self._split(split_records)
        used = len(self._block.data) - len(self._rest.data)
        cells = join_cells(self._tables or [find_no_cells(self._dialect, self._width)])
        piece = Piece(cells, join_batches(self._batches))
        return Taken(piece, self._rest.first - self._block.first, used)

    def _split(self, split: Split) -> None:
        """Have the careful way read on; it may leave what goes on beyond the block."""
        if self._lines is None:
            self._lines = split_lines(self._block.data)
        rest = self._rest
        lines = self._lines[rest.first - self._block.first :]
        batch, used = split(lines, rest.first, self._dialect, at_end=rest.at_end, width=self._width)
        self._batches.append(batch)
        self._go_on(rest.first + used, measure(lines[:used]))

    def _go_on(self, line: int, size: int) -> None:
        self._rest = Block(self._rest.data[size:], line, self._rest.at_end)


def cut_to_lines(block: Block) -> Block:
    """The block's first lines."""
    lines = split_lines(block.data)
    shown = lines[:CAREFUL_LINES]
    is_all = len(shown) == len(lines)
    return Block(block.data[: measure(shown)], block.first, block.at_end and is_all)


def find_no_cells(dialect: Dialect, width: int) -> Cells:
    """The cells of nothing: one record, which is blank."""
    return find_cells(Block(b"", 1, at_end=True), dialect, width)


def join_batches(batches: Sequence[Batch]) -> Batch:
    """The records of several batches in one, in the order of their lines."""
    rows = [pair for batch in batches for pair in zip(batch.lines, batch.rows, strict=True)]
    rows.sort(key=itemgetter(0))
    damages = sorted(chain.from_iterable(b.damages for b in batches), key=attrgetter("line"))
    return Batch([line for line, _ in rows], [row for _, row in rows], damages)
