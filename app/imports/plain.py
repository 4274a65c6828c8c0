"""A file's records checked block by block, with Python's own work for the odd rows alone.

Pure. `careful.py` says what is done here, and this does it in less time. What
is plain in a block is told apart (`cells.py`, `pieces.py`), checked
(`columns.py`, `plainrows.py`), looked for among the SKUs before (`keys.py`)
and written (`copyblock.py`, `rowtexts.py`) by whole arrays. Damaged records,
rejected rows and all that is not sure go the careful way. `test_plain.py`
holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from app.imports.careful import CheckedRows, check_carefully
from app.imports.cells import can_find_cells
from app.imports.keys import SeenKeys
from app.imports.mapping import ColumnMapping
from app.imports.pieces import read_pieces
from app.imports.plainrows import PieceChecker
from app.imports.preview import ROWS_LOOKED_AT
from app.imports.prices import DecimalDecider
from app.imports.reader import CsvFile
from app.imports.row_groups import find_groups
from app.imports.rowtexts import write_rows


def check_plainly(
    file: CsvFile, mapping: ColumnMapping, decimals: DecimalDecider
) -> Iterator[CheckedRows]:
    """All rows, as `check_carefully` has them, but that other rows may be held for nothing."""
    columns = mapping.columns.values()
    has_shared_column = len(set(columns)) < len(columns)
    has_groups = bool(find_groups(file.header, mapping))
    is_odd = file.joined is not None or not can_find_cells(file.dialect)
    if has_shared_column or has_groups or is_odd:
        return check_carefully(file, mapping, decimals)
    return _check_pieces(file, mapping, decimals)


def _check_pieces(
    file: CsvFile, mapping: ColumnMapping, decimals: DecimalDecider
) -> Iterator[CheckedRows]:
    checker = PieceChecker(file, mapping, decimals)
    seen = SeenKeys()
    for piece in read_pieces(file, ROWS_LOOKED_AT):
        plain, others = checker.check(piece)
        write = partial(write_rows, piece.cells, plain, others, seen)
        yield CheckedRows(piece.batch, others.rejects, others.remarks, write)
