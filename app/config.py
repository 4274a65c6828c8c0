"""What the environment may say, parsed once into one frozen value.

Every variable is optional here; what a process cannot do without (the web
process needs a database) is demanded where it is needed, by `services()`.
A value that cannot be understood is refused by a `ConfigError` that names
the variable: a typo never silently becomes a default.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


# What is never shown: these hold passwords.
SECRET = frozenset({"DATABASE_URL", "REDIS_URL", "ADMIN_PASSWORD", "SECRET_KEY"})


class ConfigError(Exception):
    """A setting is missing or not understood; the message says which and what to do."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """The settings of one process. Field names are the variables in lower case."""

    host: str = "127.0.0.1"
    port: int = 8000
    data_dir: Path = Path(".data")
    database_url: str | None = None
    redis_url: str | None = None
    workers: int = 2
    admin_password: str | None = None
    secret_key: str | None = None
    max_upload_bytes: int = 512 * 1024 * 1024
    undo_days: int = 30
    webhook_allow_cidrs: tuple[Network, ...] = ()

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> Config:
        """Read every variable of the environment table in README.md.

        An empty value counts as not set. Raises ConfigError.
        """
        parsers: dict[str, Callable[[str], object]] = {
            "host": str,
            "port": _whole_number(0, 65535),
            "data_dir": Path,
            "database_url": normalise_database_url,
            "redis_url": _redis_url,
            "workers": _whole_number(1, 64),
            "admin_password": str,
            "secret_key": str,
            "max_upload_bytes": _whole_number(1, 2**40),
            "undo_days": _whole_number(1, 3650),
            "webhook_allow_cidrs": _networks,
        }
        values: dict[str, object] = {}
        for name, parse in parsers.items():
            text = environ.get(name.upper(), "").strip()
            if text:
                values[name] = _parsed(name.upper(), text, parse)
        return cls(**values)  # type: ignore[arg-type]

    def services(self) -> tuple[str, str]:
        """The database's and Redis's addresses, or ConfigError saying which is missing."""
        if not self.database_url:
            raise ConfigError("DATABASE_URL is not set. `make run` sets it; so must a deployment.")
        if not self.redis_url:
            raise ConfigError("REDIS_URL is not set. `make run` sets it; so must a deployment.")
        return self.database_url, self.redis_url

    @property
    def is_loopback(self) -> bool:
        """Whether the server is reachable from this machine alone."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def require_safe_exposure(self) -> None:
        """Refuse to serve other machines without a password (promise 9 of the product)."""
        if not self.is_loopback and not self.admin_password:
            raise ConfigError(
                f"HOST={self.host} can be reached from other machines, and ADMIN_PASSWORD is not "
                "set: anybody could change the catalog. Set ADMIN_PASSWORD to a long password, "
                "or leave HOST at 127.0.0.1."
            )
        if self.admin_password and not self.secret_key:
            raise ConfigError(
                "SECRET_KEY is not set. Logins are signed with it: set it to a long random text, "
                "the same for every web process."
            )


def _parsed(variable: str, text: str, parse: Callable[[str], T]) -> T:
    try:
        return parse(text)
    except ValueError as error:
        shown = "" if variable in SECRET else f"={text!r}"
        raise ConfigError(f"{variable}{shown} is refused: {error}") from error


def _whole_number(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
            raise ValueError(f"it must be a whole number from {low} to {high}.")
        return int(text)

    return parse


def normalise_database_url(text: str) -> str:
    """Name the driver, which SQLAlchemy 2.1 would otherwise take to be psycopg 3.

    `postgres://…` and `postgresql://…`, as platforms hand them out, become
    `postgresql+psycopg2://…`. Raises ValueError for any other scheme.
    """
    scheme, separator, rest = text.partition("://")
    if not separator or scheme not in ("postgres", "postgresql", "postgresql+psycopg2"):
        raise ValueError("it must begin with postgresql://.")
    return f"postgresql+psycopg2://{rest}"


def _redis_url(text: str) -> str:
    if not text.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("it must begin with redis://, rediss:// or unix://.")
    return text


def _networks(text: str) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())
