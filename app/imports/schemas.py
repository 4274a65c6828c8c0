"""Imports as JSON, and the options of an upload."""

from __future__ import annotations

import codecs
import json
from typing import Any

import marshmallow as ma

from app.api import UtcDateTime
from app.imports.dialect import DELIMITERS
from app.imports.status import OnReject
from app.pagination import page_schema
from app.products.rules import is_clean
from app.products.upsert import Field, Mode

# Python's names of what a file may be written in; its other codecs are no encodings of text.
WIDE = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32")
ASIAN = ("shift_jis", "cp932", "euc_jp", "gb2312", "gbk", "gb18030", "big5", "cp949", "euc_kr")
OLD = ("ascii", "cp437", "cp850", "cp852", "cp858", "cp866", "koi8-r", "koi8-u", "mac-roman")
WINDOWS = tuple(f"cp{number}" for number in range(1250, 1259))
ISO = tuple(f"iso8859-{part}" for part in range(1, 17) if part != 12)
ENCODINGS = frozenset((*WIDE, *ASIAN, *OLD, *WINDOWS, *ISO))


def known_encoding(name: str) -> None:
    """Raise ValidationError unless `name` is an encoding that files are written in."""
    try:
        known = codecs.lookup(name).name in ENCODINGS
    except (LookupError, ValueError):
        known = False
    if not known:
        raise ma.ValidationError("This is no known encoding. Try utf-8 or windows-1252.")


def no_forbidden_character(text: str) -> None:
    """Raise ValidationError for what no header has, because the reader replaces it."""
    if not is_clean(text):
        raise ma.ValidationError("A header holds no control characters.")


class ColumnMap(ma.fields.Dict):
    """Field → header; as a JSON object, or as its text in a form. None: no column."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            keys=ma.fields.String(validate=ma.validate.OneOf([f.value for f in Field])),
            values=ma.fields.String(allow_none=True, validate=no_forbidden_character),
            **options,
        )

    def _deserialize(self, value: Any, *arguments: Any, **options: Any) -> Any:
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except (ValueError, RecursionError) as error:
                raise ma.ValidationError("This is not valid JSON.") from error
        return super()._deserialize(value, *arguments, **options)  # type: ignore[no-untyped-call]


class StartOptions(ma.Schema):
    """What may be changed before a checked import starts."""

    mode = ma.fields.Enum(Mode, by_value=True)
    on_reject = ma.fields.Enum(OnReject, by_value=True)
    mapping = ColumnMap(allow_none=True)
    delimiter = ma.fields.String(allow_none=True, validate=ma.validate.OneOf(DELIMITERS))
    encoding = ma.fields.String(allow_none=True, validate=known_encoding)
    decimal = ma.fields.String(allow_none=True, validate=ma.validate.OneOf([".", ","]))


class UploadOptions(StartOptions):
    """The form fields or query parameters beside an uploaded file."""

    preview = ma.fields.Boolean()
    filename = ma.fields.String(validate=ma.validate.Length(max=255))


class CountsSchema(ma.Schema):
    """What became of the rows."""

    rows = ma.fields.Integer()
    created = ma.fields.Integer()
    updated = ma.fields.Integer()
    unchanged = ma.fields.Integer()
    duplicates = ma.fields.Integer()
    rejected = ma.fields.Integer()
    skipped = ma.fields.Integer()


class ProgressSchema(ma.Schema):
    """How far it is."""

    percent = ma.fields.Float()
    rows_read = ma.fields.Integer()
    rows_applied = ma.fields.Integer()
    rows_per_second = ma.fields.Integer(allow_none=True)
    eta_seconds = ma.fields.Integer(allow_none=True)


class FormatSchema(ma.Schema):
    """How the file was understood."""

    encoding = ma.fields.String()
    delimiter = ma.fields.String()
    quote = ma.fields.String()
    decimal = ma.fields.String()


class ImportSchema(ma.Schema):
    """An import as the API shows it."""

    id = ma.fields.String()
    filename = ma.fields.String()
    size_bytes = ma.fields.Integer()
    preview = ma.fields.Boolean()
    mode = ma.fields.Enum(Mode, by_value=True)
    on_reject = ma.fields.Enum(OnReject, by_value=True)
    status = ma.fields.String()
    stage = ma.fields.String(allow_none=True)
    progress = ma.fields.Nested(ProgressSchema)
    counts = ma.fields.Nested(CountsSchema)
    format = ma.fields.Nested(FormatSchema, allow_none=True)
    mapping = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.String())
    ignored_columns = ma.fields.List(ma.fields.String())
    problem = ma.fields.Dict(allow_none=True)
    change_set_id = ma.fields.String(allow_none=True)
    created_at = UtcDateTime()
    started_at = UtcDateTime(allow_none=True)
    finished_at = UtcDateTime(allow_none=True)


class ColumnSchema(ma.Schema):
    """A column of the file, the field it was taken for, and its first cells."""

    header = ma.fields.String()
    field = ma.fields.String(allow_none=True)
    samples = ma.fields.List(ma.fields.String())


class SampleChangeSchema(ma.Schema):
    """What one row would do."""

    action = ma.fields.String()
    line = ma.fields.Integer()
    before = ma.fields.Dict(allow_none=True)
    after = ma.fields.Dict()


class PreviewSchema(ma.Schema):
    """What an import would do."""

    columns = ma.fields.List(ma.fields.Nested(ColumnSchema))
    counts = ma.fields.Nested(CountsSchema)
    sample_changes = ma.fields.List(ma.fields.Nested(SampleChangeSchema))


class RejectSchema(ma.Schema):
    """A rejected row and the first thing wrong with it."""

    line = ma.fields.Integer()
    column = ma.fields.String(allow_none=True)
    value = ma.fields.String()
    code = ma.fields.String()
    detail = ma.fields.String()


class RejectKindSchema(ma.Schema):
    """The rows rejected for one reason."""

    code = ma.fields.String()
    count = ma.fields.Integer()
    first_line = ma.fields.Integer()


class DuplicateSchema(ma.Schema):
    """A row that a later one replaced."""

    line = ma.fields.Integer()
    sku = ma.fields.String()
    replaced_by_line = ma.fields.Integer()


ImportPage = page_schema(ImportSchema)
RejectPage = page_schema(RejectSchema)
DuplicatePage = page_schema(DuplicateSchema)
