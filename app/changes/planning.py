"""What the planner may do in a transaction that goes through many products by windows."""

from __future__ import annotations

import sqlalchemy as sa


def prefer_index(connection: sa.Connection) -> None:
    """For the rest of the transaction, find the products of a window of rows by the index.

    Without statistics of the rows the planner would rather read the whole catalog, once a
    window; and where it thinks the catalog empty, once a row.
    """
    _allow(connection, "off")


def prefer_any(connection: sa.Connection) -> None:
    """Take `prefer_index` back: the planner may choose."""
    _allow(connection, "on")


def _allow(connection: sa.Connection, on_or_off: str) -> None:
    for way in ("hashjoin", "mergejoin", "seqscan"):
        connection.execute(sa.text(f"SET LOCAL enable_{way} = {on_or_off}"))
