"""Random texts that open something: how they are made, recognised and hashed. Pure.

A key is `pi_live_`, 256 random bits in 43 digits of base 62, and six digits that are the
CRC-32 of all before them, as GitHub's are. By its prefix a scanner of source code finds one
that was published; by its checksum a mistyped or invented one is known for what it is
without a question to the database.

    right  pi_live_ + 43 digits + 6 digits
    wrong  anything else, and a key of which one character differs
"""

from __future__ import annotations

import hashlib
import re
import secrets
import string
import zlib

PREFIX = "pi_live_"
DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
RANDOM_BYTES = 32
RANDOM_DIGITS = 43
CHECK_DIGITS = 6
HINT_DIGITS = 4
_has_form = re.compile(
    rf"{PREFIX}[0-9A-Za-z]{{{RANDOM_DIGITS + CHECK_DIGITS}}}", re.ASCII
).fullmatch


def generate_key() -> str:
    """A new API key."""
    number = int.from_bytes(secrets.token_bytes(RANDOM_BYTES))
    body = PREFIX + _in_base62(number, RANDOM_DIGITS)
    return body + _checksum(body)


def is_key(text: str) -> bool:
    """Whether `text` has the form of a key and its checksum is right."""
    if not _has_form(text):
        return False
    return text[-CHECK_DIGITS:] == _checksum(text[:-CHECK_DIGITS])


def hint_of(key: str) -> str:
    """The last characters, which tell one key from another and open nothing."""
    return key[-HINT_DIGITS:]


def generate_token() -> str:
    """What a session's cookie carries."""
    return secrets.token_urlsafe(RANDOM_BYTES)


def hash_token(text: str) -> bytes:
    """What is stored for a key or a token."""
    return hashlib.sha256(text.encode()).digest()


def _checksum(body: str) -> str:
    return _in_base62(zlib.crc32(body.encode()), CHECK_DIGITS)


def _in_base62(number: int, width: int) -> str:
    digits = []
    for _ in range(width):
        number, digit = divmod(number, len(DIGITS))
        digits.append(DIGITS[digit])
    return "".join(reversed(digits))
