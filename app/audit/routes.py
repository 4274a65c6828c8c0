"""The audit log's address. Nothing can be written here."""

from __future__ import annotations

from typing import Any

from app.access import Access, requires
from app.api import ApiBlueprint
from app.audit import queries
from app.audit.queries import Entry, EntryFilter
from app.audit.schemas import EntryListArguments, EntryPage
from app.errors import DomainError
from app.extensions import db
from app.pagination import Page, PageRequest
from app.problems import ProblemType

PROBLEM_TYPES: dict[type[DomainError], ProblemType] = {}
blueprint = ApiBlueprint("audit", __name__, description="Who did what", problem_types=PROBLEM_TYPES)


@blueprint.route("/audit", methods=["GET"])
@blueprint.arguments(EntryListArguments, location="query")
@blueprint.response(200, EntryPage)
@requires(Access.ADMIN)
def list_entries(arguments: dict[str, Any]) -> Page[Entry]:
    """What was done besides editing products, newest first, as long as it is kept."""
    request = PageRequest(arguments.pop("limit"), arguments.pop("cursor"))
    with db.engine.connect() as connection:
        return queries.list_entries(connection, EntryFilter(**arguments), request)
