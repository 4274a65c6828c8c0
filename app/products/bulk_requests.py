"""What a bulk operation is asked for: its body as JSON, and the change set that comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import marshmallow as ma

from app.changes.change_sets import NewChangeSet
from app.products.bulk import BulkAction
from app.products.schemas import FilterFields

MAX_IDS = 100_000
MAX_ID = 2**63 - 1
SELECTIONS = ("ids", "filter", "all")
# At least one member that is neither null nor empty.
NARROWING = [
    {"required": [name], "properties": {name: {"not": {"enum": [None, ""]}}}}
    for name in FilterFields().fields
]
WORDS = {"sku": "SKU", "q": "text"}


class FilterObject(ma.fields.Nested):
    """A filter, checked, and kept as it was sent: that is what is stored until the work is done."""

    def _deserialize(self, value: Any, *arguments: Any, **options: Any) -> Any:
        super()._deserialize(value, *arguments, **options)
        return value


class ProductId(ma.fields.Integer):
    """A whole number as JSON knows it: `7` and `7.0`, but not `true`, `"7"` or `7.5`."""

    def __init__(self) -> None:
        super().__init__(strict=True, validate=ma.validate.Range(min=1, max=MAX_ID))

    def _deserialize(self, value: Any, *arguments: Any, **options: Any) -> int:
        if isinstance(value, bool | str):
            raise self.make_error("invalid")
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        number: int = super()._deserialize(value, *arguments, **options)
        return number


class BulkRequest(ma.Schema):
    """The body of POST /api/products/bulk."""

    class Meta:
        openapi: ClassVar = {"oneOf": [{"required": [name]} for name in SELECTIONS]}

    action = ma.fields.String(
        required=True, validate=ma.validate.OneOf([action.value for action in BulkAction])
    )
    ids = ma.fields.List(
        ProductId(),
        validate=ma.validate.Length(min=1, max=MAX_IDS),
    )
    filter = FilterObject(FilterFields, metadata={"openapi": {"anyOf": NARROWING}})
    all = ma.fields.Boolean(validate=ma.validate.Equal(True), truthy={True}, falsy={False})

    @ma.validates_schema
    def check_selection(self, data: Mapping[str, Any], **_: object) -> None:
        """Exactly one way to say which products."""
        given = [name for name in SELECTIONS if name in data]
        if len(given) != 1:
            raise ma.ValidationError(
                "Say which products by one of “ids”, “filter” and “all”.",
                field_name=given[1] if given else "ids",
            )
        if given == ["filter"] and not any(v not in (None, "") for v in data["filter"].values()):
            raise ma.ValidationError(
                "An empty filter would mean every product. To say that, send “all”: true.",
                field_name="filter",
            )


def describe_request(request: Mapping[str, Any], actor: str) -> NewChangeSet:
    """The change set of a checked request."""
    return NewChangeSet(
        kind=BulkAction(request["action"]).kind,
        actor=actor,
        subject=_describe_selection(request),
        request=request,
    )


def _describe_selection(request: Mapping[str, Any]) -> str:
    if "ids" in request:
        count = len(set(request["ids"]))
        return "1 chosen product" if count == 1 else f"{count:,} chosen products"
    parts = [
        f"{WORDS.get(name, name.replace('_', ' '))} {value}"
        for name, value in request.get("filter", {}).items()
        if value not in (None, "")
    ]
    return f"products with {', '.join(parts)}" if parts else "all products"
