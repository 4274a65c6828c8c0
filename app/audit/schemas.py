"""Audit entries as JSON."""

from __future__ import annotations

import marshmallow as ma

from app.api import UtcDateTime
from app.audit.entries import Action
from app.moments import Moment
from app.pagination import PageArguments, page_schema

MAX_ACTOR = 200


class EntrySchema(ma.Schema):
    """Who did what, when and from where."""

    id = ma.fields.UUID(required=True)
    at = UtcDateTime(required=True)
    actor = ma.fields.String(
        required=True, metadata={"description": "`local`, `admin`, or a key’s name."}
    )
    address = ma.fields.String(required=True)
    action = ma.fields.String(
        required=True, validate=ma.validate.OneOf([action.value for action in Action])
    )
    subject = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "What it was done to: a file’s name, a webhook’s host."},
    )
    detail = ma.fields.Dict(required=True)


class EntryListArguments(PageArguments):
    """The query parameters of the list: all of them narrow it."""

    action = ma.fields.Enum(Action, by_value=True, load_default=None)
    actor = ma.fields.String(
        load_default=None,
        validate=[
            ma.validate.Length(max=MAX_ACTOR),
            ma.validate.ContainsNoneOf("\x00", error="A NUL character cannot be searched."),
        ],
        metadata={"pattern": r"^[^\x00]*$"},
    )
    begin = Moment(
        data_key="from", load_default=None, metadata={"description": "From this moment on."}
    )
    end = Moment(data_key="to", load_default=None, metadata={"description": "Before this moment."})


EntryPage = page_schema(EntrySchema)
