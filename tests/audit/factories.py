"""Reading the audit log as a client does."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient


def entries(client: FlaskClient, **query: str) -> list[Any]:
    """The entries, newest first."""
    answer = client.get("/api/audit", query_string=query)
    assert answer.status_code == 200, answer.get_json()
    items: list[Any] = answer.get_json()["items"]
    return items


def actions(client: FlaskClient, **query: str) -> list[str]:
    """What was done, newest first."""
    return [entry["action"] for entry in entries(client, **query)]
