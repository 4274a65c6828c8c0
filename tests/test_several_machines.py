"""Several machines on one PostgreSQL and one Valkey: each thing is done once, and nobody is missed.

Every process runs in a folder of its own, with its own copy of the code. They are
killed as a machine without power is; the others go on.
"""

from __future__ import annotations

import random
import re
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from app.housekeeping import LOOK_SECONDS
from app.webhooks.pace import USUAL_LIMIT
from tests.conftest import wait_until
from tests.machines import Fleet, Machine
from tests.test_concurrency import replay
from tests.test_faults import ROUNDS
from tests.waiting import PATIENCE
from tests.webhooks.receiver import Received, Receiver, Reply

ROWS, PAIRS, EDITS = 4_000, 3, 60
AGED = """
UPDATE imports SET created_at = now() - interval '8 days';
UPDATE events SET created_at = now() - interval '31 days';
UPDATE revisions SET at = now() - interval '31 days';
UPDATE chores SET due_at = now();
"""
DONE = re.compile(r"housekeeping: ([a-z ]+): \d+ rows")
KEPT = "SELECT (SELECT count(*) FROM import_chunks), (SELECT count(*) FROM changes)"


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """All machines, started."""
    with ExitStack() as stack:
        fleet = Fleet(tmp_path_factory.mktemp("machines"), stack)
        stack.callback(fleet.stop)
        fleet.start()
        yield fleet


@pytest.fixture
def fleet(machines: Fleet) -> Fleet:
    """All machines, up again after an earlier test, without its webhooks."""
    for machine in machines.machines:
        if machine.process.poll() is not None:
            machine.start()
    for webhook in machines.request("GET", "webhooks").json()["items"]:
        machines.request("DELETE", f"webhooks/{webhook['id']}")
    return machines


@pytest.fixture
def tag() -> str:
    """What the SKUs of one test begin with."""
    return uuid4().hex[:8]


def write_rows(tag: str, rows: int) -> bytes:
    lines = (f"{tag}-{n},Name of {tag}-{n},{n % 999}.50\n" for n in range(rows))
    return ("sku,name,price\n" + "".join(lines)).encode()


def upload(fleet: Fleet, content: bytes, web: int = 0) -> str:
    """Upload to one web process, or to the other while that one is down; the import's id."""
    headers = {"Content-Type": "text/csv"}
    return str(fleet.request("POST", "imports", web, data=content, headers=headers).json()["id"])


def await_end(fleet: Fleet, import_id: str, web: int = 0) -> dict[str, Any]:
    """Follow an import on one web process until it has ended."""
    state: dict[str, Any] = {}

    def has_ended() -> bool:
        state.update(fleet.request("GET", f"imports/{import_id}", web).json())
        return state["finished_at"] is not None

    wait_until(has_ended)
    return state


def subscribe(fleet: Fleet, receiver: Receiver) -> str:
    """A webhook for everything; its id."""
    return str(fleet.request("POST", "webhooks", json={"url": receiver.url}).json()["id"])


def edit(fleet: Fleet, products: list[int]) -> None:
    """Give each product a price of its own, by either web process."""
    for number, product_id in enumerate(products):
        body = {"price": f"{number}.25"}
        fleet.request("PATCH", f"products/{product_id}", number % 2, json=body)


def kill_in_turn(machines: list[Machine]) -> None:
    """Kill each at a moment of chance, and have it back a while later."""
    for machine in random.sample(machines, len(machines)):
        time.sleep(random.uniform(0, 1))
        machine.kill()
        time.sleep(random.uniform(0, 1))
        machine.start()


def told(received: list[Received]) -> set[tuple[int, int]]:
    """Product and version of every change that a receiver was told of."""
    found = set()
    for request in received:
        data = request.message["data"]
        items = data.get("items") or ([data] if "version" in data else [])
        found |= {(item["id"], item["version"]) for item in items}
    return found


def read_feed(fleet: Fleet, tag: str) -> list[dict[str, Any]]:
    """Every change of a test's products, oldest first."""
    found: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        follow = f"&cursor={cursor}" if cursor else ""
        page = fleet.request("GET", f"changes?limit=500{follow}").json()
        found += [i for i in page["items"] if (i["after"] or i["before"])["sku"].startswith(tag)]
        cursor = page["next_cursor"]
    return found


def check_imports(fleet: Fleet) -> None:
    """Each import has ended well, whoever took it and however often it was begun."""
    for status, counts in fleet.query("SELECT status, counts FROM imports"):
        assert status == "completed"
        assert counts["created"] + counts["unchanged"] == counts["rows"]


def check_deliveries(fleet: Fleet, received: list[Received]) -> None:
    """Whoever was told twice was so because the one who told it died."""
    claims = dict(fleet.query("SELECT event_id::text, claims FROM deliveries"))
    times = Counter(request.event_id for request in received)
    assert {event_id for event_id in times if times[event_id] > claims[event_id]} == set()


