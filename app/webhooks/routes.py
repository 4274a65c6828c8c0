"""The webhooks' addresses. Each view opens the one transaction it needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Response, url_for

from app.access import Access, requires
from app.api import ApiBlueprint, format_utc
from app.audit.entries import Action
from app.errors import DomainError
from app.extensions import db, redis_extension
from app.openapi import LOCATION
from app.pagination import Page, PageArguments, PageRequest
from app.problems import INVALID_INPUT, UNAVAILABLE, ProblemType
from app.webhooks import history, queries, recovery
from app.webhooks.auditing import record_webhook
from app.webhooks.errors import (
    DeliveryNotFound,
    NoSecretKey,
    UrlRefused,
    WebhookDisabled,
    WebhookNotFound,
)
from app.webhooks.history import Delivery, Event
from app.webhooks.jobs import current_setup, wake
from app.webhooks.queries import Webhook
from app.webhooks.schemas import (
    DeliveryListArguments,
    DeliveryPage,
    DeliverySchema,
    EventListArguments,
    EventPage,
    RecoveredSchema,
    RecoverInput,
    WebhookChange,
    WebhookInput,
    WebhookPage,
    WebhookSchema,
    WebhookWithSecretSchema,
)

PROBLEM_TYPES: dict[type[DomainError], ProblemType] = {
    WebhookNotFound: ProblemType("not-found", 404, "There is no such webhook"),
    DeliveryNotFound: ProblemType("not-found", 404, "There is no such delivery"),
    WebhookDisabled: ProblemType("webhook-disabled", 409, "The webhook is disabled"),
    UrlRefused: INVALID_INPUT,
    NoSecretKey: UNAVAILABLE,
}
Located = dict[str, str]

blueprint = ApiBlueprint(
    "webhooks",
    __name__,
    description="Changes, told to other systems",
    problem_types=PROBLEM_TYPES,
)
ITEM = "/webhooks/<uuid:webhook_id>"
DELIVERY = "/deliveries/<uuid:delivery_id>"


@blueprint.route("/webhooks", methods=["GET"])
@blueprint.arguments(PageArguments, location="query")
@blueprint.response(200, WebhookPage)
@requires(Access.READ)
def list_webhooks(arguments: Mapping[str, Any]) -> Page[Webhook]:
    """The webhooks, newest first."""
    with db.engine.connect() as connection:
        return queries.list_webhooks(connection, PageRequest(**arguments))


@blueprint.route("/webhooks", methods=["POST"])
@blueprint.arguments(WebhookInput)
@blueprint.response(201, WebhookWithSecretSchema, headers=LOCATION)
@requires(Access.WRITE)
def create_webhook(values: Mapping[str, Any]) -> tuple[Webhook, int, Located]:
    """Subscribe a URL to events. The answer holds the secret, which is not shown again."""
    setup = current_setup()
    setup.guard.check_url(values["url"])
    with db.engine.begin() as connection:
        webhook, secret = queries.create_webhook(connection, setup.vault, values)
        record_webhook(connection, Action.WEBHOOK_CREATED, webhook.id, webhook.url)
    location = url_for("webhooks.get_webhook", webhook_id=webhook.id)
    return replace(webhook, secret=secret), 201, {"Location": location}


@blueprint.route(ITEM, methods=["GET"])
@blueprint.response(200, WebhookSchema)
@blueprint.raises(WebhookNotFound)
@requires(Access.READ)
def get_webhook(webhook_id: UUID) -> Webhook:
    """One webhook."""
    with db.engine.connect() as connection:
        return queries.get_webhook(connection, str(webhook_id))


@blueprint.route(ITEM, methods=["PUT"])
@blueprint.arguments(WebhookInput)
@blueprint.response(200, WebhookSchema)
@blueprint.raises(WebhookNotFound)
@requires(Access.WRITE)
def replace_webhook(values: Mapping[str, Any], webhook_id: UUID) -> Webhook:
    """Write every field; what is left out takes its default."""
    return save_webhook(values, webhook_id)


@blueprint.route(ITEM, methods=["PATCH"])
@blueprint.arguments(WebhookChange)
@blueprint.response(200, WebhookSchema)
@blueprint.raises(WebhookNotFound)
@requires(Access.WRITE)
def change_webhook(values: Mapping[str, Any], webhook_id: UUID) -> Webhook:
    """Write the fields given. `{"enabled": true}` takes back a disabling, for whatever reason."""
    return save_webhook(values, webhook_id)


def save_webhook(values: Mapping[str, Any], webhook_id: UUID) -> Webhook:
    """What PUT and PATCH do once they know which values."""
    if "url" in values:
        current_setup().guard.check_url(values["url"])
    with db.engine.begin() as connection:
        webhook, changed = queries.update_webhook(connection, str(webhook_id), values)
        if changed:
            record_webhook(
                connection,
                Action.WEBHOOK_CHANGED,
                webhook.id,
                webhook.url,
                changed=changed,
                enabled=webhook.enabled,
            )
    return webhook


@blueprint.route(ITEM, methods=["DELETE"])
@blueprint.response(204)
@blueprint.raises(WebhookNotFound)
@requires(Access.WRITE)
def delete_webhook(webhook_id: UUID) -> Response:
    """Delete a webhook; what it has not got yet is cancelled."""
    with db.engine.begin() as connection:
        url = queries.delete_webhook(connection, str(webhook_id))
        record_webhook(connection, Action.WEBHOOK_DELETED, str(webhook_id), url)
    return Response(status=204)


@blueprint.route(f"{ITEM}/test", methods=["POST"])
@blueprint.response(202, DeliverySchema, headers=LOCATION)
@blueprint.raises(WebhookNotFound, WebhookDisabled)
@requires(Access.WRITE)
def test_webhook(webhook_id: UUID) -> tuple[Delivery, int, Located]:
    """Send a `webhook.test` event, by the way that all others take."""
    with db.engine.begin() as connection:
        delivery = recovery.send_test(connection, str(webhook_id))
        webhook = queries.get_webhook(connection, delivery.webhook_id)
        record_webhook(connection, Action.WEBHOOK_TESTED, webhook.id, webhook.url)
    return announced(delivery)


@blueprint.route(f"{ITEM}/rotate-secret", methods=["POST"])
@blueprint.response(200, WebhookWithSecretSchema)
@blueprint.raises(WebhookNotFound)
@requires(Access.WRITE)
def rotate_secret(webhook_id: UUID) -> Webhook:
    """Make a new secret. For 24 hours messages are signed with the old one, too."""
    with db.engine.begin() as connection:
        vault = current_setup().vault
        webhook, secret = queries.rotate_secret(connection, vault, str(webhook_id))
        record_webhook(connection, Action.WEBHOOK_SECRET_ROTATED, webhook.id, webhook.url)
    return replace(webhook, secret=secret)


@blueprint.route(f"{ITEM}/recover", methods=["POST"])
@blueprint.arguments(RecoverInput)
@blueprint.response(202, RecoveredSchema)
@blueprint.raises(WebhookNotFound, WebhookDisabled)
@requires(Access.WRITE)
def recover_webhook(values: Mapping[str, Any], webhook_id: UUID) -> dict[str, int]:
    """Send all that has happened since and has not arrived, with the same event ids."""
    with db.engine.begin() as connection:
        count = recovery.recover(connection, str(webhook_id), values["since"])
        webhook = queries.get_webhook(connection, str(webhook_id))
        record_webhook(
            connection,
            Action.WEBHOOK_RECOVERED,
            webhook.id,
            webhook.url,
            since=format_utc(values["since"]),
            deliveries=count,
        )
    wake(redis_extension.brisk)
    return {"deliveries": count}


@blueprint.route(f"{ITEM}/deliveries", methods=["GET"])
@blueprint.arguments(DeliveryListArguments, location="query")
@blueprint.response(200, DeliveryPage)
@blueprint.raises(WebhookNotFound)
@requires(Access.READ)
def list_deliveries(arguments: Mapping[str, Any], webhook_id: UUID) -> Page[Delivery]:
    """A webhook's deliveries with every attempt, newest first."""
    request = PageRequest(arguments["limit"], arguments["cursor"])
    with db.engine.connect() as connection:
        return history.list_deliveries(connection, str(webhook_id), request, arguments["status"])


