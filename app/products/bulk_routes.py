"""The addresses of what is done to many products at once. The work is a job's (jobs.py)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from app.access import Access, requires
from app.api import ApiBlueprint, current_caller
from app.audit.entries import Action, record_entry
from app.changes import change_sets
from app.changes.jobs import enqueue
from app.changes.routes import Accepted, accepted
from app.changes.schemas import ChangeSetSchema
from app.errors import DomainError
from app.extensions import db
from app.openapi import LOCATION
from app.problems import ProblemType
from app.products.bulk import BulkAction
from app.products.bulk_requests import BulkRequest, describe_request
from app.products.errors import NotConfirmed
from app.products.jobs import RUN_BULK

PROBLEM_TYPES: dict[type[DomainError], ProblemType] = {
    NotConfirmed: ProblemType("not-confirmed", 400, "Deleting all products was not confirmed"),
}
blueprint = ApiBlueprint(
    "bulk", __name__, description="Many products at once", problem_types=PROBLEM_TYPES
)


class Confirmation(ma.Schema):
    """The query of DELETE /api/products."""

    confirm = ma.fields.String(
        load_default=None,
        metadata={
            "description": "`all`; anything else deletes nothing and answers 400.",
            "openapi": {"type": "string", "enum": ["all"]},
            "parameter": {"required": True},
        },
    )


@blueprint.route("/products/bulk", methods=["POST"])
@blueprint.arguments(BulkRequest)
@blueprint.response(202, ChangeSetSchema, headers=LOCATION)
@requires(Access.WRITE)
def change_products(wanted: Mapping[str, Any]) -> Accepted:
    """Delete, activate or deactivate the products named by ids, a filter, or all."""
    return _accept(wanted)


@blueprint.route("/products", methods=["DELETE"])
@blueprint.arguments(Confirmation, location="query")
@blueprint.response(202, ChangeSetSchema, headers=LOCATION)
@blueprint.raises(NotConfirmed)
@requires(Access.WRITE)
def delete_all_products(arguments: Mapping[str, Any]) -> Accepted:
    """Delete the whole catalog; `confirm=all` says that this is meant. It can be undone."""
    if arguments["confirm"] != "all":
        raise NotConfirmed
    return _accept({"action": BulkAction.DELETE.value, "all": True})


def _accept(wanted: Mapping[str, Any]) -> Accepted:
    """Store what is to be done, then queue it."""
    caller = current_caller()
    new = describe_request(wanted, caller.actor)
    with db.engine.begin() as connection:
        stored = change_sets.create_change_set(connection, new)
        change_set = change_sets.get_change_set(connection, stored)
        detail = {"change_set_id": change_set.id, "kind": change_set.kind.value}
        record_entry(
            connection, Action.BULK_REQUESTED, caller, subject=change_set.subject, detail=detail
        )
    enqueue(RUN_BULK, change_set.id)
    return accepted(change_set)
