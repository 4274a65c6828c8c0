"""Whatever dies in the middle, an import ends by itself, exactly once, with the right catalog.

Real processes are really killed, at random moments. One round over all the
faults runs with the suite; `make test-faults` runs many.
"""

from __future__ import annotations

import csv
import os
import random
import signal
import socket
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import psutil
import pytest
import redis
import requests

from app.sample import Recipe, save_sample
from tests.conftest import LiveApp, answers, start_live_app, wait_until
from tests.sql import query
from tests.waiting import ATTEMPT, PATIENCE

ROUNDS = int(os.environ.get("FAULT_ROUNDS", "1"))
# One round hits imports that are shorter, and all the denser.
ROWS = 10_000 if ROUNDS == 1 else 40_000
# Seconds in which a fault comes: an import's time, of which the first part is for it to begin.
SPREAD = 0.4 + ROWS / 36_000
# Not done before it is cancelled, however late that is.
CANCELLED_ROWS = 200_000


class Running:
    """A running copy, its processes and its servers."""

    def __init__(self, live: LiveApp) -> None:
        self.url = live.url
        self.supervisor = psutil.Process(live.process.pid)
        environment = self.find("gunicorn")[0].environ()
        self.database_url = environment["DATABASE_URL"].replace("+psycopg2", "")
        self.redis_url = environment["REDIS_URL"]
        self.revision = 0

    def find(self, part: str) -> list[psutil.Process]:
        """The supervisor's own children with `part` in their command line."""
        return [p for p in self.supervisor.children() if any(part in a for a in read_command(p))]

    def horses(self) -> list[psutil.Process]:
        """The processes that jobs run in."""
        return [child for worker in self.find("worker.py") for child in worker.children()]

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """Rows straight from the database."""
        return query(self.database_url, statement)

    def upload(self, path: Path, **fields: str) -> str:
        """Upload a file, once the web answers again; the import's id."""
        wait_until(lambda: answers(f"{self.url}/healthz"))
        with path.open("rb") as file:
            address, files = f"{self.url}/api/imports", {"file": file}
            answer = requests.post(address, files=files, data=fields, timeout=PATIENCE)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def state(self, item_id: str, kind: str = "imports") -> dict[str, Any]:
        """The import or change set, or nothing while the web cannot answer."""
        try:
            answer = requests.get(f"{self.url}/api/{kind}/{item_id}", timeout=ATTEMPT)
        except requests.RequestException:
            return {}
        return dict(answer.json()) if answer.status_code == 200 else {}

    def request(self, method: str, path: str, **options: Any) -> str:
        """Ask for a change set, once the web answers again; its id."""
        wait_until(lambda: answers(f"{self.url}/healthz"))
        answer = requests.request(method, f"{self.url}/api/{path}", timeout=PATIENCE, **options)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def await_end(self, item_id: str, kind: str = "imports") -> dict[str, Any]:
        """The import or change set as it ended."""
        state: dict[str, Any] = {}

        def has_ended() -> bool:
            state.update(self.state(item_id, kind))
            return state.get("finished_at") is not None

        wait_until(has_ended)
        return state


def read_command(process: psutil.Process) -> list[str]:
    """A process's command line; empty when it is gone, or dead and not yet noticed."""
    try:
        return process.cmdline()
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return []


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A copy with two workers and a catalog of the sample's first revision."""
    folder = tmp_path_factory.mktemp("faults") / "data"
    with start_live_app(folder, WORKERS="2", WEB_CONCURRENCY="1") as live:
        copy = Running(live)
        path = make_file(tmp_path_factory.mktemp("first"), 0)
        copy.await_end(copy.upload(path))
        yield copy


def make_file(folder: Path, revision: int, rows: int = ROWS) -> Path:
    """The sample with the prices of `revision`."""
    path = folder / f"revision-{revision}.csv"
    save_sample(Recipe(rows=rows, revision=revision), str(path))
    return path


def read_prices(path: Path) -> dict[str, Decimal | None]:
    """SKU → price, by the plainest means."""
    with path.open(newline="", encoding="utf-8") as file:
        return {
            row["sku"].strip(): Decimal(row["price"]) if row["price"] else None
            for row in csv.DictReader(file)
        }


def kill(processes: list[psutil.Process], how: signal.Signals = signal.SIGKILL) -> None:
    """Signal processes; one that is gone already is as good as killed."""
    for process in processes:
        try:
            process.send_signal(how)
        except psutil.NoSuchProcess:
            continue


def kill_horse(copy: Running) -> None:
    kill(copy.horses())


