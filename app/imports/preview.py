"""What a person is shown before an import: sample cells and sample changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from app.imports.headers import normalise
from app.imports.mapping import ColumnMapping, name_columns
from app.imports.records import Batch
from app.imports.suggestions import count_rows
from app.imports.validation import shown
from app.products.models import products, sku_key
from app.products.upsert import Field, Mode, differs

SAMPLES = 3
ROWS_LOOKED_AT = 100
# What shops' exports tell products apart by, beside the SKU.
KEYS = frozenset(
    {
        "handle", "urlhandle", "producthandle", "urlkey", "id", "productid", "variantid",
        "externalid", "barcode", "variantbarcode", "ean", "ean13", "gtin", "upc", "mpn",
    }
)  # fmt: skip
CHANGES = 50


class SampleTaker:
    """Collects the first rows of a file: three are shown, and all tell which column is a key."""

    def __init__(self) -> None:
        self._rows: list[list[str]] = []

    @property
    def is_full(self) -> bool:
        """Whether there are as many as are looked at."""
        return len(self._rows) >= ROWS_LOOKED_AT

    @property
    def rows(self) -> Sequence[Sequence[str]]:
        """The rows that are looked at, as far as they have come."""
        return self._rows

    def take(self, batch: Batch, leave_out: Collection[int] = ()) -> None:
        """Keep the cells of its first rows, while there is room; not those that are left out."""
        room = ROWS_LOOKED_AT - len(self._rows)
        rows = batch.rows[: room + len(leave_out)]
        if leave_out:
            rows = [row for at, row in zip(batch.lines, rows, strict=False) if at not in leave_out]
        self._rows += rows[:room]

    def suggest_key(self, header: Sequence[str], mapping: ColumnMapping) -> str | None:
        """The first unused column whose cells are all there and all different, if any is.

        One that is known for a key comes first: sizes and prices may differ by chance.
        """
        usable = [
            name
            for index, name in enumerate(name_columns(header))
            if name and index not in mapping.columns.values() and self._tells_apart(index, name)
        ]
        return next((name for name in usable if normalise(name) in KEYS), next(iter(usable), None))

    def _tells_apart(self, index: int, name: str) -> bool:
        cells = [row[index].strip() for row in self._rows if index < len(row)]
        is_key = bool(cells) and all(cells) and len(set(cells)) == len(self._rows)
        return is_key and (normalise(name) in KEYS or not count_rows(cells))

    def describe(
        self, header: Sequence[str], mapping: ColumnMapping | None
    ) -> list[dict[str, object]]:
        """`{"header", "field", "samples"}` for each column of the file.

        `original` is the header in the file, where it is there more than once.
        """
        by_index = {index: field for field, index in mapping.columns.items()} if mapping else {}
        return [
            {
                "header": name,
                **({} if name == header[index] else {"original": header[index]}),
                "field": by_index[index].value if index in by_index else None,
                "samples": [shown(row[index]) for row in self._rows[:SAMPLES] if index < len(row)],
            }
            for index, name in enumerate(name_columns(header))
        ]


def take_sample_changes(
    connection: sa.Connection, rows: sa.Subquery, fields: Sequence[Field], mode: Mode
) -> list[Mapping[str, Any]]:
    """The first rows of the file that would create or update a product, before and after."""
    is_new = products.c.id.is_(None)
    is_other = sa.and_(products.c.id.is_not(None), differs(rows.c, fields))
    wanted = {
        Mode.UPSERT: sa.or_(is_new, is_other),
        Mode.CREATE_ONLY: is_new,
        Mode.UPDATE_ONLY: is_other,
    }[mode]
    before = [products.c[field].label(f"before_{field}") for field in Field]
    after = [rows.c[field].label(f"after_{field}") for field in fields]
    statement = (
        sa.select(rows.c.line, is_new.label("is_new"), *before, *after)
        .select_from(rows.outerjoin(products, sku_key == sa.func.lower(rows.c.sku)))
        .where(wanted)
        .order_by(rows.c.line)
        .limit(CHANGES)
    )
    return [_describe(dict(row._mapping), fields) for row in connection.execute(statement)]


DEFAULTS: dict[Field, object] = {Field.DESCRIPTION: "", Field.PRICE: None, Field.ACTIVE: True}


def _describe(row: Mapping[str, Any], fields: Sequence[Field]) -> dict[str, Any]:
    given = {field.value: _json(row[f"after_{field}"]) for field in fields}
    if row["is_new"]:
        stored = {field.value: value for field, value in DEFAULTS.items()}
        return {"action": "create", "line": row["line"], "before": None, "after": stored | given}
    before = {field.value: _json(row[f"before_{field}"]) for field in Field}
    # The stored spelling of the SKU stays (see products/upsert.py).
    after = before | given | {"sku": before["sku"]}
    return {"action": "update", "line": row["line"], "before": before, "after": after}


def _json(value: object) -> object:
    return value if value is None or isinstance(value, str | bool) else f"{value:.2f}"
