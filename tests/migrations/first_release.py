"""What the first release leaves in its database, written by the statements that it writes with."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from tests.migrations.conftest import Database

REVISION = "0001"
PRODUCTS = 30_000
COUNTS = ("rows", "created", "updated", "unchanged", "duplicates", "rejected", "skipped")
NOTHING = dict.fromkeys(COUNTS, 0)
PROGRESS = {
    "percent": 0.0,
    "rows_read": 0,
    "rows_applied": 0,
    "rows_per_second": None,
    "eta_seconds": None,
}
FORMAT = {"encoding": "utf-8", "delimiter": ",", "quote": '"', "decimal": "."}
CREATE = "INSERT INTO products (sku, name, price) VALUES (%s, %s, %s) RETURNING id"
EDIT = """
UPDATE products SET name = %s, version = version + 1, updated_at = clock_timestamp()
WHERE id = %s RETURNING version
"""
DELETE = "DELETE FROM products WHERE id = %s"
UPSERT = """
INSERT INTO products AS p (sku, name, price) VALUES (%s, %s, %s)
ON CONFLICT (lower(sku)) DO UPDATE SET name = excluded.name, price = excluded.price,
    version = p.version + 1, updated_at = clock_timestamp() RETURNING version
"""


def fill(database: Database) -> None:
    """A catalog that is too large to be read whole for each page."""
    database.upgrade(REVISION)
    database.run(
        "INSERT INTO products (sku, name, description, price) SELECT 'S' || n, 'Name of ' || n, "
        "'Description of number ' || n, n / 100.0 FROM generate_series(1, %s) AS n",
        PRODUCTS,
    )
    database.run("ANALYZE products")


def add_import(
    database: Database,
    status: str,
    text: str,
    *,
    preview: bool = False,
    wishes: Mapping[str, object] | None = None,
    counts: Mapping[str, int] | None = None,
    mapping: Mapping[str, str] | None = None,
    headers: Sequence[str] = (),
    problem: Mapping[str, object] | None = None,
) -> str:
    """An import in `status`, an hour old, with its file; its id."""
    has_ended = status in ("completed", "failed", "cancelled")
    columns: list[dict[str, object]] = [
        {"header": header, "field": None, "samples": []} for header in headers
    ]
    [(import_id,)] = database.run(
        "INSERT INTO imports (filename, size_bytes, preview, mode, on_reject, wishes, status, "
        "stage, attempts, counts, progress, format, mapping, ignored_columns, columns, "
        "sample_changes, problem, created_at, started_at, finished_at) VALUES ('old.csv', %s, %s, "
        "'upsert', 'skip', %s, %s, %s, %s, %s, %s, %s, %s, '[]', %s, '[]', %s, "
        "now() - interval '1 hour', CASE WHEN %s THEN now() - interval '1 hour' END, "
        "CASE WHEN %s THEN now() END) RETURNING id::text",
        len(text),
        preview,
        json.dumps(wishes or {}),
        status,
        "reading" if status in ("checking", "running") else None,
        int(status != "queued"),
        json.dumps({**NOTHING, **(counts or {})}),
        json.dumps(PROGRESS),
        json.dumps(FORMAT) if counts else None,
        json.dumps(mapping or {}),
        json.dumps(columns),
        json.dumps(problem) if problem else None,
        status != "queued",
        has_ended,
    )
    database.run("INSERT INTO import_chunks VALUES (%s, 0, %s)", import_id, text.encode())
    return str(import_id)
