"""`python -m bench.upgrade`: how long the migrations take at millions of products, and who waits.

A database as the first release left it is filled, and upgraded as a deployment does it, while a
client of that release reads, edits, uploads, and has an import under way. Reported are the time of
each migration and the longest that one statement of the client took.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg2
import psycopg2.extensions

from app.local.postgres import PostgresServer
from bench.local_app import PROJECT
from bench.report import machine

FIRST = "0001"
IMPORT_SECONDS = 20.0
ABSENT_REDIS = "redis://127.0.0.1:1"
FILL = """
INSERT INTO products (sku, name, description, price)
SELECT 'SKU-' || n, 'Product ' || substr(md5(n::text), 1, 12) || ' number ' || n,
    'Made of ' || substr(md5((n % 1000)::text), 1, 8) || ' and ' || substr(md5(n::text), 13, 20),
    (n % 99999) / 100.0
FROM generate_series(1, {products}) AS n
"""
NEW_IMPORT = """
INSERT INTO imports (filename, size_bytes, preview, mode, on_reject, wishes, status, counts,
    progress, mapping, ignored_columns, columns, sample_changes)
VALUES ('a.csv', 1, true, 'upsert', 'skip', '{}', 'ready', '{}', '{}', '{}', '[]', '[]', '[]')
"""
EDIT = "UPDATE products SET price = 1, version = version + 1, updated_at = now() WHERE id = %s"
STATEMENTS: dict[str, str] = {
    "a page of products": "SELECT * FROM products WHERE id < %s ORDER BY id DESC LIMIT 50",
    "an edit": EDIT,
    "a new product": "INSERT INTO products (sku, name) VALUES ('NEW-' || uuidv7(), 'New ' || %s)",
    "the list of imports": "SELECT * FROM imports WHERE %s > 0 ORDER BY id DESC LIMIT 50",
    "an upload": NEW_IMPORT,
}


class Client:
    """A client of the first release: what it does over and over, and how long that took at most."""

    def __init__(self, url: str, products: int) -> None:
        self._url, self._products = url, products
        self._stop = threading.Event()
        self.longest = dict.fromkeys(STATEMENTS, 0.0)
        self.done = dict.fromkeys(STATEMENTS, 0)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Have it at work in threads of its own, one for each kind of statement."""
        work = [threading.Thread(target=self._repeat, args=(name,)) for name in STATEMENTS]
        work.append(threading.Thread(target=self._import))
        for thread in work:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in work:
                thread.join()

    def _repeat(self, name: str) -> None:
        with connected(self._url) as connection, connection.cursor() as cursor:
            while not self._stop.wait(0.01):
                statement = STATEMENTS[name]
                began = time.perf_counter()
                cursor.execute(statement, [self._some_id()] if "%s" in statement else None)
                self.longest[name] = max(self.longest[name], time.perf_counter() - began)
                self.done[name] += 1

    def _import(self) -> None:
        """Hold what an import holds, for a while."""
        with connected(self._url) as connection, connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT count(*) FROM imports")
            cursor.execute("UPDATE products SET active = active WHERE id <= 20000")
            self._stop.wait(IMPORT_SECONDS)
            cursor.execute("COMMIT")

    def _some_id(self) -> int:
        return random.randint(20_001, self._products)


@contextmanager
def connected(url: str) -> Iterator[psycopg2.extensions.connection]:
    """A connection where each statement is a transaction."""
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        yield connection
    finally:
        connection.close()


def upgrade(url: str, revision: str = "head") -> None:
    """Run the migrations as a deployment does; raises CalledProcessError."""
    environment = {**os.environ, "DATABASE_URL": url, "REDIS_URL": ABSENT_REDIS}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade", revision]
    subprocess.run(command, cwd=PROJECT, env=environment, check=True, capture_output=True)


class Watch:
    """When each migration was done, in seconds since the beginning."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._over = threading.Event()
        self.done: list[tuple[str, float]] = []

    def time(self, work: Callable[[], None]) -> None:
        """Do `work`, and look at the database's revision meanwhile."""
        thread = threading.Thread(target=self._look, args=(time.perf_counter(),))
        thread.start()
        try:
            work()
        finally:
            self._over.set()
            thread.join()

    def _look(self, began: float) -> None:
        seen = FIRST
        with connected(self._url) as connection, connection.cursor() as cursor:
            while True:
                is_over = self._over.wait(0.02)
                cursor.execute("SELECT version_num FROM alembic_version")
                [(version,)] = cursor.fetchall()
                if version != seen:
                    seen = version
                    self.done.append((version, time.perf_counter() - began))
                if is_over:
                    return


def measure(products: int) -> str:
    """The report."""
    with (
        tempfile.TemporaryDirectory() as folder,
        PostgresServer(Path(folder) / "postgres") as server,
    ):
        upgrade(server.url, FIRST)
        with connected(server.url) as connection, connection.cursor() as cursor:
            say(f"Filling {products:,} products.")
            cursor.execute(FILL.format(products=products))
            cursor.execute("VACUUM ANALYZE products")
            cursor.execute("SHOW server_version")
            [(version,)] = cursor.fetchall()
        say("Upgrading.")
        client, watch = Client(server.url, products), Watch(server.url)
        with client.at_work():
            time.sleep(1)
            watch.time(lambda: upgrade(server.url))
    return report(products, client, watch, version)


def report(products: int, client: Client, watch: Watch, version: str) -> str:
    """Two tables."""
    lines = [f"{products:,} products.", "", "| migration | done after s |", "|---|---:|"]
    lines += [f"| {name} | {seconds:.1f} |" for name, seconds in watch.done]
    lines += ["", "| the client meanwhile | times | longest, ms |", "|---|---:|---:|"]
    for name, seconds in client.longest.items():
        lines.append(f"| {name} | {client.done[name]:,} | {seconds * 1000:.0f} |")
    return "\n".join([*lines, "", machine(version)])


def say(line: str) -> None:
    """Progress, apart from the result."""
    print(line, file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 measured, 1 not."""
    parser = argparse.ArgumentParser(prog="python -m bench.upgrade", description=__doc__)
    parser.add_argument("--products", type=int, default=5_000_000)
    options = parser.parse_args(arguments)
    try:
        print(measure(options.products))
    except subprocess.CalledProcessError as error:
        say(error.stderr.decode(errors="replace"))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
