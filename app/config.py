"""What the environment may say, parsed once into one frozen value.

Every variable is optional here; what a process cannot do without (the web
process needs a database) is demanded where it is needed, by `services()`.
A value that cannot be understood is refused by a `ConfigError` that names
the variable: a typo never silently becomes a default.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from argon2 import extract_parameters
from argon2.exceptions import InvalidHashError
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

T = TypeVar("T")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


# What an argon2 hash begins with, which ADMIN_PASSWORD may be instead of the password.
ARGON2 = "$argon2"
# What a shell leaves of such a hash between double quotes, each `$name` replaced by nothing.
is_mangled_hash = re.compile(r"=\d+,t=\d+,p=\d+").search

# What is never shown: these hold passwords.
SECRET = frozenset(
    {"DATABASE_URL", "REDIS_URL", "ADMIN_PASSWORD", "SECRET_KEY", "SECRET_KEY_FALLBACKS"}
)


# The error that a library raises may name a part of the password.
MALFORMED = (
    "it is no complete address. In a password, write % as %25, / as %2F, # as %23, ? as %3F "
    "and @ as %40."
)


class ConfigError(Exception):
    """A setting is missing or not understood; the message says which and what to do."""


class LogFormat(StrEnum):
    """How log lines are written; AUTO: as text on a terminal, else as JSON."""

    AUTO = "auto"
    JSON = "json"
    TEXT = "text"


class LogLevel(StrEnum):
    """The least that a log line must be worth to be written."""

    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


@dataclass(frozen=True, kw_only=True)
class Config:
    """The settings of one process. Field names are the variables in lower case."""

    host: str = "127.0.0.1"
    port: int = 8000
    data_dir: Path = Path(".data")
    database_url: str | None = field(default=None, repr=False)
    redis_url: str | None = field(default=None, repr=False)
    workers: int = 2
    admin_password: str | None = field(default=None, repr=False)
    secret_key: str | None = field(default=None, repr=False)
    secret_key_fallbacks: tuple[str, ...] = field(default=(), repr=False)
    max_upload_bytes: int = 512 * 1024 * 1024
    undo_days: int = 30
    audit_days: int = 365
    webhook_allow_cidrs: tuple[Network, ...] = ()
    rate_limit: int = 60_000
    proxy_hops: int = 0
    log_format: LogFormat = LogFormat.AUTO
    log_level: LogLevel = LogLevel.INFO

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
            "admin_password": _password,
            "secret_key": str,
            "secret_key_fallbacks": _listed,
            "max_upload_bytes": _whole_number(1, 2**40),
            "undo_days": _whole_number(1, 3650),
            "audit_days": _whole_number(1, 36500),
            "webhook_allow_cidrs": _networks,
            "rate_limit": _whole_number(0, 10**9),
            "proxy_hops": _whole_number(0, 16),
            "log_format": _one_of(LogFormat),
            "log_level": _one_of(LogLevel),
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
    def is_database_local(self) -> bool:
        """Whether the database is on this machine, as the one that `make run` brings along."""
        return self.database_url is not None and make_url(self.database_url).host == "127.0.0.1"

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """The key that seals and signs, and after it those of before, newest first."""
        return tuple(filter(None, (self.secret_key, *self.secret_key_fallbacks)))

    def require_secret_key(self) -> None:
        """Refuse to start without the key that logins are signed and secrets sealed with."""
        if not self.secret_key:
            raise ConfigError(
                "SECRET_KEY is not set. Logins are signed and the webhooks' secrets encrypted with "
                "it: set it to a long random text, the same for every web and worker process. "
                "`make run` makes one."
            )

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
        if self.proxy_hops and not self.admin_password:
            raise ConfigError(
                f"PROXY_HOPS={self.proxy_hops} says that others come through a proxy, and "
                "ADMIN_PASSWORD is not set: anybody could change the catalog. Set ADMIN_PASSWORD "
                "to a long password."
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


def _password(text: str) -> str:
    if text.startswith(ARGON2):
        try:
            extract_parameters(text)
        except InvalidHashError as error:
            raise ValueError("it begins like an argon2 hash, and is none.") from error
    elif is_mangled_hash(text):
        raise ValueError(
            "it seems to be an argon2 hash without its beginning. A shell has replaced the $ "
            "signs: put it between single quotes, or write each of them twice in a compose file."
        )
    return text


def _one_of(choices: type[StrEnum]) -> Callable[[str], StrEnum]:
    by_name = {choice.value.lower(): choice for choice in choices}

    def parse(text: str) -> StrEnum:
        if text.lower() not in by_name:
            raise ValueError(f"it must be one of {', '.join(choices)}.")
        return by_name[text.lower()]

    return parse


def normalise_database_url(text: str) -> str:
    """Name the driver, which SQLAlchemy 2.1 would otherwise take to be psycopg 3.

    `postgres://…` and `postgresql://…`, as platforms hand them out, become
    `postgresql+psycopg2://…`. Raises ValueError for any other scheme.
    """
    scheme, separator, rest = text.partition("://")
    if not separator or scheme not in ("postgres", "postgresql", "postgresql+psycopg2"):
        raise ValueError("it must begin with postgresql://.")
    url = f"postgresql+psycopg2://{rest}"
    try:
        make_url(url)
    except (ArgumentError, ValueError):
        raise ValueError(MALFORMED) from None
    return url


def _redis_url(text: str) -> str:
    if not text.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("it must begin with redis://, rediss:// or unix://.")
    try:
        _ = urlsplit(text).port
    except ValueError:
        raise ValueError(MALFORMED) from None
    return text


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _networks(text: str) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())
