"""Writing the journal: revisions and the changes they make.

A revision's position is taken at the very end of its transaction, under a lock
that is held until the commit. So positions are in the order of the commits, and
whoever has read up to one has missed nothing below it: a number given
earlier could become visible after a greater one. Nothing waits for anything
after that lock, so that it cannot be part of a circle.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.changes.creations import FIRST_VERSION, insert_ranges
from app.changes.models import BEFORE, changes, positions, revisions
from app.changes.status import Action

# Any number will do that no other advisory lock of this database has.
COMMITTING = 7_220_519_003


@dataclass(frozen=True)
class Revision:
    """A transaction that changes products."""

    id: int


def begin_revision(
    connection: sa.Connection, actor: str, change_set_id: str | None = None
) -> Revision:
    """Begin to write down what this transaction changes; it ends with `close_revision`."""
    statement = (
        sa.insert(revisions)
        .values(actor=actor, change_set_id=change_set_id, at=sa.func.clock_timestamp())
        .returning(revisions.c.id)
    )
    return Revision(connection.execute(statement).scalar_one())


def close_revision(connection: sa.Connection, revision: Revision, added: int | None = None) -> None:
    """Give the revision its time and its place in the order of commits.

    `added` is how many products it has created less those it has deleted, if that is known.
    The transaction's last statement, but for such as wait for nobody.
    """
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(COMMITTING)))
    connection.execute(
        sa.update(revisions)
        .where(revisions.c.id == revision.id)
        .values(position=positions.next_value(), at=sa.func.clock_timestamp(), added=added)
    )


def drop_revision(connection: sa.Connection, revision: Revision) -> None:
    """Forget a revision that has changed nothing."""
    connection.execute(sa.delete(revisions).where(revisions.c.id == revision.id))


@dataclass(frozen=True)
class Change:
    """What happened to one product: the version it made and the values before.

    `values` has the columns of BEFORE; of a created product, the SKU is enough.
    """

    action: Action
    product_id: int
    version: int
    values: Mapping[str, Any]


def returned_columns(*, deleting: bool = False) -> list[sa.ColumnElement[Any]]:
    """What a statement that writes products has to return for `record_written`.

    A deletion makes a version too, the product's last.
    """
    if deleting:
        product_id, version, action = "old.id", "old.version + 1", f"'{Action.DELETED}'"
    else:
        product_id, version = "new.id", "new.version"
        action = f"CASE WHEN old.id IS NULL THEN '{Action.CREATED}' ELSE '{Action.UPDATED}' END"
    before = [sa.literal_column(f"old.{c}", changes.c[c].type).label(c) for c in BEFORE[1:]]
    return [
        sa.literal_column(product_id, sa.BigInteger).label("product_id"),
        sa.literal_column(version, sa.Integer).label("version"),
        sa.literal_column(action, sa.Text).label("action"),
        sa.literal_column("coalesce(old.sku, new.sku)", changes.c.sku.type).label("sku"),
        *before,
    ]


def record_written(
    connection: sa.Connection, revision: Revision, written: sa.CTE, *also: sa.ColumnElement[Any]
) -> Sequence[int]:
    """Run a writing statement and write its changes down.

    `written` is the statement as a CTE, and returns `returned_columns()`. Answers
    how many were created, how many written in all, and what was asked for `also`.
    All in one statement: half a million rows need not travel.
    """
    is_created = written.c.action == Action.CREATED.value
    is_new = sa.and_(is_created, written.c.version == FIRST_VERSION)
    names = ["revision_id", *(column.name for column in written.c)]
    values = sa.select(sa.literal(revision.id, sa.BigInteger), *written.c).where(~is_new)
    recorded = sa.insert(changes).from_select(names, values).cte("recorded")
    new = sa.select(written.c.product_id).where(is_new).subquery()
    ranges = insert_ranges(revision.id, new).cte("ranges")
    created = sa.func.count().filter(is_created)
    counts = sa.select(created, sa.func.count(), *also).select_from(written)
    return connection.execute(counts.add_cte(recorded, ranges)).one()


def record_change(connection: sa.Connection, revision: Revision, change: Change) -> None:
    """Write down one change."""
    names = ("sku",) if change.action is Action.CREATED else BEFORE
    connection.execute(
        sa.insert(changes).values(
            revision_id=revision.id,
            product_id=change.product_id,
            version=change.version,
            action=change.action.value,
            **{name: change.values[name] for name in names},
        )
    )
