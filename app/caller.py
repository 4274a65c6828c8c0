"""Who asks for something, as it is written down with what was asked. No Flask here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Caller:
    """`actor` is `local`, `admin` or a key's name; `address` is where the request came from."""

    actor: str
    address: str
