"""What can go wrong with change sets. They carry data, not HTTP."""

from __future__ import annotations

from app.errors import DomainError


class ChangeSetNotFound(DomainError):
    """No change set has this id."""

    def __init__(self) -> None:
        super().__init__("There is no change set with this id.")


class NoHistory(DomainError):
    """No product has this id, and none that is remembered had it."""

    def __init__(self, product_id: int) -> None:
        super().__init__(f"There is no product with the id {product_id}.")


class NotUndoable(DomainError):
    """The change set cannot be undone; the message says why."""


class CursorExpired(DomainError):
    """The feed no longer reaches back so far."""

    def __init__(self) -> None:
        super().__init__(
            "The changes after this cursor are no longer kept. Read the whole catalog once "
            "more, then follow the feed from its present end.",
            pointer="/cursor",
        )
