"""What can go wrong with webhooks. The first three answer requests; the last end an attempt."""

from __future__ import annotations

from app.errors import DomainError


class WebhookNotFound(DomainError):
    """No webhook has this id."""

    def __init__(self) -> None:
        super().__init__("There is no webhook with this id.")


class DeliveryNotFound(DomainError):
    """No delivery has this id."""

    def __init__(self) -> None:
        super().__init__("There is no delivery with this id.")


class WebhookDisabled(DomainError):
    """Nothing is sent to this webhook just now."""

    def __init__(self) -> None:
        super().__init__(
            "This webhook is disabled or gone, and nothing is sent to it. Enable it first."
        )


class UrlRefused(DomainError):
    """Nothing is sent to this URL. Not an OSError: no retry loop may take it for bad luck."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail, pointer="/url")
