"""Rows straight from a database, past the application."""

from __future__ import annotations

from typing import Any

import psycopg2


def query(database_url: str, statement: str) -> list[tuple[Any, ...]]:
    """Run one statement in a transaction of its own; its rows, none if it has no result."""
    connection = psycopg2.connect(database_url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()
