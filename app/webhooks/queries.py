"""Webhooks as they are stored, with how they fare. The connection commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.pagination import Page, PageRequest, Sort, fetch_page
from app.webhooks.errors import WebhookDisabled, WebhookNotFound
from app.webhooks.models import delivery_attempts, webhooks
from app.webhooks.outbox import CANCELLED_AT_ONCE, cancel_stranded
from app.webhooks.signing import generate_secret
from app.webhooks.vault import Vault

NEWEST_FIRST = Sort("-id", (webhooks.c.id,), descending=True)
# Latencies are those of so many attempts, the latest of each webhook.
RECENT = 100
ROTATION = timedelta(hours=24)


@dataclass(frozen=True)
class Latency:
    """Milliseconds until the answer, over the latest attempts that got one."""

    p50: int | None
    p95: int | None


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """A subscription and how it fares; `secret` only where it has just been made."""

    id: str
    url: str
    description: str
    events: Sequence[str]
    each_row: bool
    enabled: bool
    last_status: int | None
    last_latency_ms: int | None
    failing_since: datetime | None
    disabled_reason: str | None
    latency_ms: Latency
    created_at: datetime
    updated_at: datetime
    secret: str | None = field(default=None, repr=False)


_c, _a = webhooks.c, delivery_attempts.c
_recent = (
    sa.select(_a.at, _a.status_code, _a.latency_ms)
    .where(_a.webhook_id == _c.id)
    .order_by(_a.at.desc())
    .limit(RECENT)
    .correlate(webhooks)
    .lateral("recent")
)


def _latest(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    ordered = sa.func.array_agg(aggregate_order_by(column, _recent.c.at.desc()))
    return sa.type_coerce(ordered, sa.ARRAY(column.type))[1]


def _percentile(share: float) -> sa.ColumnElement[int]:
    return (
        sa.func.percentile_disc(share)
        .within_group(_recent.c.latency_ms)
        .filter(_recent.c.status_code.is_not(None))
    )


_stats = (
    sa.select(
        _latest(_recent.c.status_code).label("last_status"),
        _latest(_recent.c.latency_ms).label("last_latency_ms"),
        _percentile(0.5).label("p50"),
        _percentile(0.95).label("p95"),
    )
    .select_from(_recent)
    .correlate(webhooks)
    .lateral("stats")
)
_SHOWN = sa.select(webhooks, *_stats.c).select_from(webhooks.join(_stats, sa.true()))


def _make_webhook(row: sa.Row[Any]) -> Webhook:
    return Webhook(
        id=row.id,
        url=row.url,
        description=row.description,
        events=row.events,
        each_row=row.each_row,
        enabled=row.enabled,
        last_status=row.last_status,
        last_latency_ms=row.last_latency_ms,
        failing_since=row.failing_since,
        disabled_reason=row.disabled_reason,
        latency_ms=Latency(row.p50, row.p95),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def list_webhooks(connection: sa.Connection, request: PageRequest) -> Page[Webhook]:
    """A page of the webhooks, newest first. Raises InvalidCursor."""
    total = connection.execute(sa.select(sa.func.count()).select_from(webhooks)).scalar_one()
    return fetch_page(connection, _SHOWN, NEWEST_FIRST, request, total=total, make=_make_webhook)


def get_webhook(connection: sa.Connection, webhook_id: str) -> Webhook:
    """One webhook; raises WebhookNotFound."""
    row = connection.execute(_SHOWN.where(_c.id == webhook_id)).one_or_none()
    if row is None:
        raise WebhookNotFound
    return _make_webhook(row)


def create_webhook(
    connection: sa.Connection, vault: Vault, values: Mapping[str, Any]
) -> tuple[Webhook, str]:
    """Insert a webhook whose URL has been checked; it and its secret. Raises NoSecretKey."""
    secret = generate_secret()
    # The secret is bound to the id, which therefore has to be there first.
    made = sa.select(sa.cast(sa.func.uuidv7(), _c.id.type))
    webhook_id: str = connection.execute(made).scalar_one()
    sealed = vault.seal(secret, webhook_id)
    connection.execute(sa.insert(webhooks).values(**values, id=webhook_id, secret=sealed))
    return get_webhook(connection, webhook_id), secret


def update_webhook(
    connection: sa.Connection, webhook_id: str, values: Mapping[str, Any]
) -> tuple[Webhook, list[str]]:
    """Write `values`, where they differ; the webhook, and the names of what did differ.

    Enabled again, it begins anew, its failures forgotten. Raises WebhookNotFound.
    """
    current = lock_webhook(connection, webhook_id)
    changed = {name: value for name, value in values.items() if getattr(current, name) != value}
    names = sorted(changed)
    if changed.get("enabled"):
        changed |= {"disabled_reason": None, "failing_since": None}
    if changed:
        connection.execute(
            sa.update(webhooks)
            .where(_c.id == webhook_id)
            .values(**changed, updated_at=sa.func.clock_timestamp())
        )
    if changed.get("enabled") is False:
        cancel_stranded(connection, limit=CANCELLED_AT_ONCE)
    return get_webhook(connection, webhook_id), names


def delete_webhook(connection: sa.Connection, webhook_id: str) -> str:
    """Delete it; its deliveries stay to be seen, cancelled where pending. The URL it had.

    Raises WebhookNotFound.
    """
    url: str = lock_webhook(connection, webhook_id).url
    connection.execute(sa.delete(webhooks).where(_c.id == webhook_id))
    cancel_stranded(connection, limit=CANCELLED_AT_ONCE)
    return url


def rotate_secret(connection: sa.Connection, vault: Vault, webhook_id: str) -> tuple[Webhook, str]:
    """A new secret; the old one signs beside it for 24 hours.

    Raises WebhookNotFound, NoSecretKey.
    """
    lock_webhook(connection, webhook_id)
    secret = generate_secret()
    connection.execute(
        sa.update(webhooks)
        .where(_c.id == webhook_id)
        .values(
            secret=vault.seal(secret, webhook_id),
            previous_secret=_c.secret,
            previous_secret_until=sa.func.clock_timestamp() + ROTATION,
            updated_at=sa.func.clock_timestamp(),
        )
    )
    return get_webhook(connection, webhook_id), secret


def lock_webhook(
    connection: sa.Connection, webhook_id: str, *, must_be_enabled: bool = False
) -> sa.Row[Any]:
    """The row, ours until the transaction's end; raises WebhookNotFound, WebhookDisabled."""
    statement = sa.select(webhooks).where(_c.id == webhook_id).with_for_update()
    row = connection.execute(statement).one_or_none()
    if row is None:
        raise WebhookNotFound
    if must_be_enabled and not row.enabled:
        raise WebhookDisabled
    return row
