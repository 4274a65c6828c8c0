"""Imports of overlapping files, edits and bulk operations at once: nothing lost, no deadlock.

The feed is replayed: each change begins where the last one of its product ended,
and what comes of them all is the catalog.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.conftest import start_live_app
from tests.test_faults import ROUNDS, Running
from tests.waiting import PATIENCE

PRODUCTS, EDITORS = 2_000, 4
EXPECTED = {200, 201, 204, 404, 409, 412, 503}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A copy with two workers."""
    with start_live_app(tmp_path_factory.mktemp("concurrency") / "data", WORKERS="2") as live:
        yield Running(live)


def make_file(path: Path, first: int, last: int) -> Path:
    """Products with SKUs from S{first} on, with prices of chance, in an order of chance."""
    numbers = list(range(first, last))
    random.shuffle(numbers)
    rows = (f"S{n:05},Name of {n},{random.randint(1, 999)}.00\n" for n in numbers)
    path.write_text("sku,name,price\n" + "".join(rows), encoding="utf-8")
    return path


def edit(running: Running, is_over: threading.Event) -> Counter[int]:
    """Edit, create and delete at random until it is over; the statuses answered."""
    found: Counter[int] = Counter()
    with requests.Session() as session:
        while not is_over.is_set():
            address = f"{running.url}/api/products/{random.randint(1, 2 * PRODUCTS)}"
            sku = f"S{random.randint(0, 2 * PRODUCTS):05}"
            match random.randint(0, 9):
                case 0:
                    answer = session.delete(address, timeout=PATIENCE)
                case 1:
                    answer = session.post(
                        f"{running.url}/api/products",
                        json={"sku": sku, "name": "N"},
                        timeout=PATIENCE,
                    )
                case 2:
                    answer = session.patch(address, json={"sku": sku}, timeout=PATIENCE)
                case _:
                    price = f"{random.randint(1, 999)}.50"
                    answer = session.patch(address, json={"price": price}, timeout=PATIENCE)
            found[answer.status_code] += 1
    return found


def read_all(running: Running, path: str) -> list[dict[str, Any]]:
    """Everything of a list."""
    found: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        query = {"limit": "500", **({"cursor": cursor} if cursor else {})}
        page = requests.get(f"{running.url}/api/{path}", params=query, timeout=PATIENCE).json()
        found += page["items"]
        cursor = page["next_cursor"]
    return found


def replay(feed: list[dict[str, Any]]) -> dict[int, tuple[int, dict[str, Any]]]:
    """Product id → version and values after all changes; fails where one does not fit the last."""
    catalog: dict[int, tuple[int, dict[str, Any]]] = {}
    for change in feed:
        version, values = catalog.get(change["product_id"], (None, None))
        assert change["before"] == values
        assert version is None or change["version"] == version + 1
        if change["after"] is None:
            del catalog[change["product_id"]]
        else:
            catalog[change["product_id"]] = (change["version"], change["after"])
    return catalog


@pytest.mark.parametrize("on_reject", ["skip", "abort"])
def test_the_newer_of_two_files_wins_whichever_is_read_first(
    running: Running, tmp_path: Path, on_reject: str
) -> None:
    rows = (f"W{number},Name of {number},1\n" for number in range(40_000))
    older, newer = tmp_path / "older.csv", tmp_path / "newer.csv"
    older.write_text("sku,name,price\n" + "".join(rows), encoding="utf-8")
    newer.write_text("sku,name,price\nW39999,Name,2\n", encoding="utf-8")
    for price in ("2.00", "1.00"):
        order = [older, newer] if price == "2.00" else [newer, older]
        ids = [running.upload(path, on_reject=on_reject) for path in order]
        for import_id in ids:
            assert running.await_end(import_id)["status"] == "completed"
        page = requests.get(f"{running.url}/api/products?sku=W39999", timeout=30).json()
        assert [item["price"] for item in page["items"]] == [price]


@pytest.mark.parametrize("round_", range(2 * ROUNDS))
def test_everything_at_once_adds_up_in_the_order_of_the_feed(
    running: Running, tmp_path: Path, round_: int
) -> None:
    files = [
        make_file(tmp_path / "first.csv", 0, PRODUCTS),
        make_file(tmp_path / "second.csv", PRODUCTS // 2, 3 * PRODUCTS // 2),
    ]
    is_over = threading.Event()
    with ThreadPoolExecutor(EDITORS) as pool:
        editors = [pool.submit(edit, running, is_over) for _ in range(EDITORS)]
        imports = [running.upload(path) for path in files]
        bulk = running.request(
            "POST", "products/bulk", json={"action": "delete", "filter": {"sku": "7"}}
        )
        ends = [running.await_end(import_id) for import_id in imports]
        deleted = running.await_end(bulk, "change-sets")
        is_over.set()
        statuses = sum((editor.result() for editor in editors), Counter())
    assert [end["status"] for end in (*ends, deleted)] == ["completed"] * 3
    assert set(statuses) <= EXPECTED, statuses
    catalog = {
        product["id"]: (
            product["version"],
            {name: product[name] for name in ("sku", "name", "description", "price", "active")},
        )
        for product in read_all(running, "products")
    }
    feed = read_all(running, "changes")
    assert replay(feed) == catalog
    for change_set in (*(end["change_set_id"] for end in ends), bulk):
        actions = Counter(c["action"] for c in feed if c["change_set_id"] == change_set)
        counts = requests.get(
            f"{running.url}/api/change-sets/{change_set}", timeout=PATIENCE
        ).json()
        assert {k: n for k, n in counts["counts"].items() if n} == dict(actions)
    for end in ends:
        counts = end["counts"]
        assert counts["created"] + counts["updated"] + counts["unchanged"] == PRODUCTS
    deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    assert running.query(deadlocks) == [(0,)]
    assert running.query("SELECT max(attempts) FROM imports") == [(1,)]
