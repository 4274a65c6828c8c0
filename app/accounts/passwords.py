"""The administrator's password: compared, hashed, and recognised when it has changed.

ADMIN_PASSWORD is the password itself or its argon2 hash, as `flask hash-password` makes it.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.config import ARGON2

# OWASP's recommendation with the least memory: small servers run more than one process.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# One at a time: what each needs in memory must not be multiplied by whoever wishes to.
_one_at_a_time = threading.Lock()


def hash_password(password: str) -> str:
    """The argon2id hash of `password`, salted."""
    return _hasher.hash(_as_bytes(password))


def is_right_password(expected: str, given: str) -> bool:
    """Whether `given` is the password that ADMIN_PASSWORD, `expected`, stands for.

    Takes the same time whatever is wrong with it.
    """
    if expected.startswith(ARGON2):
        return _matches_hash(expected, given)
    # Digests, because a comparison of texts tells by its time whether their lengths are equal.
    return hmac.compare_digest(_digest(given), _digest(expected))


def _matches_hash(expected: str, given: str) -> bool:
    with _one_at_a_time:
        try:
            return _hasher.verify(expected, _as_bytes(given))
        except (VerificationError, InvalidHashError):
            return False


def mark_of(admin_password: str, secret_key: str) -> str:
    """Changes with the password and does not tell it to who has not the secret key."""
    return hmac.new(secret_key.encode(), admin_password.encode(), hashlib.sha256).hexdigest()


def is_marked(mark: str, admin_password: str, secret_keys: Iterable[str]) -> bool:
    """Whether `mark` was made of this password with one of the keys."""
    return any(hmac.compare_digest(mark, mark_of(admin_password, key)) for key in secret_keys)


def _digest(text: str) -> bytes:
    return hashlib.sha256(_as_bytes(text)).digest()


def _as_bytes(text: str) -> bytes:
    """JSON can name half a character, which UTF-8 cannot."""
    return text.encode("utf-8", "surrogatepass")
