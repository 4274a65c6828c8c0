"""Imports as JSON: what the answers hold."""

from __future__ import annotations

import marshmallow as ma

from app.api import UtcDateTime
from app.imports.status import OnReject, Stage, Status
from app.openapi import ProblemObject
from app.pagination import page_schema
from app.products.upsert import Field, Mode

NOTICES = "What was set aside, changed or left out in reading, by kind. No row of them is rejected."
PROBLEM = (
    "Why an import failed, or what it asks for in `needs_mapping`. `suggested` (field → header) "
    "names the likeliest columns. A question has `answers`, `{label, options, samples}`: send the "
    "`options` of one to /start or /preview."
)
VALUES = {"$ref": "#/components/schemas/Values"}
BEFORE = {"type": ["object", "null"], "anyOf": [VALUES, {"type": "null"}]}
TAKEN = {
    "properties": {field.value: {"type": "string"} for field in Field},
    "additionalProperties": False,
}


class CountsSchema(ma.Schema):
    """What became of the rows."""

    rows = ma.fields.Integer(required=True)
    created = ma.fields.Integer(required=True)
    updated = ma.fields.Integer(required=True)
    unchanged = ma.fields.Integer(required=True)
    duplicates = ma.fields.Integer(required=True)
    rejected = ma.fields.Integer(required=True)
    skipped = ma.fields.Integer(required=True)


class ProgressSchema(ma.Schema):
    """How far it is."""

    percent = ma.fields.Float(required=True)
    rows_read = ma.fields.Integer(required=True)
    rows_applied = ma.fields.Integer(required=True)
    rows_per_second = ma.fields.Integer(required=True, allow_none=True)
    eta_seconds = ma.fields.Integer(required=True, allow_none=True)


class FormatSchema(ma.Schema):
    """How the file was understood."""

    encoding = ma.fields.String(required=True)
    delimiter = ma.fields.String(required=True)
    quote = ma.fields.String(required=True)
    decimal = ma.fields.String(required=True)


class NoticeSchema(ma.Schema):
    """Rows set aside, or values changed in reading, for one reason; the first lines of them."""

    code = ma.fields.String(required=True)
    count = ma.fields.Integer(
        required=True, metadata={"description": "Rows; 0 where a column is concerned."}
    )
    lines = ma.fields.List(ma.fields.Integer(), required=True)
    examples = ma.fields.List(ma.fields.String(), required=True)
    detail = ma.fields.String(required=True)


class AwaitedSchema(ma.Schema):
    """An import that writes before another one may."""

    import_id = ma.fields.UUID(required=True)
    filename = ma.fields.String(required=True)


class ImportSchema(ma.Schema):
    """An import as the API shows it."""

    id = ma.fields.UUID(required=True)
    filename = ma.fields.String(required=True)
    size_bytes = ma.fields.Integer(required=True)
    preview = ma.fields.Boolean(required=True)
    mode = ma.fields.Enum(Mode, by_value=True, required=True)
    on_reject = ma.fields.Enum(OnReject, by_value=True, required=True)
    status = ma.fields.Enum(Status, by_value=True, required=True)
    stage = ma.fields.Enum(Stage, by_value=True, required=True, allow_none=True)
    progress = ma.fields.Nested(ProgressSchema, required=True)
    counts = ma.fields.Nested(CountsSchema, required=True)
    format = ma.fields.Nested(FormatSchema, required=True, allow_none=True)
    mapping = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.String(),
        required=True,
        metadata={"openapi": TAKEN},
    )
    ignored_columns = ma.fields.List(ma.fields.String(), required=True)
    notices = ma.fields.List(
        ma.fields.Nested(NoticeSchema), required=True, metadata={"description": NOTICES}
    )
    problem = ProblemObject(PROBLEM, required=True)
    change_set_id = ma.fields.UUID(required=True, allow_none=True)
    waiting_for = ma.fields.Nested(
        AwaitedSchema,
        required=True,
        allow_none=True,
        metadata={
            "description": "Imports write in the order in which they were accepted, or started "
            "after a preview. The last one ahead that has not ended; null when it may write."
        },
    )
    created_at = UtcDateTime(required=True)
    started_at = UtcDateTime(required=True, allow_none=True)
    finished_at = UtcDateTime(required=True, allow_none=True)


class ColumnSchema(ma.Schema):
    """A column of the file, the field it was taken for, and its first cells."""

    header = ma.fields.String(required=True)
    field = ma.fields.String(
        required=True, allow_none=True, validate=ma.validate.OneOf([f.value for f in Field])
    )
    samples = ma.fields.List(ma.fields.String(), required=True)


class SampleChangeSchema(ma.Schema):
    """What one row would do."""

    action = ma.fields.String(required=True, validate=ma.validate.OneOf(["create", "update"]))
    line = ma.fields.Integer(required=True)
    before = ma.fields.Dict(required=True, allow_none=True, metadata={"openapi": BEFORE})
    after = ma.fields.Dict(required=True, metadata={"openapi": VALUES})


class PreviewSchema(ma.Schema):
    """What an import would do."""

    columns = ma.fields.List(ma.fields.Nested(ColumnSchema), required=True)
    counts = ma.fields.Nested(CountsSchema, required=True)
    sample_changes = ma.fields.List(ma.fields.Nested(SampleChangeSchema), required=True)


class RejectSchema(ma.Schema):
    """A rejected row and the first thing wrong with it."""

    line = ma.fields.Integer(required=True)
    column = ma.fields.String(required=True, allow_none=True)
    value = ma.fields.String(required=True)
    code = ma.fields.String(required=True)
    detail = ma.fields.String(required=True)


class RejectKindSchema(ma.Schema):
    """The rows rejected for one reason."""

    code = ma.fields.String(required=True)
    count = ma.fields.Integer(required=True)
    first_line = ma.fields.Integer(required=True)


class DuplicateSchema(ma.Schema):
    """A row that a later one replaced."""

    line = ma.fields.Integer(required=True)
    sku = ma.fields.String(required=True)
    replaced_by_line = ma.fields.Integer(required=True)


ImportPage = page_schema(ImportSchema)
RejectPage = page_schema(RejectSchema)
DuplicatePage = page_schema(DuplicateSchema)
