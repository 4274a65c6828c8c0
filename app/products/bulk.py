"""Deleting, activating or deactivating many products: by ids, by a filter, or all.

Products are gone through in the order of their ids, a window at a time, and
each is journaled by the statement that writes it. One that already is as it should
be is not written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from app.changes.journal import Revision, record_written, returned_columns
from app.changes.status import Counts, Kind
from app.products.models import products

WINDOW_ROWS = 20_000
Tell = Callable[[int], None]


class BulkAction(StrEnum):
    """What can be done to many products."""

    DELETE = "delete"
    ACTIVATE = "activate"
    DEACTIVATE = "deactivate"

    @property
    def kind(self) -> Kind:
        """The kind of the change set that comes of it."""
        return Kind(f"bulk_{self.value}")


@dataclass(frozen=True)
class Window:
    """The products with ids above `after` up to `last`."""

    after: int
    last: int

    def condition(self) -> sa.ColumnElement[bool]:
        return sa.and_(products.c.id > self.after, products.c.id <= self.last)


def work_through(
    connection: sa.Connection,
    action: BulkAction,
    conditions: Sequence[sa.ColumnElement[bool]],
    revision: Revision,
    tell: Tell,
) -> Counts:
    """Do `action` to every product that meets the conditions.

    Tells after each window how many products it has been through.
    """
    concerned = [*conditions, *_left_to_do(action)]
    counts, done = Counts(), 0
    for window in _find_windows(connection, concerned):
        statement = _write(action, [window.condition(), *concerned])
        _, written = record_written(connection, revision, statement.cte("written"))
        deletes = action is BulkAction.DELETE
        counts += Counts(deleted=written) if deletes else Counts(updated=written)
        done += WINDOW_ROWS
        tell(done)
    return counts


def count_concerned(
    connection: sa.Connection,
    action: BulkAction,
    conditions: Sequence[sa.ColumnElement[bool]],
) -> int:
    """How many products `work_through` would write."""
    concerned = [*conditions, *_left_to_do(action)]
    statement = sa.select(sa.func.count()).select_from(products).where(*concerned)
    return connection.execute(statement).scalar_one()


def _left_to_do(action: BulkAction) -> list[sa.ColumnElement[bool]]:
    match action:
        case BulkAction.DELETE:
            return []
        case BulkAction.ACTIVATE:
            return [~products.c.active]
        case BulkAction.DEACTIVATE:
            return [products.c.active]


def _find_windows(
    connection: sa.Connection, concerned: Sequence[sa.ColumnElement[bool]]
) -> Iterator[Window]:
    last_of_all = connection.execute(sa.select(sa.func.max(products.c.id))).scalar_one()
    after = -1
    while last_of_all is not None and after < last_of_all:
        ahead = sa.select(products.c.id).where(products.c.id > after, *concerned)
        ordered = ahead.order_by(products.c.id).offset(WINDOW_ROWS - 1).limit(1)
        last = connection.execute(ordered).scalar()
        yield Window(after, last_of_all if last is None else last)
        after = last_of_all if last is None else last


def _write(action: BulkAction, concerned: Sequence[sa.ColumnElement[bool]]) -> Any:
    if action is BulkAction.DELETE:
        statement = sa.delete(products).where(*concerned)
        return statement.returning(*returned_columns(deleting=True))
    changed: Mapping[str, Any] = {
        "active": action is BulkAction.ACTIVATE,
        "version": products.c.version + 1,
        "updated_at": sa.func.clock_timestamp(),
    }
    return sa.update(products).where(*concerned).values(**changed).returning(*returned_columns())