@blueprint.route(DELIVERY, methods=["GET"])
@blueprint.response(200, DeliverySchema)
@blueprint.raises(DeliveryNotFound)
@requires(Access.READ)
def get_delivery(delivery_id: UUID) -> Delivery:
    """One delivery with every attempt."""
    with db.engine.connect() as connection:
        return history.get_delivery(connection, str(delivery_id))


@blueprint.route(f"{DELIVERY}/redeliver", methods=["POST"])
@blueprint.response(202, DeliverySchema, headers=LOCATION)
@blueprint.raises(DeliveryNotFound, WebhookDisabled)
@requires(Access.WRITE)
def redeliver(delivery_id: UUID) -> tuple[Delivery, int, Located]:
    """Send it again, with the same event id."""
    with db.engine.begin() as connection:
        delivery = history.redeliver(connection, str(delivery_id))
        webhook = queries.get_webhook(connection, delivery.webhook_id)
        action = Action.WEBHOOK_REDELIVERED
        record_webhook(connection, action, webhook.id, webhook.url, delivery_id=delivery.id)
    return announced(delivery)


@blueprint.route("/events", methods=["GET"])
@blueprint.arguments(EventListArguments, location="query")
@blueprint.response(200, EventPage)
@requires(Access.READ)
def list_events(arguments: Mapping[str, Any]) -> Page[Event]:
    """The events of the last 30 days, newest first."""
    request = PageRequest(arguments["limit"], arguments["cursor"])
    wanted = arguments["type"]
    with db.engine.connect() as connection:
        return history.list_events(connection, request, wanted.value if wanted else None)


def announced(delivery: Delivery) -> tuple[Delivery, int, Located]:
    """The answer to what was put into the outbox."""
    wake(redis_extension.brisk)
    location = url_for("webhooks.get_delivery", delivery_id=delivery.id)
    return delivery, 202, {"Location": location}
