"""What follows an attempt: done, once more and when, or given up. Pure.

Retries are spread by chance, so that what failed together does not come back
together. `Retry-After` can put a retry off but not bring it forward: an endpoint
that asks for another try in two minutes, again and again, would otherwise use up
in twenty minutes what is meant for three days.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

RETRY_DELAYS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
JITTER = 0.2
MAX_RETRY_AFTER = timedelta(hours=24)
# So long may a webhook do nothing but fail before it is disabled.
PATIENCE = timedelta(days=5)
# Why a webhook was disabled, as its owner reads it.
GONE = "The endpoint answered 410 Gone."
FAILING = "Every attempt of the last five days has failed."
LOCKED = (
    "No SECRET_KEY of this server opens the webhook’s secret. Add the key it was sealed with to "
    "SECRET_KEY_FALLBACKS, or make a new secret here; then enable the webhook again."
)
# So many attempts fail first: while a new key is being rolled out, not everybody has it yet.
LOCKED_TRIES = 3


def next_attempt(
    tries: int, now: datetime, retry_after: str | None, chance: float
) -> datetime | None:
    """When to try again after `tries` failures in a row; None: not again.

    `chance`, from 0 to 1, places the retry within its ±20 %.
    """
    if tries > len(RETRY_DELAYS):
        return None
    delay = RETRY_DELAYS[tries - 1] * (1 - JITTER + 2 * JITTER * chance)
    return now + max(delay, parse_retry_after(retry_after, now))


def parse_retry_after(value: str | None, now: datetime) -> timedelta:
    """The pause a `Retry-After` header asks for (RFC 9110, section 10.2.3): 0 to 24 hours.

    Seconds or a date; whatever else it says asks for nothing.
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        # Clients may send any number of digits; timedelta takes nine of days.
        return min(timedelta(seconds=int(text[:9])), MAX_RETRY_AFTER)
    try:
        moment = parsedate_to_datetime(text)
        pause = moment.replace(tzinfo=moment.tzinfo or UTC) - now
    except (ValueError, TypeError, OverflowError, IndexError):
        return timedelta()
    return min(max(pause, timedelta()), MAX_RETRY_AFTER)
