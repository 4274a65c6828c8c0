"""Change sets and changes as JSON."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import marshmallow as ma

from app.api import UtcDateTime
from app.changes.status import Action, Kind, Status
from app.openapi import ProblemObject
from app.pagination import PageArguments, page_schema


class PriceText(ma.fields.Field[Decimal]):
    """A price as a decimal string with two decimals."""

    def __init__(self, **options: Any) -> None:
        shape = {"type": "string", "pattern": r"^[0-9]{1,10}\.[0-9]{2}$"}
        super().__init__(metadata=shape, **options)

    def _serialize(
        self, value: Decimal | None, attr: str | None, obj: object, **_: object
    ) -> str | None:
        return None if value is None else f"{value:.2f}"


class ChangeCountsSchema(ma.Schema):
    """Products by what became of them."""

    created = ma.fields.Integer(required=True)
    updated = ma.fields.Integer(required=True)
    deleted = ma.fields.Integer(required=True)
    kept = ma.fields.Integer(required=True)


class ChangeProgressSchema(ma.Schema):
    """How far the work is."""

    percent = ma.fields.Float(required=True)
    done = ma.fields.Integer(required=True)
    total = ma.fields.Integer(required=True, allow_none=True)


class ChangeSetSchema(ma.Schema):
    """A change set as the API shows it."""

    id = ma.fields.UUID(required=True)
    kind = ma.fields.Enum(Kind, by_value=True, required=True)
    status = ma.fields.Enum(Status, by_value=True, required=True)
    import_id = ma.fields.UUID(required=True, allow_none=True)
    actor = ma.fields.String(required=True)
    subject = ma.fields.String(
        required=True, metadata={"description": "The file's name, or which products."}
    )
    counts = ma.fields.Nested(ChangeCountsSchema, required=True)
    progress = ma.fields.Nested(ChangeProgressSchema, required=True)
    problem = ProblemObject(required=True)
    undo_of = ma.fields.UUID(required=True, allow_none=True)
    undone_by = ma.fields.UUID(required=True, allow_none=True)
    undoable_until = UtcDateTime(required=True, allow_none=True)
    created_at = UtcDateTime(required=True)
    finished_at = UtcDateTime(required=True, allow_none=True)


class ValuesSchema(ma.Schema):
    """A product's values at some time."""

    sku = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    description = ma.fields.String(required=True)
    price = PriceText(required=True, allow_none=True)
    active = ma.fields.Boolean(required=True)


class ChangeSchema(ma.Schema):
    """What happened to one product."""

    action = ma.fields.Enum(Action, by_value=True, required=True)
    product_id = ma.fields.Integer(required=True)
    sku = ma.fields.String(required=True)
    version = ma.fields.Integer(required=True, allow_none=True)
    before = ma.fields.Nested(ValuesSchema, required=True, allow_none=True)
    after = ma.fields.Nested(ValuesSchema, required=True, allow_none=True)
    reason = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "Why an undo has kept it."}
    )
    actor = ma.fields.String(required=True)
    change_set_id = ma.fields.UUID(required=True, allow_none=True)
    at = UtcDateTime(required=True)


class ChangeListArguments(PageArguments):
    """The query parameters of a change set's changes."""

    sku = ma.fields.String(
        load_default=None,
        validate=[
            ma.validate.Length(max=200),
            ma.validate.ContainsNoneOf("\x00", error="A NUL character cannot be searched."),
        ],
        metadata={"pattern": r"^[^\x00]*$"},
    )
    action = ma.fields.Enum(Action, by_value=True, load_default=None)


ChangeSetPage = page_schema(ChangeSetSchema)
ChangePage = page_schema(ChangeSchema)
