"""What is told of each attempt: a line in the log and a count. Never its URL or its content."""

from __future__ import annotations

import logging

from app.counters import Counters
from app.webhooks.outbox import Result

log = logging.getLogger(__name__)


def observe_attempt(counters: Counters, result: Result) -> None:
    """Log and count an attempt that has come to its end."""
    claim, answer = result.claim, result.answer
    outcome = describe_outcome(result)
    log.info(
        "delivery %s",
        outcome,
        extra={
            "delivery_id": claim.delivery_id,
            "webhook_id": claim.webhook_id,
            "event_id": claim.message.event_id,
            "event_type": claim.message.event_type,
            "attempt": claim.number,
            "status": answer.status_code,
            "ms": answer.latency_ms,
            "error": answer.error,
        },
    )
    counters.count_attempt(outcome, answer.latency_ms / 1000, is_delivered=answer.is_success)


def describe_outcome(result: Result) -> str:
    """Whether it arrived, was answered by anything but 2xx, or not answered at all."""
    if result.answer.is_success:
        return "delivered"
    return "refused" if result.answer.status_code is not None else "unanswered"
