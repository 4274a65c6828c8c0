"""What the planner may do in a transaction that goes through many products by windows.

Statistics are those of before the transaction. They may call a table empty that the
transaction itself has filled, and what follows from that by the planner's reckoning, reading all
of it for every row of a window, takes minutes. So the ways are closed that are bad
where the estimate is.
"""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

WAYS = frozenset({"hashjoin", "mergejoin", "nestloop", "material", "seqscan"})


def prefer_index(connection: sa.Connection) -> None:
    """For the rest of the transaction, find the products of a window of rows by the index.

    Without a Materialize node, through which a table that is thought empty seems to be read
    again at no cost, an index is always the cheaper way.
    """
    _close(connection, {"hashjoin", "mergejoin", "material", "seqscan"})


def prefer_hash(connection: sa.Connection) -> None:
    """For the rest of the transaction, join by hashing what the conditions let through.

    For statements that say the window's range of ids of every table: they read each range once.
    """
    _close(connection, {"mergejoin", "nestloop", "seqscan"})


def prefer_any(connection: sa.Connection) -> None:
    """Take that back: the planner may choose."""
    _close(connection, ())


def _close(connection: sa.Connection, ways: Collection[str]) -> None:
    for way in sorted(WAYS):
        on_or_off = "off" if way in ways else "on"
        connection.execute(sa.text(f"SET LOCAL enable_{way} = {on_or_off}"))
