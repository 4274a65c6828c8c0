"""The addresses of change sets, of a product's history, and of the feed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import url_for

from app.access import Access, requires
from app.api import ApiBlueprint, current_caller
from app.audit.entries import Action, record_entry
from app.changes import change_sets, feed, queries, undoing
from app.changes.change_sets import ChangeSet
from app.changes.errors import ChangeSetNotFound, CursorExpired, NoHistory, NotUndoable
from app.changes.jobs import CONFLICTED, RUN_UNDO, enqueue
from app.changes.progress import load_progress
from app.changes.queries import ChangeFilter, RecordedChange
from app.changes.schemas import (
    ChangeCountsSchema,
    ChangeListArguments,
    ChangePage,
    ChangeSetPage,
    ChangeSetSchema,
)
from app.changes.status import AT_WORK, Counts
from app.errors import DomainError
from app.extensions import db, redis_extension
from app.openapi import LOCATION
from app.pagination import Page, PageArguments, PageRequest
from app.problems import ProblemType

PROBLEM_TYPES: dict[type[DomainError], ProblemType] = {
    ChangeSetNotFound: ProblemType("not-found", 404, "There is no such change set"),
    NoHistory: ProblemType("not-found", 404, "There is no such product"),
    NotUndoable: CONFLICTED,
    CursorExpired: ProblemType("cursor-expired", 410, "The feed no longer reaches back so far"),
}
ITEM = "/change-sets/<uuid:change_set_id>"
Accepted = tuple[ChangeSet, int, dict[str, str]]

blueprint = ApiBlueprint(
    "changes",
    __name__,
    description="What changed, and taking it back",
    problem_types=PROBLEM_TYPES,
)


@blueprint.route("/change-sets", methods=["GET"])
@blueprint.arguments(PageArguments, location="query")
@blueprint.response(200, ChangeSetPage)
@requires(Access.READ)
def list_change_sets(arguments: Mapping[str, Any]) -> Page[ChangeSet]:
    """The imports applied, bulk operations and undos, newest first."""
    with db.engine.connect() as connection:
        return change_sets.list_change_sets(connection, _page_request(arguments))


@blueprint.route(ITEM, methods=["GET"])
@blueprint.response(200, ChangeSetSchema)
@blueprint.raises(ChangeSetNotFound)
@requires(Access.READ)
def get_change_set(change_set_id: UUID) -> ChangeSet:
    """One change set, with its progress while it is at work."""
    with db.engine.connect() as connection:
        change_set = change_sets.get_change_set(connection, str(change_set_id))
    if change_set.status not in AT_WORK:
        return change_set
    return change_set.with_progress(load_progress(redis_extension.brisk, change_set.id))


@blueprint.route(f"{ITEM}/changes", methods=["GET"])
@blueprint.arguments(ChangeListArguments, location="query")
@blueprint.response(200, ChangePage)
@blueprint.raises(ChangeSetNotFound)
@requires(Access.READ)
def list_changes(arguments: Mapping[str, Any], change_set_id: UUID) -> Page[RecordedChange]:
    """What a change set did to each product, as long as that is kept."""
    with _snapshot() as connection:
        change_set = change_sets.get_change_set(connection, str(change_set_id))
        wanted = ChangeFilter(sku=arguments["sku"], action=arguments["action"])
        return queries.list_changes(connection, change_set, wanted, _page_request(arguments))


@blueprint.route(f"{ITEM}/undo", methods=["GET"])
@blueprint.response(200, ChangeCountsSchema)
@blueprint.raises(ChangeSetNotFound, NotUndoable)
@requires(Access.READ)
def foresee_undo(change_set_id: UUID) -> Counts:
    """What an undo would do now: how many products it would touch, and how many keep."""
    with _snapshot() as connection:
        return undoing.foresee_undo(connection, str(change_set_id))


@blueprint.route(f"{ITEM}/undo", methods=["POST"])
@blueprint.response(202, ChangeSetSchema, headers=LOCATION)
@blueprint.raises(ChangeSetNotFound, NotUndoable)
@requires(Access.WRITE)
def undo_change_set(change_set_id: UUID) -> Accepted:
    """Take a change set back; products that were edited since are kept as they are."""
    caller = current_caller()
    with db.engine.begin() as connection:
        undo = undoing.request_undo(connection, str(change_set_id), caller.actor)
        detail = {"change_set_id": undo.id, "undo_of": undo.undo_of}
        record_entry(connection, Action.UNDO_REQUESTED, caller, subject=undo.subject, detail=detail)
    enqueue(RUN_UNDO, undo.id)
    return accepted(undo)


@blueprint.route("/changes", methods=["GET"])
@blueprint.arguments(PageArguments, location="query")
@blueprint.response(200, ChangePage)
@blueprint.raises(CursorExpired)
@requires(Access.READ)
def read_feed(arguments: Mapping[str, Any]) -> Page[RecordedChange]:
    """Every change of every product, oldest first, in the order of the commits.

    Follow `next_cursor`. Where it is null nothing is newer yet: ask again
    later with the cursor at hand, and no change will be missed.
    """
    with _snapshot() as connection:
        return feed.read_feed(connection, _page_request(arguments))


@blueprint.route("/products/<int:product_id>/history", methods=["GET"])
@blueprint.arguments(PageArguments, location="query")
@blueprint.response(200, ChangePage)
@blueprint.raises(NoHistory)
@requires(Access.READ)
def list_history(arguments: Mapping[str, Any], product_id: int) -> Page[RecordedChange]:
    """A product's changes, newest first; also of one that is deleted, while they are kept."""
    with db.engine.connect() as connection:
        return queries.list_history(connection, product_id, _page_request(arguments))


def accepted(change_set: ChangeSet) -> Accepted:
    """The answer 202 with the change set's address."""
    location = url_for("changes.get_change_set", change_set_id=change_set.id)
    return change_set, 202, {"Location": location}


def _page_request(arguments: Mapping[str, Any]) -> PageRequest:
    return PageRequest(arguments["limit"], arguments["cursor"])


def _snapshot() -> sa.Connection:
    """A connection whose statements see one moment: the purge may commit between two of them."""
    return db.engine.connect().execution_options(isolation_level="REPEATABLE READ")