def kill_reader(copy: Running) -> None:
    kill([reader for horse in copy.horses() for reader in horse.children()])


def kill_workers(copy: Running) -> None:
    kill(copy.find("worker.py"))


def kill_worker_trees(copy: Running) -> None:
    kill([*copy.horses(), *copy.find("worker.py")])


def terminate_workers(copy: Running) -> None:
    kill(copy.find("worker.py"), signal.SIGTERM)


def kill_postgres(copy: Running) -> None:
    kill(copy.find("postgres"))


def kill_a_postgres_backend(copy: Running) -> None:
    [postmaster] = copy.find("bin/postgres")
    kill([p for p in postmaster.children() if "idle in transaction" in " ".join(read_command(p))])


def kill_valkey(copy: Running) -> None:
    kill(copy.find("valkey"))


def wipe_valkey(copy: Running) -> None:
    with redis.Redis.from_url(copy.redis_url) as client:
        client.flushall()


def kill_web(copy: Running) -> None:
    kill(copy.find("gunicorn"))


def deliver_twice(copy: Running) -> None:
    """Push every known job's id onto the queue once more."""
    with redis.Redis.from_url(copy.redis_url) as client:
        for key in client.keys("rq:job:run_*"):
            if key.count(b":") == 2:
                client.rpush("rq:queue:imports", key.split(b":")[2])


FAULTS: list[Callable[[Running], None]] = [
    kill_horse,
    kill_reader,
    kill_workers,
    kill_worker_trees,
    terminate_workers,
    kill_postgres,
    kill_a_postgres_backend,
    kill_valkey,
    wipe_valkey,
    kill_web,
    deliver_twice,
]

BULK_FAULTS = [kill_horse, kill_worker_trees, kill_postgres, wipe_valkey, deliver_twice]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("round_", range(ROUNDS))
def test_an_import_ends_by_itself_exactly_once(
    running: Running, tmp_path: Path, fault: Callable[[Running], None], round_: int
) -> None:
    running.revision += 1
    path = make_file(tmp_path, running.revision)
    versions = dict(running.query("SELECT sku, version FROM products"))
    old = dict(running.query("SELECT sku, price FROM products"))
    import_id = running.upload(path)

    time.sleep(random.uniform(0, SPREAD))
    fault(running)

    state, prices = running.await_end(import_id), read_prices(path)
    changed = sum(old[sku] != price for sku, price in prices.items())
    assert state["status"] == "completed", state["problem"]
    assert state["counts"]["updated"] == changed
    assert state["counts"]["unchanged"] == ROWS - changed
    assert dict(running.query("SELECT sku, price FROM products")) == prices
    assert dict(running.query("SELECT sku, version FROM products")) == {
        sku: versions[sku] + (old[sku] != price) for sku, price in prices.items()
    }
    journaled = running.query(
        "SELECT sku, price FROM changes JOIN revisions ON revisions.id = revision_id "
        f"WHERE change_set_id = '{state['change_set_id']}'"
    )
    assert dict(journaled) == {sku: old[sku] for sku in prices if old[sku] != prices[sku]}
    assert len(journaled) == changed


@pytest.mark.parametrize("fault", BULK_FAULTS)
@pytest.mark.parametrize("round_", range(ROUNDS))
def test_a_bulk_operation_and_its_undo_end_by_themselves_exactly_once(
    running: Running, fault: Callable[[Running], None], round_: int
) -> None:
    everything = "SELECT id, sku, price, active, version, created_at FROM products ORDER BY id"
    before = running.query(everything)
    deletes = random.random() < 0.5
    if deletes:
        made = running.request("DELETE", "products?confirm=all")
    else:
        body = {"action": "deactivate", "all": True}
        made = running.request("POST", "products/bulk", json=body)

    time.sleep(random.uniform(0, SPREAD / 2))
    fault(running)

    state = running.await_end(made, "change-sets")
    assert state["status"] == "completed", state["problem"]
    active = sum(row[3] for row in before)
    counts = {"deleted": len(before)} if deletes else {"updated": active}
    assert {name: n for name, n in state["counts"].items() if n} == counts
    after = running.query(everything)
    if deletes:
        assert after == []
    else:
        assert [row[4] for row in after] == [row[4] + row[3] for row in before]

    undo = running.request("POST", f"change-sets/{made}/undo")
    time.sleep(random.uniform(0, SPREAD / 2))
    fault(running)

    state = running.await_end(undo, "change-sets")
    assert state["status"] == "completed", state["problem"]
    made_by_undo = {"created": len(before)} if deletes else {"updated": active}
    assert {name: n for name, n in state["counts"].items() if n} == made_by_undo
    expected = [(*r[:4], r[4] + (2 if deletes else 2 * r[3]), r[5]) for r in before]
    assert running.query(everything) == expected
    [(journaled,)] = running.query(
        "SELECT count(*) FROM changes JOIN revisions ON revisions.id = revision_id "
        f"WHERE change_set_id IN ('{made}', '{undo}')"
    )
    assert journaled == 2 * sum(counts.values())


