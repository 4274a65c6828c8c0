"""What can go wrong with logins and keys."""

from __future__ import annotations

from app.access import Access
from app.errors import DomainError


class WrongPassword(DomainError):
    """The password is not the one."""

    def __init__(self) -> None:
        super().__init__("The password is wrong.")


class LoginThrottled(DomainError):
    """Too many logins have failed; not even the right password is looked at just now."""

    def __init__(self, seconds: int) -> None:
        super().__init__(
            f"Too many logins have failed. Try again in {_in_words(seconds)}.",
            data={"retry_after": seconds},
        )


def _in_words(seconds: int) -> str:
    if seconds == 1:
        return "a second"
    return f"{seconds} seconds" if seconds < 100 else f"{-(-seconds // 60)} minutes"


class LoginUnavailable(DomainError):
    """Failed logins cannot be counted, so that there would be no end to guessing."""

    def __init__(self) -> None:
        super().__init__(
            "Nobody can log in just now: Redis, where failed logins are counted, cannot be "
            "reached. Try again in a few seconds.",
            data={"retry_after": 2},
        )


class InvalidKey(DomainError):
    """The key that was sent opens nothing. It is not told why: only its owner may know."""

    def __init__(self) -> None:
        super().__init__("The API key is malformed, unknown, expired or revoked.")


class InsufficientScope(DomainError):
    """The caller is known, and may do less than this."""

    def __init__(self, wanted: Access, held: Access) -> None:
        super().__init__(
            f"This needs an API key of the scope {wanted}; the key sent has the scope {held}.",
            data={"required_scope": wanted.value, "scope": held.value},
        )


class KeyNotFound(DomainError):
    """No key that is in force has this id."""

    def __init__(self) -> None:
        super().__init__("There is no API key with this id, or it is revoked already.")
