"""Logs: one record a line on standard error, as JSON for machines or as text for people.

Every line carries what is bound in its context, such as the request's id, and what the
caller hands over in `extra`. Deliberately absent: files and their rotation; whoever
starts the process has them.
"""

from __future__ import annotations

import json
import logging
import logging.config
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from app.config import Config, LogFormat

# What every record has; the rest came in by `extra`.
STANDARD = frozenset({*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"})
RESERVED = ("time", "level", "logger", "message")
# A line feed in an address or a file's name must not begin a line of its own.
ESCAPES = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029)}
# What no log may hold, should it get into an error's text: passwords in addresses, keys, secrets.
SECRETS = (
    (re.compile(r"(://[^\s/:@\"']*:)[^\s@/\"']+(?=@)"), r"\1***"),
    (re.compile(r"whsec_[A-Za-z0-9+/=_-]+"), "whsec_***"),
    (re.compile(r"pi_live_[0-9A-Za-z]+"), "pi_live_***"),
    (re.compile(r"(?i)\b(bearer )[^\s\"',]+"), r"\1***"),
)
# These tell SQL with its values and addresses with their queries as soon as they may speak.
QUIET = ("sqlalchemy", "urllib3", "werkzeug", "gunicorn.access")
# Said at every look at the schema and every few seconds by each worker, and of use to nobody.
ROUTINE = ("Context impl ", "Will assume ", "Worker %s: cleaning registries ")

_bound: ContextVar[Mapping[str, str]] = ContextVar("log_fields", default={})  # noqa: B039


def bind(**fields: str) -> None:
    """Have every line of this context carry `fields` from now on, and none from before."""
    _bound.set(fields)


@contextmanager
def bound(**fields: str) -> Iterator[None]:
    """Have every line written inside the block carry `fields` as well."""
    token = _bound.set({**_bound.get(), **fields})
    try:
        yield
    finally:
        _bound.reset(token)


def bound_fields() -> Mapping[str, str]:
    """What lines of this context carry."""
    return _bound.get()


def collect_fields(record: logging.LogRecord) -> dict[str, Any]:
    """What a line says beside its message: what is bound, then what the caller adds."""
    own = {name: value for name, value in vars(record).items() if name not in STANDARD}
    return {name: v for name, v in {**_bound.get(), **own}.items() if name not in RESERVED}


def mask_secrets(text: str) -> str:
    """The text without what must not be told."""
    for pattern, replacement in SECRETS:
        text = pattern.sub(replacement, text)
    return text


class JsonFormatter(logging.Formatter):
    """One JSON object a line; its time is UTC."""

    def format(self, record: logging.LogRecord) -> str:
        """See logging.Formatter."""
        moment = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, Any] = {
            "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **collect_fields(record),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return mask_secrets(json.dumps(line, default=str))


class TextFormatter(logging.Formatter):
    """`12:31:04 INFO app.imports.jobs: completed import_id=…`; a traceback stands below."""

    def format(self, record: logging.LogRecord) -> str:
        """See logging.Formatter."""
        clock = self.formatTime(record, "%H:%M:%S")
        fields = "".join(
            f" {name}={self._describe(value)}" for name, value in collect_fields(record).items()
        )
        line = f"{clock} {record.levelname} {record.name}: {record.getMessage()}{fields}"
        line = line.translate(ESCAPES)
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return mask_secrets(line)

    @staticmethod
    def _describe(value: object) -> str:
        return value if isinstance(value, str) else json.dumps(value, default=str)


def is_remarkable(record: logging.LogRecord) -> bool:
    """Whether the line is worth being written at all; at DEBUG everything is."""
    is_routine = record.levelno < logging.WARNING and str(record.msg).startswith(ROUTINE)
    return not is_routine or logging.getLogger().isEnabledFor(logging.DEBUG)


def logging_config(config: Config) -> dict[str, Any]:
    """The settings for `logging.config.dictConfig`, gunicorn's own lines included."""
    is_text = config.log_format is LogFormat.TEXT or (
        config.log_format is LogFormat.AUTO and sys.stderr.isatty()
    )
    formatter = TextFormatter if is_text else JsonFormatter
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": formatter}},
        "filters": {"remarkable": {"()": lambda: is_remarkable}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "stream": "ext://sys.stderr",
                "formatter": "line",
                "filters": ["remarkable"],
            }
        },
        "root": {"level": config.log_level.value, "handlers": ["stderr"]},
        "loggers": {
            **{name: {"level": "WARNING", "handlers": [], "propagate": True} for name in QUIET},
            "gunicorn.error": {
                "level": config.log_level.value,
                "handlers": [],
                "propagate": True,
            },
        },
    }


def configure_logging(config: Config) -> None:
    """Set up the logs of this process. Safe to repeat."""
    logging.config.dictConfig(logging_config(config))