def test_an_import_whose_job_was_never_queued_is_found(running: Running, tmp_path: Path) -> None:
    running.revision += 1
    import_id = running.upload(make_file(tmp_path, running.revision))
    running.await_end(import_id)
    # As a web process leaves it that dies between the commit and the queue.
    copied = running.query(
        "WITH lost AS (INSERT INTO imports (filename, size_bytes, preview, mode, on_reject, wishes,"
        " status, counts, progress, mapping, ignored_columns, columns, sample_changes)"
        " SELECT filename, size_bytes, preview, mode, on_reject, wishes, 'queued', "
        """'{"rows": 0}', '{"percent": 0}', '{}', '[]', '[]', '[]' """
        f"FROM imports WHERE id = '{import_id}' RETURNING id), "
        "chunks AS (INSERT INTO import_chunks SELECT lost.id, position, data FROM import_chunks,"
        f" lost WHERE import_id = '{import_id}') SELECT id FROM lost"
    )
    lost = str(copied[0][0])
    assert running.await_end(lost)["counts"]["unchanged"] == ROWS


@pytest.mark.parametrize("percent", [0, 20, 60])
def test_a_cancel_takes_effect_and_changes_nothing(
    running: Running, tmp_path: Path, percent: int
) -> None:
    before = running.query("SELECT sku, price, version FROM products ORDER BY id")
    import_id = running.upload(make_file(tmp_path, running.revision + 1, rows=CANCELLED_ROWS))
    wait_until(lambda: running.state(import_id)["progress"]["percent"] >= percent)
    answer = requests.post(f"{running.url}/api/imports/{import_id}/cancel", timeout=PATIENCE)
    assert answer.status_code == 202, answer.text
    assert running.state(import_id)["status"] == "cancelled"
    in_transaction = (
        "SELECT count(*) FROM pg_stat_activity WHERE state LIKE '%in transaction%' "
        "OR query LIKE 'MERGE%' AND state = 'active'"
    )
    wait_until(lambda: running.query(in_transaction)[0][0] == 0)
    assert running.query("SELECT sku, price, version FROM products ORDER BY id") == before


def test_two_imports_of_the_same_products_at_once_take_turns(
    running: Running, tmp_path: Path
) -> None:
    running.revision += 1
    forward = make_file(tmp_path, running.revision)
    with forward.open(newline="", encoding="utf-8") as file:
        header, *rows = list(csv.reader(file))
    backward = tmp_path / "backward.csv"
    with backward.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *reversed(rows)])
    ids = [running.upload(path) for path in (forward, backward)]
    states = [running.await_end(import_id) for import_id in ids]
    assert [state["status"] for state in states] == ["completed", "completed"]
    counts = [state["counts"] for state in states]
    assert sum(c["updated"] for c in counts) + sum(c["unchanged"] for c in counts) == 2 * ROWS
    assert 0 in [c["updated"] for c in counts]
    listed = ", ".join(f"'{import_id}'" for import_id in ids)
    attempts = running.query(f"SELECT max(attempts) FROM imports WHERE id IN ({listed})")
    assert attempts == [(1,)]  # nobody was thrown out of a deadlock


def test_a_broken_off_upload_leaves_no_import(running: Running) -> None:
    before = running.query("SELECT count(*) FROM imports")
    host, _, port = running.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port))) as client:
        client.sendall(
            b"POST /api/imports HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\n"
            b"Content-Length: 100000\r\n\r\nsku,name\nA,Half\n"
        )
        client.shutdown(socket.SHUT_WR)
        assert b" 400 " in client.recv(4096).splitlines()[0]
    assert running.query("SELECT count(*) FROM imports") == before


def test_a_client_that_announces_too_much_is_told_so(running: Running) -> None:
    host, _, port = running.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as client:
        client.sendall(
            b"POST /api/imports HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\n"
            b"Content-Length: 99999999999\r\n\r\nsku,name\n"
        )
        assert b" 413 " in client.recv(4096).splitlines()[0]
