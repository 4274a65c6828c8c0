"""Webhooks, deliveries and events as JSON."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import marshmallow as ma

from app.api import UtcDateTime
from app.pagination import PageArguments, page_schema
from app.webhooks.egress import MAX_URL
from app.webhooks.events import EVERYTHING, EventType
from app.webhooks.models import DeliveryStatus

MAX_DESCRIPTION = 500
HTTP = r"^[Hh][Tt]{2}[Pp][Ss]?://"
ONE_LINE = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$"
is_one_line = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]*").fullmatch
EVENT_TYPES = tuple(event_type.value for event_type in EventType)
SUBSCRIBABLE = (EVERYTHING, *EVENT_TYPES)


class Flag(ma.fields.Boolean):
    """JSON's true and false, and nothing that merely resembles them."""

    def _deserialize(self, value: Any, *arguments: Any, **options: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Subscription(ma.fields.List[str]):
    """Names of event types, each once; `*` stands for all of them and then alone."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            ma.fields.String(validate=ma.validate.OneOf(SUBSCRIBABLE)),
            validate=ma.validate.Length(min=1, max=100),
            **options,
        )

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> list[str | None]:
        names = super()._deserialize(value, attr, data, **options)
        return [EVERYTHING] if EVERYTHING in names else list(dict.fromkeys(names))


def one_line(text: str) -> None:
    """Raise ValidationError for what cannot be stored or shown in one line."""
    if not is_one_line(text):
        raise ma.ValidationError("This holds a control character, or is no text.")


class LatencySchema(ma.Schema):
    """Milliseconds over the latest 100 attempts that were answered."""

    p50 = ma.fields.Integer(required=True, allow_none=True)
    p95 = ma.fields.Integer(required=True, allow_none=True)


class WebhookSchema(ma.Schema):
    """A webhook as the API shows it."""

    id = ma.fields.UUID(required=True)
    url = ma.fields.String(required=True)
    description = ma.fields.String(required=True)
    events = ma.fields.List(
        ma.fields.String(validate=ma.validate.OneOf(SUBSCRIBABLE)), required=True
    )
    each_row = ma.fields.Boolean(required=True)
    enabled = ma.fields.Boolean(required=True)
    last_status = ma.fields.Integer(required=True, allow_none=True)
    last_latency_ms = ma.fields.Integer(required=True, allow_none=True)
    failing_since = UtcDateTime(required=True, allow_none=True)
    disabled_reason = ma.fields.String(required=True, allow_none=True)
    latency_ms = ma.fields.Nested(LatencySchema, required=True)
    created_at = UtcDateTime(required=True)
    updated_at = UtcDateTime(required=True)


class WebhookWithSecretSchema(WebhookSchema):
    """A webhook whose secret has just been made; it is shown this once."""

    secret = ma.fields.String(required=True)


def _url(**options: Any) -> ma.fields.String:
    return ma.fields.String(
        validate=ma.validate.Length(min=1, max=MAX_URL), metadata={"pattern": HTTP}, **options
    )


def _description(**options: Any) -> ma.fields.String:
    rules: list[Callable[[str], object]] = [
        ma.validate.Length(max=MAX_DESCRIPTION),
        one_line,
    ]
    return ma.fields.String(validate=rules, metadata={"pattern": ONE_LINE}, **options)


class WebhookInput(ma.Schema):
    """A whole webhook: POST and PUT. What is left out takes its default."""

    url = _url(required=True)
    description = _description(load_default="")
    events = Subscription(load_default=lambda: [EVERYTHING])
    each_row = Flag(load_default=False)
    enabled = Flag(load_default=True)


class WebhookChange(ma.Schema):
    """Some fields of a webhook: PATCH. What is left out stays."""

    url = _url()
    description = _description()
    events = Subscription()
    each_row = Flag()
    enabled = Flag()


class AttemptSchema(ma.Schema):
    """One request that was sent, and what came back."""

    at = UtcDateTime(required=True)
    status_code = ma.fields.Integer(required=True, allow_none=True)
    latency_ms = ma.fields.Integer(required=True)
    error = ma.fields.String(required=True, allow_none=True)
    response_excerpt = ma.fields.String(required=True)
    request_headers = ma.fields.Dict(
        keys=ma.fields.String(), values=ma.fields.String(), required=True
    )


class DeliverySchema(ma.Schema):
    """An event on its way to a webhook."""

    id = ma.fields.UUID(required=True)
    webhook_id = ma.fields.UUID(required=True)
    event_id = ma.fields.UUID(required=True)
    event_type = ma.fields.String(required=True, validate=ma.validate.OneOf(EVENT_TYPES))
    status = ma.fields.String(
        required=True, validate=ma.validate.OneOf([status.value for status in DeliveryStatus])
    )
    attempts = ma.fields.List(ma.fields.Nested(AttemptSchema), required=True)
    next_attempt_at = UtcDateTime(required=True, allow_none=True)
    created_at = UtcDateTime(required=True)
    payload = ma.fields.Dict(required=True)


class EventSchema(ma.Schema):
    """Something that happened; `type`, `timestamp` and `data` are the message."""

    id = ma.fields.UUID(required=True)
    type = ma.fields.String(required=True, validate=ma.validate.OneOf(EVENT_TYPES))
    timestamp = UtcDateTime(required=True)
    data = ma.fields.Dict(required=True)


class DeliveryListArguments(PageArguments):
    """A webhook's deliveries: all, or those of one status."""

    status = ma.fields.Enum(DeliveryStatus, by_value=True, load_default=None)


class EventListArguments(PageArguments):
    """Events: all, or those of one type."""

    type = ma.fields.Enum(EventType, by_value=True, load_default=None)


class UtcMoment(ma.fields.AwareDateTime):
    """A time in ISO 8601, in UTC: PostgreSQL takes no offset beyond 15:59.

    What lies outside the years 1 to 9999 there is their begin, or their end.
    """

    def _deserialize(self, value: Any, *arguments: Any, **options: Any) -> datetime:
        moment: datetime = super()._deserialize(value, *arguments, **options)
        try:
            return moment.astimezone(UTC)
        except OverflowError:
            begin, end = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
            return begin if moment.year == 1 else end


class RecoverInput(ma.Schema):
    """From when on; a time without a zone is UTC."""

    since = UtcMoment(required=True, format="iso", default_timezone=UTC)


class RecoveredSchema(ma.Schema):
    """How many deliveries are sent (again)."""

    deliveries = ma.fields.Integer(required=True)


WebhookPage = page_schema(WebhookSchema)
DeliveryPage = page_schema(DeliverySchema)
EventPage = page_schema(EventSchema)
