"""The floor: the least PostgreSQL has to do to take the same rows.

COPY of rows that are clean already into a bare staging table, one upsert
against the same unique index, one commit; no reading, checking, counting or
journal. Its table is made after the migrated one and lies beside it, in a
schema of its own of the same database.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import psycopg2

COLUMNS = "sku, name, description, price, active"
NULL = r"\N"

PREPARE = """
    CREATE SCHEMA floor;
    CREATE TABLE floor.products (LIKE public.products INCLUDING ALL);
"""
STAGE = """
    CREATE TEMPORARY TABLE staging
        (sku text, name text, description text, price numeric, active boolean)
        ON COMMIT DROP
"""
UPSERT = f"""
    INSERT INTO floor.products AS stored ({COLUMNS})
    SELECT {COLUMNS} FROM staging
    ON CONFLICT (lower(sku)) DO UPDATE SET
        name = excluded.name, description = excluded.description,
        price = excluded.price, active = excluded.active,
        version = stored.version + 1, updated_at = now()
    WHERE (stored.name, stored.description, stored.price, stored.active)
        IS DISTINCT FROM (excluded.name, excluded.description, excluded.price, excluded.active)
"""
EMPTY = """
    TRUNCATE floor.products, public.products, changes, created_ranges, revisions,
        catalog_index, product_blocks, catalog_index_state, catalog_zones, catalog_grams CASCADE
"""
JOURNAL_BYTES = """
    SELECT pg_total_relation_size('changes') + pg_total_relation_size('created_ranges')
"""
INDEX_SECONDS = 900
BEHIND = """
    SELECT coalesce(max(revisions.position), 0)
        - coalesce((SELECT position FROM catalog_index_state), 0) FROM revisions
"""
DIFFERENT = f"""
    SELECT (SELECT count(*) FROM public.products) - (SELECT count(*) FROM floor.products),
           (SELECT count(*) FROM (SELECT {COLUMNS} FROM public.products
                                  EXCEPT SELECT {COLUMNS} FROM floor.products) AS missing)
"""


class Floor:
    """A superuser's connection to the app's own, migrated database."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg2.connect(url)
        self._connection.autocommit = True
        self._run(PREPARE)

    def close(self) -> None:
        self._connection.close()

    def empty_both(self) -> None:
        """Forget all products, the importer's too, and whatever hangs on them."""
        self._await_index()  # it reads what is to be emptied
        self._run(EMPTY)

    def settle(self) -> None:
        """Let the catalog's index catch up, and write out what earlier runs left dirty.

        So that the next run is not charged for it.
        """
        self._await_index()
        self._run("CHECKPOINT")

    def _await_index(self) -> None:
        deadline = time.monotonic() + INDEX_SECONDS
        while not self._is_indexed() and time.monotonic() < deadline:
            time.sleep(0.1)

    def _is_indexed(self) -> bool:
        with self._connection.cursor() as cursor:
            cursor.execute(BEHIND)
            return cursor.fetchone() == (0,)

    def load(self, rows: Path) -> tuple[float, int]:
        """Take the rows of a file made by `write_clean`; seconds to the commit, rows written."""
        self._connection.autocommit = False
        began = time.perf_counter()
        with self._connection, self._connection.cursor() as cursor, rows.open("rb") as file:
            cursor.execute(STAGE)
            cursor.copy_expert(f"COPY staging ({COLUMNS}) FROM STDIN", file, size=1 << 18)
            cursor.execute(UPSERT)
            written = cursor.rowcount
        seconds = time.perf_counter() - began
        self._connection.autocommit = True
        return seconds, written

    def copy_and_delete(self) -> float:
        """Copy all products aside and delete them, in one transaction; seconds to the commit."""
        self._connection.autocommit = False
        began = time.perf_counter()
        with self._connection, self._connection.cursor() as cursor:
            cursor.execute("CREATE TABLE floor.copy AS SELECT * FROM floor.products")
            cursor.execute("DELETE FROM floor.products")
        seconds = time.perf_counter() - began
        self._connection.autocommit = True
        self._run("DROP TABLE floor.copy")
        return seconds

    def journal_bytes(self) -> int:
        """What the journal takes on disk, its indexes included."""
        with self._connection.cursor() as cursor:
            cursor.execute(JOURNAL_BYTES)
            row = cursor.fetchone()
        return int(row[0]) if row else 0

    def is_equal(self) -> bool:
        """Whether the importer's catalog holds the very products of the floor's."""
        with self._connection.cursor() as cursor:
            cursor.execute(DIFFERENT)
            return cursor.fetchone() == (0, 0)

    def version(self) -> str:
        """The server's version number."""
        with self._connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            row = cursor.fetchone()
        return str(row[0]) if row else "?"

    def _run(self, statement: str) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(statement)


def write_clean(rows: Iterable[list[str]], path: Path) -> None:
    """Write good rows of a sample in the form COPY reads fastest (text, tab-separated)."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(_lines(rows))


def _lines(rows: Iterable[list[str]]) -> Iterator[str]:
    escapes = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
    for sku, name, description, price, active, _vendor in rows:
        texts = "\t".join(cell.translate(escapes) for cell in (sku, name, description))
        yield f"{texts}\t{price or NULL}\t{active}\n"
