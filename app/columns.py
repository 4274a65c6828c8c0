"""Columns that several packages' tables have."""

from __future__ import annotations

import sqlalchemy as sa


def moment(name: str, *, now: bool = False) -> sa.Column[object]:
    """A time; with `now` that of the insertion, else NULL until somebody sets it."""
    return sa.Column(
        name,
        sa.DateTime(timezone=True),
        nullable=not now,
        server_default=sa.func.clock_timestamp() if now else None,
    )
