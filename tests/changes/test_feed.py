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

from app import page_bytes
from app.changes.feed import Place, decode, encode
from app.changes.journal import begin_revision, close_revision, record_written, returned_columns
from app.changes.purge import purge_changes
from app.extensions import db
from app.products import edits
from app.products.models import products
from tests.changes.factories import Catalog
from tests.waiting import PATIENCE

WRITERS, EDITS, IDS = 6, 15, 12


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
                # As jobs do, it waits for locks as long as it takes.
                connection.execute(sa.text("SET LOCAL lock_timeout = 0"))
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
    for n in range(IDS + 10):
        catalog.create(f"S{n}")
    reader, is_over = Reader(app, limit), threading.Event()
    with ThreadPoolExecutor(WRITERS + 3) as pool:
        reading = pool.submit(reader.follow, is_over)
        writing = [pool.submit(edit_at_random, app, seed) for seed in range(WRITERS)]
        writing += [pool.submit(write_in_bulk, app, seed) for seed in range(2)]
        try:
            for done in writing:
                done.result(timeout=PATIENCE)
        finally:
            is_over.set()
        reading.result(timeout=PATIENCE)
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


def test_a_cursor_behind_any_product_that_a_number_can_name_is_taken(catalog: Catalog) -> None:
    first = catalog.client.get("/api/changes").get_json()
    assert (first["items"], catalog.create("A")) == ([], 1)
    page = catalog.client.get("/api/changes").get_json()
    position = decode(page["next_cursor"]).position
    for product_id in (2**31 - 1, 2**63 - 1):
        cursor = encode(Place(position, product_id))
        assert catalog.client.get(f"/api/changes?cursor={cursor}").get_json()["items"] == []


def test_at_its_end_the_feed_says_so_and_goes_on_later(catalog: Catalog) -> None:
    product = catalog.create("A")
    page = catalog.client.get("/api/changes").get_json()
    end = catalog.client.get(f"/api/changes?cursor={page['next_cursor']}").get_json()
    assert (end["items"], end["next_cursor"]) == ([], None)
    catalog.edit(product, name="B")
    later = catalog.client.get(f"/api/changes?cursor={page['next_cursor']}").get_json()
    assert [item["action"] for item in later["items"]] == ["updated"]


def add_empty_revisions(number: int) -> None:
    """What an undo leaves that keeps everything: positions without changes."""
    with db.engine.begin() as connection:
        for _ in range(number):
            close_revision(connection, begin_revision(connection, "undo"))


def make_empty_undo(catalog: Catalog) -> None:
    """An undo that keeps everything, asked for over the API."""
    made = catalog.load("sku,name\nX,N\n")
    catalog.edit(max(catalog.values()), name="Edited since")
    assert catalog.undo(made)["counts"]["kept"] == 1


def read_whole(app: Flask, limit: int) -> list[tuple[int, int]]:
    """Product and version of every change, until a page is empty."""
    reader = Reader(app, limit)
    while reader.poll():
        pass
    return [(item["product_id"], item["version"]) for item in reader.read]


def test_revisions_without_changes_are_passed_over_whatever_the_size_of_a_page(
    app: Flask, catalog: Catalog
) -> None:
    product, versions = catalog.create("A"), 1
    for empty in (1, 2, 50, 499, 1):
        add_empty_revisions(empty)
        versions += 1
        catalog.edit(product, name=f"Version {versions}")
    catalog.load("sku,name\nB,N\nC,N\nD,N\n")
    make_empty_undo(catalog)
    for limit in (500, 50, 3, 2, 1):
        read = read_whole(app, limit)
        assert read[:versions] == [(product, n + 1) for n in range(versions)], limit
        assert len(read) == len(set(read)) == versions + 5, limit
    end = catalog.client.get("/api/changes?limit=500").get_json()["next_cursor"]
    last = catalog.client.get(f"/api/changes?cursor={end}").get_json()
    assert (last["items"], last["next_cursor"]) == ([], None)


def test_a_purge_of_revisions_without_changes_costs_no_reader_its_place(
    app: Flask, catalog: Catalog
) -> None:
    product = catalog.create("A")
    add_empty_revisions(2)
    end = catalog.client.get("/api/changes").get_json()["next_cursor"]
    purge_all()
    at_end = catalog.client.get(f"/api/changes?cursor={end}").get_json()
    assert (at_end.get("items"), at_end.get("next_cursor")) == ([], None), at_end
    catalog.edit(product, name="B")
    assert [version for _, version in read_whole(app, 1)] == [2]
    later = catalog.client.get(f"/api/changes?cursor={end}").get_json()
    assert [item["version"] for item in later["items"]] == [2]


@pytest.mark.parametrize("limit", [1, 3, 500])
def test_whoever_begins_anew_begins_behind_the_revision_that_is_being_purged(
    app: Flask, catalog: Catalog, limit: int
) -> None:
    rows = "sku,name\n" + "".join(f"S{n},N\n" for n in range(5))
    catalog.load(rows)
    catalog.load(rows.replace("N", "M"))
    add_empty_revisions(3)
    catalog.create("later")
    with db.engine.begin() as connection:
        for _ in range(3):
            purge_changes(connection, 0, 2)
        assert connection.scalar(sa.text("SELECT count(*) FROM changes")) == 1 + 1
    assert [version for _, version in read_whole(app, limit)] == [1]


def purge_all() -> None:
    """Forget everything, one change at a time."""
    has_more = True
    while has_more:
        with db.engine.begin() as connection:
            has_more = purge_changes(connection, 0, 1).has_more


def test_a_page_of_large_texts_ends_early_and_none_of_them_is_missed(
    app: Flask, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_bytes, "PAGE_BYTES", 1000)
    product = catalog.create("A", description="é" * 200)
    catalog.load("sku,name,description\n" + "".join(f"S{n},N,{'x' * 300}\n" for n in range(9)))
    for n in range(5):
        catalog.edit(product, description=f"{n}" * 400)
    page = catalog.client.get("/api/changes?limit=500").get_json()
    assert 1 <= len(page["items"]) <= 4
    read = read_whole(app, 500)
    assert len(read) == len(set(read)) == 15
