"""The feed: every change of every product, in the order of the commits.

Positions are taken under a lock that is held until the commit (journal.py), so
that a reader who has come to a position has missed nothing before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.changes.creations import count_created
from app.changes.errors import CursorExpired
from app.changes.models import changes, revisions
from app.changes.queries import RecordedChange, describe_changes, make_change
from app.changes.recorded import select_first
from app.pagination import InvalidCursor, Page, PageRequest, Sort, decode_cursor, encode_cursor

SORT = Sort("feed", (revisions.c.position, changes.c.product_id))
EXACT_TOTAL = 10_000


@dataclass(frozen=True, order=True)
class Place:
    """The last change read: its revision's position, and its product."""

    position: int = 0
    product_id: int = 0


def read_feed(connection: sa.Connection, request: PageRequest) -> Page[RecordedChange]:
    """The changes after the cursor, the oldest first; raises InvalidCursor, CursorExpired.

    `next_cursor` is None only where nothing is newer: ask later with the cursor at hand.
    """
    place = decode(request.cursor) if request.cursor else Place()
    mark = _find_mark(connection)
    if request.cursor and place < mark:
        raise CursorExpired
    rows = _read_rest(connection, place, request.limit)
    if len(rows) < request.limit:
        behind = max(place.position, mark.position)
        rows += _read_newer(connection, behind, request.limit - len(rows))
    last = Place(rows[-1].position, rows[-1].product_id) if rows else None
    total, is_estimate = _count(connection)
    return Page(
        items=[make_change(row) for row in rows],
        next_cursor=encode(last) if last else None,
        prev_cursor=None,
        total=total,
        total_is_estimate=is_estimate,
    )


def _find_mark(connection: sa.Connection) -> Place:
    """The last change that is no longer kept."""
    # The mark is the first revision, and the one that is being purged the second.
    first = (
        sa.select(revisions.c.position, revisions.c.purged_to)
        .order_by(revisions.c.position)
        .limit(2)
    )
    purged = [Place(*row) for row in connection.execute(first) if row.purged_to is not None]
    return max(purged, default=Place())


def _read_rest(connection: sa.Connection, place: Place, limit: int) -> list[sa.Row[Any]]:
    """What is left of the revision that the reader is in the middle of."""
    own = sa.select(revisions.c.id).where(revisions.c.position == place.position)
    revision_id = connection.execute(own).scalar()
    if revision_id is None:
        return []
    rest = select_first(revision_id, place.product_id, limit)
    return _fetch(connection, rest.subquery("recorded"))


def _read_newer(connection: sa.Connection, position: int, limit: int) -> list[sa.Row[Any]]:
    """The first changes of the revisions behind `position`."""
    ahead = (
        sa.select(revisions.c.id, revisions.c.position)
        .where(revisions.c.position > position)
        .order_by(revisions.c.position)
        .limit(limit)
        .subquery("ahead")
    )
    its = select_first(ahead.c.id, 0, limit, correlate=ahead).lateral("its")
    first = (
        sa.select(*its.c)
        .select_from(ahead.join(its, sa.true()))
        .order_by(ahead.c.position, its.c.product_id)
        .limit(limit)
    )
    return _fetch(connection, first.subquery("recorded"))


def _fetch(connection: sa.Connection, recorded: sa.Subquery) -> list[sa.Row[Any]]:
    statement = describe_changes(recorded).add_columns(revisions.c.position)
    order = (revisions.c.position, recorded.c.product_id)
    return list(connection.execute(statement.order_by(*order)))


def _count(connection: sa.Connection) -> tuple[int, bool]:
    """How many changes are kept: exactly while they are few, else as the statistics say."""
    some = sa.select(sa.literal(1)).select_from(changes).limit(EXACT_TOTAL + 1).subquery()
    found = connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one()
    created = connection.execute(count_created()).scalar_one()
    if found <= EXACT_TOTAL:
        return found + created, False
    estimate = sa.text("SELECT reltuples::bigint FROM pg_class WHERE oid = 'changes'::regclass")
    return created + max(found, connection.execute(estimate).scalar_one()), True


def encode(place: Place) -> str:
    """The cursor behind a place."""
    return encode_cursor(SORT, (place.position, place.product_id))


def decode(cursor: str) -> Place:
    """The place of a cursor; raises InvalidCursor."""
    position = decode_cursor(cursor, SORT)
    if position.backward or min(position.values) < 0:
        raise InvalidCursor
    return Place(*position.values)
