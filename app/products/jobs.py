"""The RQ job of a bulk operation, and the sweep that finds those whose job was lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from app.changes import jobs as change_jobs
from app.changes.change_sets import ChangeSet
from app.changes.jobs import Teller
from app.changes.journal import Revision
from app.changes.status import Counts
from app.products.bulk import BulkAction, count_concerned, work_through
from app.products.filters import ProductFilter
from app.products.models import products
from app.products.schemas import FilterFields

RUN_BULK = "app.products.jobs.run_bulk"
KINDS = frozenset(action.kind for action in BulkAction)


def sweep_bulk_operations() -> None:
    """Queue again every unfinished bulk operation that no job carries any more."""
    change_jobs.sweep(KINDS, RUN_BULK)


def run_bulk(change_set_id: str) -> str:
    """Do a bulk operation; safe to repeat and to run twice at once."""
    return change_jobs.work_on(change_set_id, _execute)


def _execute(
    connection: sa.Connection, change_set: ChangeSet, revision: Revision, tell: Teller
) -> Counts:
    action = BulkAction(change_set.request["action"])
    conditions = select_products(change_set.request)
    tell.expect(count_concerned(connection, action, conditions))
    return work_through(connection, action, conditions, revision, tell)


def select_products(request: Mapping[str, Any]) -> list[sa.ColumnElement[bool]]:
    """The conditions of a request that was checked when it was stored."""
    if "ids" in request:
        return [products.c.id == sa.any_(sa.literal(request["ids"], sa.ARRAY(sa.BigInteger)))]
    if "filter" in request:
        return ProductFilter(**FilterFields().load(request["filter"])).conditions()
    return []
