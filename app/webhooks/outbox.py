"""What is due is claimed here, and what came of it is written down. The connection commits.

A claim is a lease: whoever does not come back within it, because its process
was killed, has the delivery taken away from it. Sending twice is possible then,
losing one is not. Rows that somebody else holds just now are passed over, never waited for.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.api import format_utc
from app.webhooks.delivery import SECONDS, Answer, Message, Request
from app.webhooks.models import DeliveryStatus, webhooks
from app.webhooks.pace import USUAL_LIMIT, Load
from app.webhooks.schedule import (
    FAILING,
    GONE,
    LOCKED,
    LOCKED_TRIES,
    PATIENCE,
    next_attempt,
)

# The time an attempt may take, and some for the way there and back.
LEASE = timedelta(seconds=SECONDS + 5)
# So many deliveries are cancelled with what disables their webhook; the sweep goes on.
CANCELLED_AT_ONCE = 1000

# `slot` counts what a webhook would have under way with this one. The first of everybody
# comes before the second of anybody, and only so many may be more than the first.
_CLAIM = sa.text("""
WITH found AS MATERIALIZED (
    SELECT d.id, w.url, w.secret, w.previous_secret, w.previous_secret_until,
        w.sending + d.rank AS slot,
        row_number() OVER (ORDER BY w.sending + d.rank, random()) AS place
    FROM (
        SELECT webhooks.*, coalesce(load.sending, 0) AS sending,
            coalesce(load.most, :usual_limit) AS most
        FROM webhooks LEFT JOIN json_to_recordset(CAST(:loads AS json))
            AS load(id uuid, sending int, most int) USING (id)
        WHERE enabled
    ) AS w
    CROSS JOIN LATERAL (
        SELECT id, row_number() OVER () AS rank FROM (
            SELECT id FROM deliveries
            WHERE webhook_id = w.id AND status = 'pending' AND next_attempt_at <= :now
                AND (leased_until IS NULL OR leased_until <= :now)
            ORDER BY next_attempt_at LIMIT greatest(w.most - w.sending, 0)
            FOR UPDATE SKIP LOCKED
        ) AS waiting
    ) AS d
), due AS MATERIALIZED (
    SELECT * FROM found WHERE slot = 1 OR place <= :shared ORDER BY place LIMIT :capacity
)
UPDATE deliveries AS d SET claims = d.claims + 1, leased_until = :leased_until
FROM due, events AS e
WHERE d.id = due.id AND e.id = d.event_id
RETURNING d.id, d.webhook_id, d.claims, d.tries, e.id AS event_id, e.type, e.body,
    due.url, due.secret,
    CASE WHEN due.previous_secret_until > :now THEN due.previous_secret END AS previous_secret
""")

# What was cancelled while it was on its way stays so, unless it has arrived. An attempt that is
# known already was written by a commit whose answer was lost, and counts no second time.
_RECORD = sa.text("""
WITH result AS (
    SELECT * FROM json_to_recordset(CAST(:results AS json)) AS r(
        id uuid, number int, status text, next_attempt_at timestamptz, at timestamptz,
        status_code int, latency_ms int, error text, response_excerpt text, request_headers jsonb)
), told AS (
    INSERT INTO delivery_attempts (delivery_id, number, webhook_id, at, status_code, latency_ms,
        error, response_excerpt, request_headers)
    SELECT d.id, r.number, d.webhook_id, r.at, r.status_code, r.latency_ms, r.error,
        r.response_excerpt, r.request_headers
    FROM result AS r JOIN deliveries AS d ON d.id = r.id
    ON CONFLICT DO NOTHING
    RETURNING delivery_id, number
)
UPDATE deliveries AS d SET
    tries = d.tries + 1,
    status = CASE WHEN d.status = 'pending' OR r.status = 'delivered'
        THEN r.status ELSE d.status END,
    next_attempt_at = CASE WHEN d.status = 'pending' THEN r.next_attempt_at END,
    leased_until = NULL
FROM result AS r JOIN told ON told.delivery_id = r.id AND told.number = r.number
WHERE d.id = r.id AND d.claims = r.number
""")

_CANCEL = sa.text("""
UPDATE deliveries SET status = 'cancelled', next_attempt_at = NULL WHERE id IN (
    SELECT d.id FROM deliveries AS d LEFT JOIN webhooks AS w ON w.id = d.webhook_id AND w.enabled
    WHERE d.status = 'pending' AND w.id IS NULL LIMIT :limit FOR UPDATE OF d SKIP LOCKED)
""")


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A delivery that is ours to attempt until its lease ends; `number` is the attempt's.

    `sealed` are the secrets that sign, newest first; `message` gets them as its keys once the
    vault has opened them.
    """

    delivery_id: str
    webhook_id: str
    number: int
    tries: int
    at: datetime
    message: Message
    sealed: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True)
