"""The options of an import: what a request may ask for, in a form, a query or JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from app.imports import encodings
from app.imports.errors import LINES_MAX
from app.imports.status import OnReject
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
