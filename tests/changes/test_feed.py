"""The feed, read while many write: every change once, in an order that fits the commits."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from psycopg2.errors import LockNotAvailable

from app.changes.feed import Place, encode
from app.changes.journal import begin_revision, close_revision, record_written, returned_columns
from app.extensions import db
from app.products import edits
from app.products.models import products
from tests.changes.factories import Catalog

WRITERS, EDITS, IDS = 6, 25, 12


class Reader:
    """Follows the feed by `next_cursor`, as an integrator would."""

    def __init__(self, app: Flask, limit: int) -> None:
        self._client = app.test_client()
        self._limit = limit
        self._cursor = ""
        self.read: list[dict[str, Any]] = []

    def poll(self) -> bool:
        """Read one page; whether there was something."""
        cursor = f"&cursor={self._cursor}" if self._cursor else ""
        page = self._client.get(f"/api/changes?limit={self._limit}{cursor}").get_json()
        self.read += page["items"]
        self._cursor = page["next_cursor"] or self._cursor
        return bool(page["items"])

    def follow(self, is_over: threading.Event) -> None:
        """Poll until all is written and read."""
        while True:
            was_over = is_over.is_set()
            if not self.poll() and was_over:
                return
            time.sleep(random.uniform(0, 0.01))


def edit_at_random(app: Flask, seed: int) -> None:
    """Edits one by one, some in transactions that stay open for a while before they commit."""
    choose = random.Random(seed)
    with app.app_context():
        for _ in range(EDITS):
            while not edit(choose):
                pass


def edit(choose: random.Random) -> bool:
    """Edit a product; False where a lock was not to be had for two seconds, as on a busy machine:
    who asks over HTTP is told to come again then.
    """
    try:
        with db.engine.begin() as connection:
            product = choose.randint(1, IDS)
            edits.update_product(connection, product, {"price": choose.randint(1, 10**9)}, "w")
            time.sleep(choose.choice((0, 0, 0, 0.02)))
    except sa.exc.OperationalError as error:
        if not isinstance(error.orig, LockNotAvailable):
            raise
        return False
    return True


def write_in_bulk(app: Flask, seed: int) -> None:
    """A long transaction over many products: begins to write, sleeps, and commits late."""
    with app.app_context():
        for turn in range(4):
            with db.engine.begin() as connection:
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(1)"))
                revision = begin_revision(connection, "bulk")
                written = (
                    sa.update(products)
                    .where(products.c.id > IDS)
                    .values(price=seed * 10 + turn, version=products.c.version + 1)
                    .returning(*returned_columns())
                    .cte("written")
                )
                record_written(connection, revision, written)
                time.sleep(0.1)
                close_revision(connection, revision)


@pytest.mark.parametrize("limit", [1, 7, 500])
def test_a_reader_sees_every_change_once_in_an_order_that_fits_the_commits(
    app: Flask, catalog: Catalog, limit: int
) -> None:
    for n in range(IDS + 30):
        catalog.create(f"S{n}")
    reader, is_over = Reader(app, limit), threading.Event()
    with ThreadPoolExecutor(WRITERS + 3) as pool:
        reading = pool.submit(reader.follow, is_over)
        writing = [pool.submit(edit_at_random, app, seed) for seed in range(WRITERS)]
        writing += [pool.submit(write_in_bulk, app, seed) for seed in range(2)]
        try:
            for done in writing:
                done.result(timeout=60)
        finally:
            is_over.set()
        reading.result(timeout=60)
    seen = Counter((item["product_id"], item["version"]) for item in reader.read)
    with db.engine.connect() as connection:
        stored = connection.execute(sa.text("SELECT product_id, version FROM changes")).all()
    assert set(seen.values()) == {1}
    assert set(seen) == {(row.product_id, row.version) for row in stored}
    versions: dict[int, int] = {}
    for item in reader.read:
        assert item["version"] == versions.get(item["product_id"], 0) + 1
        versions[item["product_id"]] = item["version"]


def test_a_change_that_commits_late_comes_late_in_the_feed(app: Flask, catalog: Catalog) -> None:
    first, second = catalog.create("A"), catalog.create("B")
    reader = Reader(app, 50)
    with db.engine.begin() as slow:
        revision = begin_revision(slow, "slow")
        catalog.edit(second, name="Committed first")
        while reader.poll():
            pass
        written = (
            sa.update(products)
            .where(products.c.id == first)
            .values(name="Committed last", version=2)
            .returning(*returned_columns())
        )
        record_written(slow, revision, written.cte("written"))
        close_revision(slow, revision)
    while reader.poll():
        pass
    names = [item["after"]["name"] for item in reader.read]
    assert names == ["A", "B", "Committed first", "Committed last"]


@pytest.mark.parametrize(
    "cursor", ["x", "IA", encode(Place(-1, 0)), encode(Place(2**70, 0)), "W10", "WyJmZWVkIl0"]
)
def test_a_cursor_that_is_none_is_refused(catalog: Catalog, cursor: str) -> None:
    answer = catalog.client.get(f"/api/changes?cursor={cursor}")
    assert (answer.status_code, answer.get_json()["errors"][0]["pointer"]) == (422, "/cursor")


def test_at_its_end_the_feed_says_so_and_goes_on_later(catalog: Catalog) -> None:
    product = catalog.create("A")
    page = catalog.client.get("/api/changes").get_json()
    end = catalog.client.get(f"/api/changes?cursor={page['next_cursor']}").get_json()
    assert (end["items"], end["next_cursor"]) == ([], None)
    catalog.edit(product, name="B")
    later = catalog.client.get(f"/api/changes?cursor={page['next_cursor']}").get_json()
    assert [item["action"] for item in later["items"]] == ["updated"]
