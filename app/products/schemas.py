"""Products as JSON. The rules are those of `rules.py`; only the shapes are here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import marshmallow as ma

from app.api import UtcDateTime
from app.changes.schemas import PriceText
from app.moments import Moment
from app.pagination import PageArguments, page_schema
from app.products import rules

SORTED_BY = ("id", "sku", "name", "price", "created_at", "updated_at")
RANGES = (
    ("price_min", "price_max"),
    ("created_after", "created_before"),
    ("updated_after", "updated_before"),
)


# parse_json_price and check_price as one pattern: zeros may lead, and may follow the cents.
PRICE = {
    "type": ["string", "number"],
    "pattern": r"^[ \t\r\n]*(\+?(0*[0-9]{1,10}(\.[0-9]{0,2}0*)?|\.[0-9]{1,2}0*)|-(0+\.?0*|\.0+))"
    r"[ \t\r\n]*$",
    "minimum": 0,
    "maximum": float(rules.PRICE_MAX),
    "multipleOf": 0.01,
}


class RuleText(ma.fields.String):
    """Text, trimmed, that keeps one of the product's rules.

    Where `longest` is None, the pattern limits what is left of the text once it is trimmed.
    """

    def __init__(
        self,
        check: Callable[[str], rules.Violation | None],
        longest: int | None,
        pattern: str,
        trim: Callable[[str], str] = rules.trim,
        **options: Any,
    ) -> None:
        limits = {} if longest is None else {"maxLength": longest}
        super().__init__(metadata={**limits, "pattern": pattern}, **options)
        self.check = check
        self.trim = trim

    def _deserialize(self, value: Any, *arguments: Any, **options: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        text = self.trim(value)
        violation = self.check(text)
        if violation:
            raise ma.ValidationError(violation.detail)
        return text


def _sku(**options: Any) -> RuleText:
    return RuleText(rules.check_sku, None, rules.SKU_PATTERN, rules.trim_sku, **options)


def _name(**options: Any) -> RuleText:
    return RuleText(rules.check_name, rules.NAME_MAX, rules.FILLED_PATTERN, **options)


def _description(**options: Any) -> RuleText:
    return RuleText(rules.check_description, rules.DESCRIPTION_MAX, rules.CLEAN_PATTERN, **options)


class Price(ma.fields.Field[Decimal]):
    """A decimal string or a number."""

    def __init__(self, **options: Any) -> None:
        super().__init__(metadata=PRICE, **options)

    def _deserialize(self, value: Any, *arguments: Any, **options: Any) -> Decimal:
        price = parse_json_price(value)
        violation = rules.PRICE_INVALID if price is None else rules.check_price(price)
        if price is None or violation:
            raise ma.ValidationError((violation or rules.PRICE_INVALID).detail)
        return abs(price).quantize(rules.CENT)


def parse_json_price(value: object) -> Decimal | None:
    """A JSON number or a plain decimal string; None for whatever else.

    Right: `12.9`, `"12.90"`, `0`. Wrong: `true`, `"1,299.00"`, `"1e3"`, `""`.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    text = repr(value) if isinstance(value, float) else str(value).strip()
    plain = text.isascii() and not set(text) - set("0123456789.-+")
    if not plain and not isinstance(value, float):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


class Flag(ma.fields.Boolean):
    """JSON's true and false, and nothing that merely resembles them."""

    def _deserialize(self, value: Any, *arguments: Any, **options: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class ProductSchema(ma.Schema):
    """A product as the API shows it."""

    id = ma.fields.Integer(required=True)
    sku = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    description = ma.fields.String(required=True)
    price = PriceText(required=True, allow_none=True)
    active = ma.fields.Boolean(required=True)
    version = ma.fields.Integer(required=True)
    created_at = UtcDateTime(required=True)
    updated_at = UtcDateTime(required=True)


class ProductInput(ma.Schema):
    """A whole product: POST and PUT. What is left out takes its default."""

    sku = _sku(required=True)
    name = _name(required=True)
    description = _description(load_default="")
    price = Price(allow_none=True, load_default=None)
    active = Flag(load_default=True)


class ProductChange(ma.Schema):
    """Some fields of a product: PATCH. What is left out stays."""

    sku = _sku()
    name = _name()
    description = _description()
    price = Price(allow_none=True)
    active = Flag()


class FilterText(ma.fields.String):
    """A search text: bounded, and of characters that PostgreSQL can compare."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            validate=[
                ma.validate.Length(max=200),
                ma.validate.ContainsNoneOf("\x00", error="A NUL character cannot be searched."),
                check_characters,
            ],
            metadata={"pattern": r"^[^\x00]*$"},
            **options,
        )


def check_characters(text: str) -> None:
    """Refuses halves of characters (lone surrogates), which JSON can hold."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ma.ValidationError("This is not text.") from error


class FilterFlag(ma.fields.Boolean):
    """`true` or `false`, in a query string or as JSON."""

    def __init__(self, **options: Any) -> None:
        super().__init__(truthy={True, "true"}, falsy={False, "false"}, **options)

    def _deserialize(self, value: Any, *arguments: Any, **options: Any) -> Any:
        if not isinstance(value, bool | str):  # 1 is equal to true
            raise self.make_error("invalid")
        return super()._deserialize(value, *arguments, **options)


class FilterFields(ma.Schema):
    """What a list, an export or a bulk operation may be narrowed by (see ProductFilter)."""

    q = FilterText(load_default=None)
    sku = FilterText(load_default=None)
    name = FilterText(load_default=None)
    description = FilterText(load_default=None)
    active = FilterFlag(load_default=None)
    price_min = Price(load_default=None)
    price_max = Price(load_default=None)
    created_after = Moment(load_default=None)
    created_before = Moment(load_default=None)
    updated_after = Moment(load_default=None)
    updated_before = Moment(load_default=None)
    change_set_id = ma.fields.UUID(load_default=None)

    @ma.validates_schema
    def check_ranges(self, data: Mapping[str, Any], **_: object) -> None:
        """A range that begins after its end is a mistake, and no empty list."""
        for first, last in RANGES:
            low, high = data.get(first), data.get(last)
            if low is not None and high is not None and low > high:
                raise ma.ValidationError(f"This is above {last}.", field_name=first)

    @ma.post_load
    def make_text(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        """Change sets are known by their UUID's text."""
        if data.get("change_set_id"):
            data["change_set_id"] = str(data["change_set_id"])
        return data


class ProductListArguments(FilterFields, PageArguments):
    """The list's query parameters."""

    sort = ma.fields.String(
        load_default="-id",
        validate=ma.validate.OneOf([sign + name for name in SORTED_BY for sign in ("", "-")]),
    )


ProductPage = page_schema(ProductSchema)
