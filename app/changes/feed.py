"""The feed: every change of every product, in the order of the commits.

Positions are taken under a lock that is held until the commit (journal.py), so
that a reader who has come to a position has missed nothing before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa

from app import page_bytes
from app.changes.creations import count_created
from app.changes.errors import CursorExpired
from app.changes.models import changes, created_ranges, revisions
from app.changes.queries import RecordedChange, describe_changes, make_change
from app.changes.recorded import select_first
from app.page_bytes import bound_rows
from app.pagination import (
    MAX_BIGINT,
    InvalidCursor,
    Page,
    PageRequest,
    Sort,
    decode_cursor,
    encode_cursor,
)

SORT = Sort("feed", (revisions.c.position, changes.c.product_id))
EXACT_TOTAL = 10_000
# What the feed's statement is executed with.
POSITION, PRODUCT_ID, REVISION_ID, MOST_BYTES = (
    sa.bindparam(name, type_=sa.BigInteger)
    for name in ("position", "product_id", "revision_id", "most_bytes")
)
LIMIT = sa.bindparam("most_rows", type_=sa.Integer)


@dataclass(frozen=True, order=True)
class Place:
    """The last change read: its revision's position, and its product."""

    position: int = 0
    product_id: int = 0


def read_feed(connection: sa.Connection, request: PageRequest) -> Page[RecordedChange]:
    """The changes after the cursor, the oldest first; raises InvalidCursor, CursorExpired.

    `next_cursor` is None only where nothing is newer: ask later with the cursor at hand. The
    transaction has to be REPEATABLE READ: a purge between two statements would go unnoticed.
    """
    place = decode(request.cursor) if request.cursor else Place()
    mark = _find_mark(connection)
    if request.cursor and place < mark:
        raise CursorExpired
    rows = _read_behind(connection, max(place, mark), request.limit)
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


def _read_behind(connection: sa.Connection, place: Place, limit: int) -> list[sa.Row[Any]]:
    """The first changes behind `place`, at most `limit`, and fewer where their texts are large."""
    own = sa.select(revisions.c.id).where(revisions.c.position == place.position)
    revision_id = connection.execute(own).scalar()
    found = connection.execute(
        _select_behind(is_inside=revision_id is not None),
        {
            POSITION.key: place.position,
            PRODUCT_ID.key: min(place.product_id, MAX_BIGINT - 1),  # one is added to it
            REVISION_ID.key: revision_id,
            LIMIT.key: limit,
            MOST_BYTES.key: page_bytes.PAGE_BYTES,
        },
    )
    return list(found)


@cache
def _select_behind(*, is_inside: bool) -> sa.Select[Any]:
    """The first LIMIT changes behind a place, which is inside its revision, or at its end, or not.

    Made once: SQLAlchemy takes longer to put it together than PostgreSQL to answer it.
    """
    parts = [_select_newer()]
    if is_inside:
        rest = select_first(REVISION_ID, PRODUCT_ID.cast(sa.BigInteger), LIMIT).subquery("rest")
        parts.insert(0, sa.select(POSITION.label("position"), *rest.c))
    both = sa.union_all(*(part.subquery().select() for part in parts)).subquery("both_parts")
    first = both.select().order_by(both.c.position, both.c.product_id).limit(LIMIT)
    described = describe_changes(first.subquery("recorded"))
    return bound_rows(described, ["position", "product_id"], most_bytes=MOST_BYTES)


def _select_newer() -> sa.Select[Any]:
    """The first LIMIT changes of the revisions behind POSITION."""
    # An undo that keeps everything has a position and no changes; it must not count as one.
    ahead = (
        sa.select(revisions.c.id, revisions.c.position)
        .where(revisions.c.position > POSITION, sa.or_(_has(changes), _has(created_ranges)))
        .order_by(revisions.c.position)
        .limit(LIMIT)
        .subquery("ahead")
    )
    its = select_first(ahead.c.id, 0, LIMIT, correlate=ahead).lateral("its")
    return (
        sa.select(ahead.c.position, *its.c)
        .select_from(ahead.join(its, sa.true()))
        .order_by(ahead.c.position, its.c.product_id)
        .limit(LIMIT)
    )


def _has(recorded: sa.Table) -> sa.ColumnElement[bool]:
    """Whether a revision has changes there; with its LIMIT never a join of the whole tables."""
    own = sa.select(sa.true()).where(recorded.c.revision_id == revisions.c.id)
    return sa.func.coalesce(own.limit(1).correlate(revisions).scalar_subquery(), sa.false())


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
