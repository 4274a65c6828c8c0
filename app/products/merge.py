"""PostgreSQL's MERGE as a small Core construct: for bulk writers, who take turns.

It costs two thirds to nine tenths of INSERT … ON CONFLICT, but does not wait
for a concurrent insert of the same SKU by somebody else: that ends in a
unique violation. `upsert.py` then falls back to ON CONFLICT, which is safe.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement

from app.products.models import products


class Merge(Executable, ClauseElement):
    """MERGE INTO products USING `rows`; answers one row: how many are new, how many written.

    `columns` are inserted, `assignments` (column name → expression) made
    where `differs` holds of a matched product.
    """

    inherit_cache = False

    def __init__(
        self,
        rows: sa.Subquery,
        on: sa.ColumnElement[bool],
        differs: sa.ColumnElement[bool],
        assignments: dict[str, Any],
        columns: Sequence[str],
    ) -> None:
        self.rows = rows
        self.on = on
        self.differs = differs
        self.assignments = assignments
        self.columns = columns


@compiles(Merge, "postgresql")
def compile_merge(element: Merge, compiler: SQLCompiler, **options: Any) -> str:
    """The statement's text (PostgreSQL manual, MERGE)."""

    def write(part: ClauseElement) -> str:
        return compiler.process(part, **options)

    rows = compiler.process(element.rows, asfrom=True, **options)
    updated = ", ".join(
        f"{name} = {write(sa.type_coerce(value, products.c[name].type))}"
        for name, value in element.assignments.items()
    )
    inserted = ", ".join(element.columns)
    values = ", ".join(write(element.rows.c[name]) for name in element.columns)
    return (  # every part is a name of ours or a bound parameter
        f"WITH written AS (MERGE INTO products USING {rows} ON {write(element.on)} "
        f"WHEN MATCHED AND {write(element.differs)} THEN UPDATE SET {updated} "
        f"WHEN NOT MATCHED THEN INSERT ({inserted}) VALUES ({values}) "
        "RETURNING merge_action() = 'INSERT' AS is_new"
        ") SELECT count(*) FILTER (WHERE is_new), count(*) FROM written"
    )
