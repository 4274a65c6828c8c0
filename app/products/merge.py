"""PostgreSQL's MERGE: for bulk writers, who take turns.

It costs two thirds to nine tenths of INSERT … ON CONFLICT, but does not wait
for a concurrent insert of the same SKU by somebody else: that ends in a
unique violation. `upsert.py` then falls back to ON CONFLICT, which is safe.
SQLAlchemy has no MERGE: it is put together of parts that SQLAlchemy writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.elements import ClauseElement

from app.products.models import products


def merge_rows(
    rows: sa.Subquery,
    *,
    on: sa.ColumnElement[bool],
    differs: sa.ColumnElement[bool],
    assignments: dict[str, Any],
    columns: Sequence[str],
    returned: Sequence[sa.ColumnElement[Any]],
) -> sa.TextualSelect:
    """MERGE INTO products USING `rows` (PostgreSQL manual, MERGE), to be used as a CTE.

    `columns` are inserted, `assignments` (column name → expression) made
    where `differs` holds of a matched product.
    """
    updated = ", ".join(
        f"{name} = {write(sa.type_coerce(value, products.c[name].type))}"
        for name, value in assignments.items()
    )
    values = ", ".join(write(rows.c[name]) for name in columns)
    text = (  # every part is a name of ours or a number
        f"MERGE INTO products USING ({write(rows.element)}) AS {rows.name} ON {write(on)} "
        f"WHEN MATCHED AND {write(differs)} THEN UPDATE SET {updated} "
        f"WHEN NOT MATCHED THEN INSERT ({', '.join(columns)}) VALUES ({values}) "
        f"RETURNING {', '.join(f'{write(c)} AS {c.name}' for c in returned)}"
    )
    return sa.text(text).columns(*(sa.column(c.name, c.type) for c in returned))


def write(part: ClauseElement) -> str:
    """A part of the statement as text, its values in it."""
    dialect: Any = postgresql.dialect  # its constructor has no types
    return str(part.compile(dialect=dialect(), compile_kwargs={"literal_binds": True}))
