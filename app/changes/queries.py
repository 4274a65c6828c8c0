"""Reading the journal: a change set's changes, a product's history, the feed of all changes.

The values after a change are those before the product's next one, or those it has now.
Every function takes the connection.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.changes.catalog import VALUES, products
from app.changes.change_sets import ChangeSet
from app.changes.creations import (
    FIRST_VERSION,
    block_of,
    count_created,
    select_created,
)
from app.changes.errors import NoHistory
from app.changes.models import BEFORE, changes, created_ranges, kept_products, revisions
from app.changes.recorded import select_product_ids, select_stored
from app.changes.status import Action
from app.page_bytes import bound_rows
from app.pagination import (
    MAX_BIGINT,
    Page,
    PageRequest,
    Part,
    Sort,
    fetch_merged_page,
    fetch_page,
)
from app.texts import contains, fold

later = changes.alias("later")
BY_PRODUCT = "product_id"


@dataclass(frozen=True, kw_only=True)
class RecordedChange:
    """What happened to one product. `before` and `after` hold its values; None: it was not there.

    `reason` says why an undo has kept it.
    """

    action: Action
    product_id: int
    sku: str
    version: int | None
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    reason: str | None
    actor: str
    change_set_id: str | None
    at: datetime


def find_revision(connection: sa.Connection, change_set_id: str) -> int | None:
    """The id of the change set's revision; None if it changed nothing, or it is no longer kept."""
    statement = sa.select(revisions.c.id).where(
        revisions.c.change_set_id == change_set_id, revisions.c.purged_to.is_(None)
    )
    return connection.execute(statement).scalar()


def count_changes(connection: sa.Connection, revision_id: int) -> int:
    """How many products a revision has changed."""
    stored = sa.select(sa.func.count()).where(changes.c.revision_id == revision_id)
    created = count_created(created_ranges.c.revision_id == revision_id)
    total = stored.scalar_subquery() + created.scalar_subquery()
    return int(connection.execute(sa.select(total)).scalar_one())


def changed_product_ids(change_set_id: str) -> sa.Select[tuple[int]]:
    """The ids of the products that the change set has changed."""
    own = sa.select(revisions.c.id).where(revisions.c.change_set_id == change_set_id)
    return select_product_ids(own)


@dataclass(frozen=True, kw_only=True)
class ChangeFilter:
    """What a change set's changes may be narrowed by: SKUs that contain a text, one action."""

    sku: str | None = None
    action: Action | None = None


def list_changes(
    connection: sa.Connection, change_set: ChangeSet, wanted: ChangeFilter, request: PageRequest
) -> Page[RecordedChange]:
    """What a change set did, by the products' ids."""
    revision_id = find_revision(connection, change_set.id)
    parts = _select_sources(revision_id, wanted)
    sources = [part.statement for part in parts]
    sort = Sort(BY_PRODUCT, (changes.c.product_id,))
    page = fetch_merged_page(connection, parts, sort, request, make=lambda row: row.product_id)
    total = sum(_count(connection, found) for found in sources) if wanted.sku else 0
    if not wanted.sku and revision_id is not None:
        counts = vars(change_set.counts)
        total = sum(counts.values()) if wanted.action is None else counts[wanted.action]
    listed = [found.where(_is_among(found, page.items)) for found in sources]
    recorded = sa.union_all(*listed).subquery("recorded")
    # Described when the page is known: what is after a change is looked up for its rows alone.
    backward = page.keys is not None and page.keys.backward
    bounded = bound_rows(describe_changes(recorded), [BY_PRODUCT], falling=backward)
    items = [make_change(row) for row in connection.execute(bounded)]
    if backward:
        items.reverse()
    return replace(page.shorten(len(items)).with_items(items), total=total)


def _select_sources(revision_id: int | None, wanted: ChangeFilter) -> list[Part]:
    """A revision's changes and what it kept, as far as they are wanted, in the same columns."""
    unknown = [sa.null().cast(changes.c[name].type).label(name) for name in BEFORE[1:]]
    kept = sa.select(
        kept_products.c.revision_id,
        kept_products.c.product_id,
        sa.null().cast(sa.Integer).label("version"),
        sa.literal(Action.KEPT.value).label("action"),
        kept_products.c.sku,
        *unknown,
        kept_products.c.reason,
    ).where(kept_products.c.revision_id == revision_id)
    stored = select_stored().where(changes.c.revision_id == revision_id)
    created = select_created().where(created_ranges.c.revision_id == revision_id)
    if wanted.sku:
        kept = kept.where(contains(fold(kept_products.c.sku), wanted.sku))
        stored = stored.where(contains(fold(changes.c.sku), wanted.sku))
        created = _with_sku(created, wanted.sku)
    product_id = created.selected_columns.product_id
    coarse = (created_ranges.c.block, lambda keys: block_of(keys[0]))
    in_blocks = Part(created, (product_id,), coarse)
    match wanted.action:
        case Action.KEPT:
            return [_by_product(kept)]
        case Action.CREATED:
            return [_by_product(stored.where(changes.c.action == Action.CREATED.value)), in_blocks]
        case None:
            return [_by_product(stored), in_blocks, _by_product(kept)]
        case other:
            return [_by_product(stored.where(changes.c.action == other.value))]