def check_catalog(fleet: Fleet, feed: list[dict[str, Any]], tag: str) -> None:
    """What is stored is what the changes make, one after the other."""
    made = f"SELECT id, version, sku, price FROM products WHERE sku LIKE '{tag}%'"
    assert {row[0]: row[1:] for row in fleet.query(made)} == {
        product_id: (version, values["sku"], Decimal(values["price"]))
        for product_id, (version, values) in replay(feed).items()
    }


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_nothing_is_lost_or_done_twice_whichever_machine_dies(
    fleet: Fleet, tag: str, round_: int
) -> None:
    pairs = [[write_rows(f"{tag}-{n}-{of}", ROWS) for of in range(2)] for n in range(PAIRS)]
    await_end(fleet, upload(fleet, write_rows(f"{tag}-e", EDITS)), web=1)
    edited = [i for (i,) in fleet.query(f"SELECT id FROM products WHERE sku LIKE '{tag}%'")]
    before = len(read_feed(fleet, tag))
    with (
        Receiver(lambda _: Reply(seconds=random.uniform(0, 0.1))) as receiver,
        ThreadPoolExecutor(2) as pool,
    ):
        webhook = subscribe(fleet, receiver)
        work: list[Future[None]] = [pool.submit(kill_in_turn, fleet.machines)]
        work.append(pool.submit(edit, fleet, edited))
        # Two at a time, so that each worker has one whenever it is killed.
        for pair in pairs:
            ids = [upload(fleet, content, web=n) for n, content in enumerate(pair)]
            for number, import_id in enumerate(ids):
                await_end(fleet, import_id, web=1 - number)
        for future in work:
            future.result()
        check_imports(fleet)
        feed = read_feed(fleet, tag)
        changes = {(change["product_id"], change["version"]) for change in feed[before:]}
        assert len(feed) - before == len(changes) == 2 * PAIRS * ROWS + EDITS
        wait_until(lambda: told(receiver.received) >= changes)
        pending = f"SELECT id FROM deliveries WHERE webhook_id = '{webhook}' AND status = 'pending'"
        wait_until(lambda: not fleet.query(pending))
        assert told(receiver.received) == changes
        check_deliveries(fleet, receiver.received)
    check_catalog(fleet, feed, tag)


def test_an_import_whose_worker_dies_is_taken_over(fleet: Fleet, tag: str) -> None:
    with fleet.frozen_catalog() as someone_waits:
        import_id = upload(fleet, write_rows(tag, ROWS))
        wait_until(someone_waits)
        [victim] = [worker for worker in fleet.imports if worker.is_at_work]
        victim.kill()
    end = await_end(fleet, import_id, web=1)
    assert (end["status"], end["counts"]["created"]) == ("completed", ROWS)
    assert fleet.query(f"SELECT attempts FROM imports WHERE id = '{import_id}'") == [(2,)]


def test_what_a_dead_webhooks_worker_was_sending_is_sent_by_another(fleet: Fleet, tag: str) -> None:
    with Receiver(lambda _: Reply(seconds=60)) as receiver:
        subscribe(fleet, receiver)
        fleet.webhooks[0].kill()
        fleet.request("POST", "products", json={"sku": tag, "name": "Told of"})
        wait_until(lambda: len(receiver.received) == 1)
        fleet.webhooks[0].start()
        fleet.webhooks[1].kill()
        wait_until(lambda: len(receiver.received) == 2)
        first, second = receiver.received
        assert first.event_id == second.event_id


@pytest.mark.parametrize("dead", [0, 1])
def test_the_catalog_is_indexed_by_whichever_webhooks_worker_lives(
    fleet: Fleet, tag: str, dead: int
) -> None:
    fleet.webhooks[dead].kill()
    await_end(fleet, upload(fleet, write_rows(tag, 2_000)))
    behind = (
        "SELECT (SELECT max(position) FROM revisions) - (SELECT position FROM catalog_index_state)"
    )
    wait_until(lambda: fleet.query(behind) == [(0,)])


def test_two_webhooks_workers_send_twice_as_much_at_once(fleet: Fleet, tag: str) -> None:
    with Receiver(lambda _: Reply(seconds=PATIENCE)) as receiver:
        subscribe(fleet, receiver)
        await_end(fleet, upload(fleet, write_rows(tag, ROWS)))
        # Of these none is answered.
        wait_until(lambda: len(receiver.received) > USUAL_LIMIT)
        assert len(receiver.received) <= 2 * USUAL_LIMIT


def test_chores_are_done_once_whatever_the_number_of_machines(fleet: Fleet, tag: str) -> None:
    await_end(fleet, upload(fleet, write_rows(tag, 3)))
    edit(fleet, [i for (i,) in fleet.query(f"SELECT id FROM products WHERE sku LIKE '{tag}%'")])
    said = Counter(DONE.findall(fleet.log))
    fleet.query(AGED)
    wait_until(lambda: fleet.query(KEPT) == [(0, 0)])
    names = ("old uploads", "journal", "old events")
    due = f"SELECT name FROM chores WHERE name IN {names} AND due_at <= now()"
    wait_until(lambda: not fleet.query(due))
    time.sleep(LOOK_SECONDS + 1)  # in which each machine looks once more
    done = Counter(DONE.findall(fleet.log)) - said
    assert {name: done[name] for name in names} == dict.fromkeys(names, 1)
