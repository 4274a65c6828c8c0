"""How long the catalog takes to answer: lists, searches, edits, the export; over HTTP.

The products are imported as a file is; what is measured begins once they are indexed. An answer's
time is that of one client who asks one thing after the other, on a kept connection.
"""

from __future__ import annotations

import argparse
import base64
import json
import math
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import psycopg2
import requests

from app.local.postgres import PostgresServer
from app.local.processes import free_port
from app.local.valkey import ValkeyServer
from app.products.zoning import LEAST_ZONED
from app.sample import Recipe, save_sample
from bench.client import Client
from bench.local_app import running_app

INDEX_SECONDS = 900
BEHIND = """
    SELECT coalesce((SELECT position FROM catalog_index_state), 0)
        < (SELECT max(position) FROM revisions)
"""
UNZONED = f"SELECT zoned = 0 AND total >= {LEAST_ZONED} FROM catalog_index_state"
EDITS = 100
COPY = "COPY (SELECT sku, name, description, price, active FROM products) TO STDOUT (FORMAT csv)"
# What is asked for, and a word on how often it occurs in a sample.
QUERIES = (
    ("first page", ""),
    *((f"first page by {name}", f"sort={name}") for name in (
        "id", "sku", "-sku", "name", "-name", "price", "-price", "created_at", "-updated_at")),
    ("q: one hit", "q=48271302"),
    ("q: a few hundred", "q=4827"),
    ("q: a few hundred, by name", "q=4827&sort=name"),
    ("q: one in seventy", "q=TEE-9"),
    ("q: one in seven", "q=walnut"),
    ("q: one in seven, by price", "q=walnut&sort=-price"),
    ("q: one in seven, by name", "q=walnut&sort=name"),
    ("q: nearly all", "q=a"),
    ("q: none", "q=zebra"),
    ("q: two characters, common", "q=椅子"),
    ("q: two characters, none", "q=zq"),
    ("q: punctuation, none", "q=%25%25%25"),
    ("sku: some", "sku=10000"),
    ("sku: none, common in names", "sku=scarf"),
    ("name: common, by name", "name=Übergr&sort=name"),
    ("description: common", "description=luggage"),
    ("inactive", "active=false"),
    ("price range, few", "price_min=10&price_max=10.5"),
    ("price range, half", "price_min=100"),
    ("inactive and dear, by name", "active=false&price_min=190&sort=name"),
    ("q, inactive and cheap", "q=walnut&active=false&price_max=5"),
    ("two texts, by time", "q=scarf&name=walnut&sort=-updated_at"),
    ("created since, all", "created_after=2020-01-01T00:00:00Z&sort=name"),
    ("updated before, none", "updated_before=2020-01-01T00:00:00Z"),
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One line of the table: milliseconds, and what was found."""

    label: str
    p50: float
    p95: float
    found: str = ""


class Catalog:
    """A running app with so many products; closed by the caller's stack."""

    def __init__(self, stack: ExitStack, folder: Path, rows: int) -> None:
        postgres = stack.enter_context(PostgresServer(folder / "postgres"))
        valkey = stack.enter_context(ValkeyServer(folder / "valkey"))
        port = free_port()
        client = Client(f"http://127.0.0.1:{port}")
        settings = {"PORT": str(port), "DATABASE_URL": postgres.url, "REDIS_URL": valkey.url}
        stack.enter_context(running_app(folder, client, WORKERS="1", **settings))
        self.url = f"{client.url}/api/products"
        self.session = requests.Session()
        self.session.trust_env = False
        self.database = stack.enter_context(closing(psycopg2.connect(postgres.url)))
        self.database.autocommit = True
        save_sample(Recipe(rows=rows), str(folder / "sample.csv"))
        *_, outcome = client.follow(client.upload(folder / "sample.csv").id, 0.2)
        if outcome.status != "completed":
            raise RuntimeError(f"The import {outcome.status}. {outcome.problem}")

    def await_index(self) -> tuple[float, float]:
        """Wait until all is indexed and zoned; the seconds until either."""
        began = time.monotonic()
        return tuple(self._await(began, condition) for condition in (BEHIND, UNZONED))  # type: ignore[return-value]

    def _await(self, began: float, condition: str) -> float:
        while self._ask(condition):
            if time.monotonic() - began > INDEX_SECONDS:
                raise RuntimeError("The catalog is not indexed.")
            time.sleep(0.2)
        return time.monotonic() - began

    def _ask(self, query: str) -> Any:
        with self.database.cursor() as cursor:
            cursor.execute(query)
            row = cursor.fetchone()
        return row[0] if row else None

    def measure_lists(self, repeat: int) -> Iterator[Line]:
        """Every query so many times."""
        for label, query in (*QUERIES, *self._deepest_pages()):
            yield self._measure(label, lambda query=query: self._get(query), repeat)  # type: ignore[misc]

    def _get(self, query: str) -> str:
        answer = self.session.get(f"{self.url}?{query}", timeout=60)
        answer.raise_for_status()
        body = answer.json()
        return f"{'about ' if body['total_is_estimate'] else ''}{body['total']:,}"

    def _deepest_pages(self) -> Iterator[tuple[str, str]]:
        """The last pages, whose cursors are those of the first ones turned round."""
        for sort, other in (("-id", "id"), ("name", "-name"), ("-price", "price")):
            page = self.session.get(f"{self.url}?limit=60&sort={other}", timeout=60).json()
            item = page["items"][-1]
            keys = {"-id": [], "name": [item["name"].lower()], "-price": [item["price"] or "-1"]}
            payload = json.dumps([sort, "n", *keys[sort], item["id"]])
            cursor = base64.urlsafe_b64encode(payload.encode()).decode()
            yield f"deepest page by {sort}", f"sort={sort}&cursor={cursor}"

    def measure_edits(self) -> Line:
        """Prices of products here and there."""
        chance = random.Random(1)
        last = int(self._ask("SELECT max(id) FROM products"))

        def edit() -> str:
            price = f"{chance.randrange(1, 99999) / 100:.2f}"
            path = f"{self.url}/{chance.randint(1, last)}"
            self.session.patch(path, json={"price": price}, timeout=60).raise_for_status()
            return ""

        return self._measure("one edit", edit, EDITS)

    def _measure(self, label: str, call: Callable[[], str], repeat: int) -> Line:
        found = call()
        times = sorted(_time(call) for _ in range(repeat))
        return Line(label, median(times), times[math.ceil(0.95 * repeat) - 1], found)

    def measure_export(self) -> tuple[float, float, float]:
        """Seconds to the first byte, to the last one, and those of a bare COPY."""
        with Path("/dev/null").open("wb") as nothing, self.database.cursor() as cursor:
            bare = _time(lambda: cursor.copy_expert(COPY, nothing)) / 1000
        began = time.perf_counter()
        with self.session.get(f"{self.url}/export.csv", stream=True, timeout=600) as answer:
            blocks = answer.iter_content(1 << 16)
            next(blocks)
            first = time.perf_counter() - began
            for _ in blocks:
                pass
        return first, time.perf_counter() - began, bare


def _time(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000


def measure(rows: int, repeat: int) -> str:
    """The report, as Markdown."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        print(f"Importing {rows:,} products.", file=sys.stderr, flush=True)
        catalog = Catalog(stack, folder, rows)
        print("Waiting for the index.", file=sys.stderr, flush=True)
        indexed, zoned = catalog.await_index()
        lines = [*catalog.measure_lists(repeat), catalog.measure_edits()]
        exports = [catalog.measure_export() for _ in range(3)]
    first, whole, ratio = (
        median(values) for values in zip(*((f, w, w / bare) for f, w, bare in exports), strict=True)
    )
    table = ["| catalog | p50 ms | p95 ms | found |", "|---|---:|---:|---:|"]
    table += [
        f"| {line.label} | {line.p50:.1f} | {line.p95:.1f} | {line.found} |" for line in lines
    ]
    return "\n".join(
        [
            *table,
            "",
            f"{rows:,} products; each line {repeat} answers. Indexed {indexed:.1f} s after the "
            f"import, divided into zones {zoned:.1f} s after it. Export: first byte after "
            f"{first * 1000:.0f} ms, whole after {whole:.2f} s, {ratio:.2f} times a bare COPY of "
            "the same columns in the same minute.",
        ]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0, or what is raised."""
    parser = argparse.ArgumentParser(prog="python -m bench.catalog", description=__doc__)
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--repeat", type=int, default=40, help="answers of each kind")
    options = parser.parse_args(arguments)
    print(measure(options.rows, options.repeat))
    return 0


if __name__ == "__main__":
    sys.exit(main())
