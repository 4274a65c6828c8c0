"""Imports as JSON, and the options of an upload."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from app.api import UtcDateTime
from app.imports import encodings
from app.imports.errors import LINES_MAX
from app.imports.status import OnReject, Stage, Status
from app.openapi import ProblemObject
from app.pagination import page_schema
from app.products.rules import CLEAN_PATTERN, is_clean
from app.products.upsert import Field, Mode

# What the answers call the encodings, Python's names of them, and others that files go by.
NAMES = sorted(
    {name for one in encodings.ENCODINGS for name in (one.label, one.name)}
    | {name.replace("cp125", "windows-125") for name in encodings.SAME}
    | {f"iso-8859-{part}" for part in range(1, 17) if part != 12}
)
ENCODING = {
    "type": "string",
    "enum": NAMES,
    "description": "Whatever else Python calls one of these is understood, too.",
}
# Forms have their own ways to say yes and no.
YES_AND_NO = ma.fields.Boolean.truthy | ma.fields.Boolean.falsy
PREVIEW = {
    "type": ["boolean", "string"],
    "enum": [True, False, *sorted({str(word) for word in YES_AND_NO})],
    "default": False,
}
NOTICES = "What was set aside, changed or left out in reading, by kind. No row of them is rejected."
PROBLEM = (
    "Why an import failed, or what it asks for in `needs_mapping`. `suggested` (field → header) "
    "names the likeliest columns. A question has `answers`, `{label, options, samples}`: send the "
    "`options` of one to /start or /preview."
)
DELIMITER = {
    "type": "string",
    "minLength": 1,
    "maxLength": 1,
    "pattern": r'^[^"\x00\x0a\x0d]$',
    "description": "Any one character; without it the file's own is found out.",
}
HEADER_ROW_MAX = 1_000_000
HEADER_ROW = {
    "type": "integer",
    "minimum": 0,
    "maximum": HEADER_ROW_MAX,
    "description": "The line on which the header begins, from 1. 0: the file has no header, and "
    "its columns are called “Column 1” and so on.",
}
LINE_MAX = 2_000_000_000
LINE_LIST = {
    "type": "array",
    "items": {"type": "integer", "minimum": 1, "maximum": LINE_MAX},
    "maxItems": LINES_MAX,
}
LEAVE_OUT = {
    **LINE_LIST,
    "description": "Lines whose rows are no products; they count as skipped.",
}
KEEP = {
    **LINE_LIST,
    "description": "Lines whose rows are products, although they look like totals or explanations.",
}
HEADER = {"type": ["string", "null"], "pattern": CLEAN_PATTERN}
MAPPING = {
    "type": "object",
    "description": "Field → header; null: the field has no column.",
    "properties": {field.value: HEADER for field in Field},
    "additionalProperties": False,
}


def known_encoding(name: str) -> None:
    """Raise ValidationError unless `name` is an encoding that files are written in."""
    if encodings.find_encoding(name) is None:
        raise ma.ValidationError("This is no known encoding. Try utf-8 or windows-1252.")


def no_forbidden_character(text: str) -> None:
    """Raise ValidationError for what no header has, because the reader replaces it."""
    if not is_clean(text):
        raise ma.ValidationError("A header holds no control characters.")


def one_character(text: str) -> None:
    """Raise ValidationError unless `text` is a character that can stand between cells."""
    # The document cannot name surrogates: they are no characters.
    if not re.fullmatch(str(DELIMITER["pattern"]), text) or "\ud800" <= text <= "\udfff":
        raise ma.ValidationError(
            "Give one character; quotation marks and line ends stand between no cells."
        )


def read_json_text(value: Any) -> Any:
    """A value of JSON, given as such or as its text; raises ValidationError."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError) as error:
        raise ma.ValidationError("This is not valid JSON.") from error


class ColumnMap(ma.fields.Dict):
    """Field → header; as a JSON object, or as its text in a form. None: no column."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            keys=ma.fields.String(validate=ma.validate.OneOf([f.value for f in Field])),
            values=ma.fields.String(allow_none=True, validate=no_forbidden_character),
            metadata={"json_text": True, "openapi": {**MAPPING, "type": ["object", "null"]}},
            **options,
        )

    def _deserialize(self, value: Any, *arguments: Any, **options: Any) -> Any:
        value = read_json_text(value)
        return super()._deserialize(value, *arguments, **options)  # type: ignore[no-untyped-call]


class LineList(ma.fields.List):  # type: ignore[type-arg]
    """Numbers of lines; as a JSON array, or as its text in a form."""

    is_multiple = False  # in a query, where webargs would collect several parameters

    def __init__(self, openapi: Mapping[str, object], **options: Any) -> None:
        super().__init__(
            ma.fields.Integer(validate=ma.validate.Range(1, LINE_MAX)),
            validate=ma.validate.Length(max=LINES_MAX),
            metadata={"json_text": True, "openapi": {**openapi, "type": ["array", "null"]}},
            **options,
        )

    def _deserialize(self, value: Any, *arguments: Any, **options: Any) -> Any:
        return super()._deserialize(read_json_text(value), *arguments, **options)


VALUES = {"$ref": "#/components/schemas/Values"}
BEFORE = {"type": ["object", "null"], "anyOf": [VALUES, {"type": "null"}]}
TAKEN = {
    "properties": {field.value: {"type": "string"} for field in Field},
    "additionalProperties": False,
}


class StartOptions(ma.Schema):
    """What may be changed before a checked import starts."""

    mode = ma.fields.Enum(Mode, by_value=True)
    on_reject = ma.fields.Enum(OnReject, by_value=True)
    mapping = ColumnMap(allow_none=True)
    delimiter = ma.fields.String(
        allow_none=True,
        validate=one_character,
        metadata={"openapi": {**DELIMITER, "type": ["string", "null"]}},
    )
    encoding = ma.fields.String(
        allow_none=True,
        validate=known_encoding,
        metadata={"openapi": {**ENCODING, "type": ["string", "null"], "enum": [*NAMES, None]}},
    )
    decimal = ma.fields.String(allow_none=True, validate=ma.validate.OneOf([".", ","]))
    header_row = ma.fields.Integer(
        allow_none=True,
        validate=ma.validate.Range(0, HEADER_ROW_MAX),
        metadata={"openapi": {**HEADER_ROW, "type": ["integer", "null"]}},
    )
    leave_out = LineList(LEAVE_OUT, allow_none=True)
    keep = LineList(KEEP, allow_none=True)


class UploadOptions(StartOptions):
    """The form fields or query parameters beside an uploaded file."""

    preview = ma.fields.Boolean(metadata={"openapi": PREVIEW})
    filename = ma.fields.String(validate=ma.validate.Length(max=255))


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
