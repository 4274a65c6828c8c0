"""Webhooks, deliveries and events as JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC
from typing import Any

import marshmallow as ma

from app.api import UtcDateTime
from app.pagination import PageArguments, page_schema
from app.webhooks.egress import MAX_URL
from app.webhooks.events import EVERYTHING, EventType
from app.webhooks.models import DeliveryStatus

MAX_DESCRIPTION = 500
SUBSCRIBABLE = (EVERYTHING, *(event_type.value for event_type in EventType))


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


def no_control_character(text: str) -> None:
    """Raise ValidationError for what cannot be stored or shown in one line."""
    if not all(character.isprintable() for character in text):
        raise ma.ValidationError("This holds a control character.")


class LatencySchema(ma.Schema):
    """Milliseconds over the latest 100 attempts that were answered."""

    p50 = ma.fields.Integer(allow_none=True)
    p95 = ma.fields.Integer(allow_none=True)


class WebhookSchema(ma.Schema):
    """A webhook as the API shows it."""

    id = ma.fields.String()
    url = ma.fields.String()
    description = ma.fields.String()
    events = ma.fields.List(ma.fields.String())
    each_row = ma.fields.Boolean()
    enabled = ma.fields.Boolean()
    last_status = ma.fields.Integer(allow_none=True)
    last_latency_ms = ma.fields.Integer(allow_none=True)
    failing_since = UtcDateTime(allow_none=True)
    disabled_reason = ma.fields.String(allow_none=True)
    latency_ms = ma.fields.Nested(LatencySchema)
    created_at = UtcDateTime()
    updated_at = UtcDateTime()


class WebhookWithSecretSchema(WebhookSchema):
    """A webhook whose secret has just been made; it is shown this once."""

    secret = ma.fields.String()


def _url(**options: Any) -> ma.fields.String:
    return ma.fields.String(validate=ma.validate.Length(min=1, max=MAX_URL), **options)


def _description(**options: Any) -> ma.fields.String:
    rules: list[Callable[[str], object]] = [
        ma.validate.Length(max=MAX_DESCRIPTION),
        no_control_character,
    ]
    return ma.fields.String(validate=rules, **options)


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

    at = UtcDateTime()
    status_code = ma.fields.Integer(allow_none=True)
    latency_ms = ma.fields.Integer()
    error = ma.fields.String(allow_none=True)
    response_excerpt = ma.fields.String()
    request_headers = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.String())


class DeliverySchema(ma.Schema):
    """An event on its way to a webhook."""

    id = ma.fields.String()
    webhook_id = ma.fields.String()
    event_id = ma.fields.String()
    event_type = ma.fields.String()
    status = ma.fields.String()
    attempts = ma.fields.List(ma.fields.Nested(AttemptSchema))
    next_attempt_at = UtcDateTime(allow_none=True)
    created_at = UtcDateTime()
    payload = ma.fields.Dict()


class EventSchema(ma.Schema):
    """Something that happened; `type`, `timestamp` and `data` are the message."""

    id = ma.fields.String()
    type = ma.fields.String()
    timestamp = UtcDateTime()
    data = ma.fields.Dict()


class DeliveryListArguments(PageArguments):
    """A webhook's deliveries: all, or those of one status."""

    status = ma.fields.Enum(DeliveryStatus, by_value=True, load_default=None)


class EventListArguments(PageArguments):
    """Events: all, or those of one type."""

    type = ma.fields.Enum(EventType, by_value=True, load_default=None)


class RecoverInput(ma.Schema):
    """From when on; a time without a zone is UTC."""

    since = ma.fields.AwareDateTime(required=True, format="iso", default_timezone=UTC)


class RecoveredSchema(ma.Schema):
    """How many deliveries are sent (again)."""

    deliveries = ma.fields.Integer()


WebhookPage = page_schema(WebhookSchema)
DeliveryPage = page_schema(DeliverySchema)
EventPage = page_schema(EventSchema)
