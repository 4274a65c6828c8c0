"""Signatures by the Standard Webhooks specification (version 1.0.0). Pure.

What is signed are the very bytes that are sent: a receiver cannot check a
signature over JSON that was written anew.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable

PREFIX = "whsec_"
SECRET_BYTES = 32


def generate_secret() -> str:
    """A new secret: `whsec_` and 32 random bytes in base64; the specification asks for 24 to 64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def sign(keys: Iterable[str], message_id: str, timestamp: int, body: bytes) -> str:
    """The `webhook-signature` header: `v1,` and base64, one for each key, separated by spaces.

    `keys` are secrets as `generate_secret` makes them; `timestamp` is in whole
    seconds since 1970 and has to be that of the `webhook-timestamp` header.
    """
    signed = f"{message_id}.{timestamp}.".encode() + body
    return " ".join(f"v1,{_digest(key, signed)}" for key in keys)


def _digest(key: str, signed: bytes) -> str:
    raw = base64.b64decode(key.removeprefix(PREFIX))
    return base64.b64encode(hmac.digest(raw, signed, hashlib.sha256)).decode()
