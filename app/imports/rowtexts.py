"""Checked rows of a piece → their text for COPY.

Pure. Rows that were judged one by one come as `copytext.py` writes them, and
are put between the others by their lines.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.imports.arrays import Bytes, Mask, Places, np
from app.imports.careful import RowTexts
from app.imports.cells import LINE_FEED, TAB, Cells
from app.imports.checked import CheckedBatch
from app.imports.columns import COMMA, POINT, PriceForm
from app.imports.copyblock import Escaped, PieceText, escape_cells, gather
from app.imports.copytext import NULL, format_rows
from app.imports.keys import SeenKeys
from app.imports.plainrows import PlainRows
from app.products.upsert import Field


@dataclass(frozen=True)
class Layout:
    """Rows as parts of one text, each with what ends it; and where the SKUs are.

    `starts` and `ends` have a line for each row: its number, and its columns.
    """

    lines: Places
    starts: Places
    ends: Places
    sku_starts: Places
    sku_ends: Places


def write_rows(cells: Cells, plain: PlainRows, others: CheckedBatch, seen: SeenKeys) -> RowTexts:
    """The text of all good rows, apart those whose SKU may have come before."""
    escaped = escape_cells(cells)
    text = PieceText(escaped.data)
    rows = lay_out_plain(cells, plain, escaped, text)
    rows_beside = lay_out_others(others, text, rows.starts.shape[1])
    written = text.close()
    finish_plain(written, rows, plain)
    if len(rows_beside.lines):
        rows = _join(rows, rows_beside)
    is_held = seen.find_repeated(written, rows.sku_starts, rows.sku_ends)
    held = int(is_held.sum())
    first = _gather_rows(written, rows, ~is_held if held else slice(None))
    held_rows = _gather_rows(written, rows, is_held) if held else b""
    return RowTexts(len(is_held) - held, first, held, held_rows)


def _gather_rows(text: Bytes, rows: Layout, wanted: Mask | slice) -> bytes:
    return gather(text, rows.starts[wanted], rows.ends[wanted])[:-1]


def lay_out_plain(cells: Cells, plain: PlainRows, escaped: Escaped, text: PieceText) -> Layout:
    """The plain rows; what their columns end with is still to be written."""
    lines = cells.lines[plain.records]
    starts = np.empty((len(lines), 1 + len(plain.columns)), np.int64)
    ends = np.empty_like(starts)
    starts[:, 0], ends[:, 0] = text.add_numbers(lines)
    for at, (field, column) in enumerate(plain.columns.items(), start=1):
        starts[:, at] = column.starts + escaped.before[column.places]
        ends[:, at] = column.ends + escaped.behind[column.places] + 1
        if field is Field.PRICE:
            place = text.add(f"{NULL}\t".encode())
            is_empty = plain.forms == PriceForm.EMPTY
            starts[is_empty, at], ends[is_empty, at] = place, place + len(NULL) + 1
        if field is Field.ACTIVE:
            place = text.add(b"t\tf\t")
            starts[:, at] = np.where(plain.flags == ord("t"), place, place + 2)
            ends[:, at] = starts[:, at] + 2
    return Layout(lines, starts, ends, starts[:, 1], ends[:, 1] - 1)


def finish_plain(text: Bytes, rows: Layout, plain: PlainRows) -> None:
    """Write the ends of columns and rows, and points for commas in prices."""
    text[rows.ends[:, 1:-1] - 1] = TAB
    text[rows.ends[:, -1] - 1] = LINE_FEED
    is_comma = plain.forms == PriceForm.COMMA
    if is_comma.any():
        at = 1 + list(plain.columns).index(Field.PRICE)
        behind = rows.ends[is_comma, at] - 1
        text[np.where(text[behind - 2] == COMMA, behind - 2, behind - 3)] = POINT


def lay_out_others(others: CheckedBatch, text: PieceText, width: int) -> Layout:
    """Rows that are written already: each is one part, and its other parts are empty."""
    written = format_rows(others).split(b"\n") if others.lines else []
    numbers = [len(row.partition(b"\t")[0]) for row in written]
    skus = [len(row.split(b"\t", 2)[1]) for row in written]
    sizes = np.array([len(row) + 1 for row in written], np.int64)
    begin = text.add(b"".join(row + b"\n" for row in written))
    starts = np.zeros((len(written), width), np.int64)
    ends = np.zeros_like(starts)
    ends[:, 0] = begin + np.cumsum(sizes)
    starts[:, 0] = ends[:, 0] - sizes
    sku_starts = starts[:, 0] + np.array(numbers, np.int64) + 1
    lines = np.array(others.lines, np.int64)
    return Layout(lines, starts, ends, sku_starts, sku_starts + np.array(skus, np.int64))


def _join(one: Layout, other: Layout) -> Layout:
    """Rows of both, in the order of their lines."""
    lines = np.concatenate((one.lines, other.lines))
    order = np.argsort(lines, kind="stable")
    return Layout(
        lines[order],
        np.concatenate((one.starts, other.starts))[order],
        np.concatenate((one.ends, other.ends))[order],
        np.concatenate((one.sku_starts, other.sku_starts))[order],
        np.concatenate((one.sku_ends, other.sku_ends))[order],
    )