def _by_product(found: sa.Select[Any]) -> Part:
    return Part(found, (found.selected_columns.product_id,))


def _with_sku(created: sa.Select[Any], text: str) -> sa.Select[Any]:
    """Those of the products created in bulk whose SKU contains the text."""
    product_id = created.selected_columns.product_id
    is_next = sa.and_(later.c.product_id == product_id, later.c.version == FIRST_VERSION + 1)
    sku = sa.func.coalesce(later.c.sku, products.c.sku)
    joined = created.outerjoin(later, is_next).outerjoin(products, products.c.id == product_id)
    return joined.where(contains(fold(sku), text))


def _count(connection: sa.Connection, found: sa.Select[Any]) -> int:
    return connection.execute(sa.select(sa.func.count()).select_from(found.subquery())).scalar_one()


def _is_among(found: sa.Select[Any], product_ids: Sequence[int]) -> sa.ColumnElement[bool]:
    listed = sa.any_(sa.literal(list(product_ids), sa.ARRAY(sa.BigInteger)))
    return found.selected_columns.product_id == listed


def list_history(
    connection: sa.Connection, product_id: int, request: PageRequest
) -> Page[RecordedChange]:
    """A product's changes, the newest first; raises NoHistory."""
    if product_id > MAX_BIGINT:
        raise NoHistory(product_id)
    own = select_stored().where(changes.c.product_id == product_id)
    first = select_created(product_id - 1, product_id)
    # By its block, which has an index; and no more than one of its ranges holds the product.
    recorded = sa.union_all(own, first).subquery("recorded")
    total = connection.execute(sa.select(sa.func.count()).select_from(recorded)).scalar_one()
    is_there = sa.select(products.c.id).where(products.c.id == product_id)
    if not total and connection.execute(is_there).scalar() is None:
        raise NoHistory(product_id)
    sort = Sort("-version", (recorded.c.version,), descending=True)
    return fetch_page(
        connection, describe_changes(recorded), sort, request, total=total, make=make_change
    )


def describe_changes(recorded: sa.Subquery) -> sa.Select[Any]:
    """The rows of `recorded` with the values after them, and with their revision."""
    is_kept = recorded.c.action == Action.KEPT.value
    is_next = sa.and_(
        later.c.product_id == recorded.c.product_id, later.c.version == recorded.c.version + 1
    )
    is_newest = sa.and_(
        products.c.id == recorded.c.product_id,
        sa.or_(products.c.version == recorded.c.version, is_kept),
    )
    after = [
        sa.case((later.c.product_id.is_not(None), later.c[name]), else_=products.c[name]).label(
            f"after_{name}"
        )
        for name in VALUES
    ]
    joined = (
        recorded.join(revisions, revisions.c.id == recorded.c.revision_id)
        .outerjoin(later, is_next)
        .outerjoin(products, is_newest)
    )
    return sa.select(
        *recorded.c,
        *after,
        products.c.version.label("present_version"),
        revisions.c.actor,
        revisions.c.change_set_id,
        revisions.c.at,
    ).select_from(joined)


def make_change(row: sa.Row[Any]) -> RecordedChange:
    """A change out of a row of `describe_changes`."""
    values = row._mapping
    action = Action(values["action"])
    before = {name: values[name] for name in VALUES}
    after: dict[str, Any] | None = {name: values[f"after_{name}"] for name in VALUES}
    if after and after["sku"] is None:
        after = None
    is_kept = action is Action.KEPT
    return RecordedChange(
        action=action,
        product_id=values["product_id"],
        sku=after["sku"] if after and action is not Action.DELETED else values["sku"],
        version=values["present_version"] if is_kept else values["version"],
        before=after if is_kept else None if action is Action.CREATED else before,
        after=None if action is Action.DELETED else after,
        reason=values["reason"],
        actor=values["actor"],
        change_set_id=values["change_set_id"],
        at=values["at"],
    )