class Result:
    """What came of a claim; `chance`, from 0 to 1, places its retry within the jitter."""

    claim: Claim
    request: Request
    answer: Answer
    chance: float


def read_clock(connection: sa.Connection) -> datetime:
    """The database's time: one clock for however many workers."""
    now: datetime = connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
    return now


def claim_due(
    connection: sa.Connection,
    now: datetime,
    loads: Sequence[Load],
    *,
    shared: int,
    capacity: int,
) -> list[Claim]:
    """Claim at most `capacity` due deliveries, and none beyond a webhook's limit.

    `loads` are of webhooks that have attempts under way, or another limit than the usual. The
    first attempt of each webhook may take all of the capacity, others no more than `shared`.
    """
    if capacity <= 0:
        return []
    parameters = {
        "loads": json.dumps([_describe_load(load) for load in loads]),
        "usual_limit": USUAL_LIMIT,
        "now": now,
        "leased_until": now + LEASE,
        "shared": shared,
        "capacity": capacity,
    }
    return [_make_claim(row, now) for row in connection.execute(_CLAIM, parameters)]


def _describe_load(load: Load) -> dict[str, object]:
    return {"id": load.webhook_id, "sending": load.sending, "most": load.limit}


def _make_claim(row: sa.Row[Any], now: datetime) -> Claim:
    return Claim(
        delivery_id=str(row.id),
        webhook_id=str(row.webhook_id),
        number=row.claims,
        tries=row.tries,
        at=now,
        message=Message(
            url=row.url,
            event_id=str(row.event_id),
            event_type=row.type,
            body=row.body,
        ),
        sealed=tuple(filter(None, (row.secret, row.previous_secret))),
    )


def record_results(connection: sa.Connection, now: datetime, results: Sequence[Result]) -> None:
    """Write attempts down and what follows from them; safe to repeat.

    Webhooks first and deliveries after them, as everybody does who locks both.
    """
    if not results:
        return
    has_disabled = _judge_webhooks(connection, now, results)
    rows = json.dumps([_describe(result, now) for result in results])
    connection.execute(_RECORD, {"results": rows})
    if has_disabled:
        cancel_stranded(connection, limit=CANCELLED_AT_ONCE)


def _describe(result: Result, now: datetime) -> dict[str, object]:
    claim, answer = result.claim, result.answer
    status, following = DeliveryStatus.DELIVERED, None
    if not answer.is_success:
        following = next_attempt(claim.tries + 1, now, answer.retry_after, result.chance)
        gone = answer.status_code == 410
        status = DeliveryStatus.FAILED if gone or not following else DeliveryStatus.PENDING
    pending = status is DeliveryStatus.PENDING
    return {
        "id": claim.delivery_id,
        "number": claim.number,
        "status": status.value,
        "next_attempt_at": format_utc(following) if pending and following else None,
        "at": format_utc(claim.at),
        "status_code": answer.status_code,
        "latency_ms": answer.latency_ms,
        "error": answer.error,
        "response_excerpt": answer.excerpt,
        "request_headers": dict(result.request.headers),
    }


def _judge_webhooks(connection: sa.Connection, now: datetime, results: Sequence[Result]) -> bool:
    """Note which webhooks fail and since when; disable those that are gone or fail for too long.

    Whether any was disabled.
    """
    well = {r.claim.webhook_id for r in results if r.answer.is_success}
    failing = {r.claim.webhook_id for r in results} - well
    gone = {r.claim.webhook_id for r in results if r.answer.status_code == 410}
    locked = {
        r.claim.webhook_id
        for r in results
        if r.answer.is_locked and r.claim.tries + 1 >= LOCKED_TRIES
    }
    c = webhooks.c
    if well:
        _update(connection, well, c.failing_since.is_not(None), failing_since=None)
    disabled = _disable(connection, gone, sa.true(), GONE) if gone else 0
    if locked:
        disabled += _disable(connection, locked, sa.true(), LOCKED)
    if failing:
        _update(connection, failing, c.failing_since.is_(None), failing_since=now)
        disabled += _disable(connection, failing, c.failing_since <= now - PATIENCE, FAILING)
    return disabled > 0


def _disable(
    connection: sa.Connection, ids: set[str], condition: sa.ColumnElement[bool], reason: str
) -> int:
    return _update(
        connection,
        ids,
        sa.and_(webhooks.c.enabled, condition),
        enabled=False,
        disabled_reason=reason,
        updated_at=sa.func.clock_timestamp(),
    )


def _update(
    connection: sa.Connection, ids: set[str], condition: sa.ColumnElement[bool], **values: Any
) -> int:
    statement = sa.update(webhooks).where(webhooks.c.id.in_(ids), condition).values(**values)
    return connection.execute(statement).rowcount


def cancel_stranded(connection: sa.Connection, *, limit: int) -> int:
    """Cancel pending deliveries of webhooks that are disabled or gone; how many."""
    return connection.execute(_CANCEL, {"limit": limit}).rowcount
