"""How a webhook's secret is written to the database and read from it: here and nowhere else.

It has to be read back, because it signs; a hash would not do.
"""

from __future__ import annotations


def seal(secret: str) -> str:
    """What is stored for `secret`."""
    return secret


def unseal(stored: str) -> str:
    """The secret that `seal` has stored."""
    return stored
