"""What an attacker is given: a closed application, perhaps a key, and texts that bite."""

from __future__ import annotations

import json
import socket
from typing import Any

from werkzeug.test import TestResponse

from tests.accounts.conftest import (
    admin,
    closed_app,
    closed_config,
    make_key,
    shared_closed_app,
    stranger,
)
from tests.waiting import PATIENCE

__all__ = ["admin", "closed_app", "closed_config", "make_key", "shared_closed_app", "stranger"]

PROBLEM = "application/problem+json"
MARKUP = "<img src=x onerror=alert(1)>"
INJECTIONS = (
    "'",
    "';SELECT pg_sleep(5);--",
    "' OR '1'='1",
    '"',
    "\\",
    "%",
    "_",
    "%(sku)s",
    ":sku",
    "$1",
    "$$",
    "{0}",
    "{{7*7}}",
    MARKUP,
    "\u202e\u2066",
    "\uffff",
    "Ⅷ",
    "(a+)+$",
    "*" * 200,
)


def assert_problem(answer: TestResponse, status: int) -> Any:
    """The answer is a problem of that status; what it says."""
    assert (answer.status_code, answer.mimetype) == (status, PROBLEM), answer.text
    return answer.get_json()


def exchange(port: int, sent: bytes) -> bytes:
    """What a server answers to bytes that no HTTP client would send, until it closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while block := connection.recv(65536):
            answer += block
    return answer


def read_json(answer: bytes) -> Any:
    """The body of a raw answer."""
    return json.loads(answer.partition(b"\r\n\r\n")[2])
