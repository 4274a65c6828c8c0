"""What PostgreSQL means to do for the statements of a block."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from app.extensions import db


@contextmanager
def explaining() -> Iterator[list[str]]:
    """Collect the plans of the statements that go through windows, as they are run."""
    plans: list[str] = []

    def explain(connection: sa.Connection, cursor: Any, text: str, values: Any, *_: object) -> None:
        if not any(name in text for name in ("undone AS", "written AS", "found AS")):
            return
        cursor.execute(f"EXPLAIN {text}", values)
        plans.append("\n".join(line for (line,) in cursor.fetchall()))

    sa.event.listen(db.engine, "before_cursor_execute", explain)
    try:
        yield plans
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", explain)
