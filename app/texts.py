"""How a text is looked for in the database's texts."""

from __future__ import annotations

import sqlalchemy as sa

# PostgreSQL's built-in Unicode collation: what `lower()` does under it depends on no host's locale.
UNICODE = "pg_c_utf8"


def contains(lowered: sa.ColumnElement[str], text: str) -> sa.ColumnElement[bool]:
    """`text` occurs in a column that holds lower case; in any case, wildcards taken literally.

    The text is lowered by the function that lowers the column: Python's
    `lower()` disagrees with it about letters such as İ.
    """
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    needle = sa.func.lower(sa.collate(sa.literal(f"%{escaped}%"), UNICODE))
    return lowered.like(needle)
