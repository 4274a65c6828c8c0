"""What can go wrong with webhooks. The last two end an attempt; the others answer requests."""

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


class NoSecretKey(DomainError):
    """There is no key to seal a secret with; only `flask run` starts without one."""

    def __init__(self) -> None:
        super().__init__(
            "Secrets cannot be stored: this server has no SECRET_KEY. It has to be set first."
        )


class UrlRefused(DomainError):
    """Nothing is sent to this URL. Not an OSError: no retry loop may take it for bad luck."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail, pointer="/url")


class SecretLost(Exception):
    """No key of this server opens what is stored of a secret."""
