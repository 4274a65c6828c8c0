"""How many attempts a webhook may have under way at once. No database, no network.

An endpoint that takes its time may keep a few threads busy and no more; one that
answers at once gets more, or the way to the database and back would take longer
than the sending. Half of all threads are for the first attempt of a webhook alone,
so that there is always one left for whoever has none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

THREADS = 64
SHARED = THREADS // 2
USUAL_LIMIT = 8
QUICK_LIMIT = 24
QUICK_MS = 250
# How much the latest answer counts in the mean.
WEIGHT = 0.2


@dataclass
class Load:
    """A webhook's attempts under way, and the mean of its latencies in milliseconds."""

    webhook_id: str
    sending: int = 0
    latency_ms: float | None = None

    @property
    def limit(self) -> int:
        """How many it may have under way."""
        quick = self.latency_ms is not None and self.latency_ms < QUICK_MS
        return QUICK_LIMIT if quick else USUAL_LIMIT


class Pace:
    """The loads of all webhooks; for one thread."""

    def __init__(self) -> None:
        self._loads: dict[str, Load] = {}
        self.sending = 0

    @property
    def loads(self) -> Sequence[Load]:
        """Those of webhooks that something is known of."""
        return list(self._loads.values())

    @property
    def shared(self) -> int:
        """How many attempts may begin that are not the only one of their webhook."""
        return max(SHARED - self.sending, 0)

    @property
    def capacity(self) -> int:
        """How many may begin in all."""
        return THREADS - self.sending

    def begin(self, webhook_id: str) -> None:
        """An attempt begins."""
        self._loads.setdefault(webhook_id, Load(webhook_id)).sending += 1
        self.sending += 1

    def end(self, webhook_id: str, latency_ms: int) -> None:
        """One that began has ended."""
        load = self._loads[webhook_id]
        known = latency_ms if load.latency_ms is None else load.latency_ms
        load.latency_ms = known + WEIGHT * (latency_ms - known)
        load.sending -= 1
        self.sending -= 1
