"""What webhooks are told of: edits one by one, imports and bulk operations in batches."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa

from app import page_bytes
from app.changes import announcing
from app.changes.announcements import Asked
from app.extensions import db
from app.webhooks.jobs import current_setup
from app.webhooks.models import events, webhooks
from tests.changes.factories import Catalog

untold: list[int] = []
NOWHERE = "https://203.0.113.1/hook"


def subscribe(*wanted: str, each_row: bool = False) -> None:
    """Somebody who wants to know; what is sent does not arrive."""
    with db.engine.begin() as connection:
        connection.execute(
            sa.insert(webhooks).values(
                url=NOWHERE,
                description="",
                events=list(wanted),
                each_row=each_row,
                enabled=True,
                secret="",
            )
        )


def told(event_type: str | None = None) -> list[dict[str, Any]]:
    """The data of what is to be told, oldest first; with its type where none is asked for."""
    statement = sa.select(events.c.type, events.c.body).order_by(events.c.id)
    with db.engine.connect() as connection:
        rows = connection.execute(statement).all()
    return [
        json.loads(body)["data"]
        for found, body in rows
        if event_type is None or found == event_type
    ]


def announce() -> None:
    """Do what the dispatcher does before it sends."""
    while announcing.announce_changes(db.engine, untold.append):
        pass


def test_an_edit_is_told_with_the_products_values(catalog: Catalog) -> None:
    product = catalog.create("A", price="1.50")
    catalog.edit(product, name="New")
    catalog.edit(product, name="New")
    catalog.delete(product)
    assert [item["version"] for item in told()] == [1, 2, 3]
    assert told("product.updated") == [
        {
            "id": product,
            "sku": "A",
            "name": "New",
            "description": "",
            "price": "1.50",
            "active": True,
            "version": 2,
            "change_set_id": None,
        }
    ]


def test_an_edit_that_is_refused_is_not_told(catalog: Catalog) -> None:
    catalog.create("A")
    catalog.client.post("/api/products", json={"sku": "a", "name": "n"})
    assert len(told()) == 1


def test_an_import_is_told_in_batches_of_changed_rows_only(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcing, "CHANGES_AT_ONCE", 130)
    kept = catalog.create("S000", name="Name")
    subscribe("products.changed")
    made = catalog.load("sku,name\n" + "".join(f"S{n:03},Name\n" for n in range(251)))
    announce()
    batches = told("products.changed")
    items = [item for batch in batches for item in batch["items"]]
    assert {batch["change_set_id"] for batch in batches} == {made}
    assert max(len(batch["items"]) for batch in batches) == 100
    assert len({item["id"] for item in items}) == len(items) == 250
    assert kept not in [item["id"] for item in items]
    assert items[0].keys() == {"action", "id", "sku", "version"}
    assert told("product.updated") == []


def test_who_wants_each_row_is_told_of_each(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcing, "ROWS_AT_ONCE", 1)
    subscribe("product.updated", "product.created", each_row=True)
    catalog.load("sku,name\nA,N\nB,N\n")
    catalog.load("sku,name\nA,New\nB,N\n")
    announce()
    assert [(item["sku"], item["name"]) for item in told("product.created")] == [
        ("A", "N"),
        ("B", "N"),
    ]
    assert [item["name"] for item in told("product.updated")] == ["New"]
    assert told("products.changed") == []


def test_bulk_operations_and_undos_are_told_in_batches(catalog: Catalog) -> None:
    subscribe("*")
    catalog.load("sku,name\nA,N\nB,N\n")
    deleted = catalog.delete_all()
    catalog.undo(deleted["id"])
    announce()
    assert [
        [(item["action"], item["version"]) for item in batch["items"]]
        for batch in told("products.changed")
    ] == [[("created", 1)] * 2, [("deleted", 2)] * 2, [("created", 3)] * 2]


def test_an_import_that_nobody_wants_to_know_of_writes_no_events_of_its_rows(
    catalog: Catalog,
) -> None:
    subscribe("import.completed")
    catalog.load("sku,name\nA,N\n")
    with db.engine.connect() as connection:
        asked = connection.execute(sa.text("SELECT count(*) FROM announcements")).scalar()
    assert asked == 0
    announce()
    [ended] = told()
    assert (ended["counts"]["created"], ended["status"]) == (1, "completed")
    assert ended["links"]["change_set"] == f"/api/change-sets/{ended['change_set_id']}"


def test_failed_and_cancelled_imports_are_told_with_the_reason(catalog: Catalog) -> None:
    failed = catalog.client.post(
        "/api/imports?filename=a.csv&on_reject=abort",
        data="sku,name\n,N\nA,N\n",
        content_type="text/csv",
    )
    catalog.run_jobs()
    cancelled = catalog.client.post(
        "/api/imports?filename=b.csv", data="sku,name\nA,N\n", content_type="text/csv"
    )
    catalog.client.post(f"{cancelled.headers['Location']}/cancel")
    catalog.run_jobs()
    assert [item["id"] for item in told("import.failed")] == [failed.get_json()["id"]]
    assert told("import.failed")[0]["problem"]["type"] == "/problems/rejected-rows"
    assert [item["filename"] for item in told("import.cancelled")] == ["b.csv"]


def test_a_preview_is_not_told(catalog: Catalog) -> None:
    catalog.client.post(
        "/api/imports?preview=true&filename=a.csv", data="sku,name\nA,N\n", content_type="text/csv"
    )
    catalog.run_jobs()
    assert told() == []


@pytest.fixture
def by_hand(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> Catalog:
    """A catalog whose jobs announce nothing: the test does."""
    monkeypatch.setattr(current_setup(), "feeds", ())
    return catalog


@pytest.mark.parametrize("each_row", [False, True])
def test_a_change_that_nobody_knows_any_more_is_counted_and_the_others_are_told(
    by_hand: Catalog, each_row: bool
) -> None:
    untold.clear()
    subscribe("products.changed", each_row=each_row)
    by_hand.load("sku,name\nA,N\nB,N\nC,N\n")
    with db.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM products WHERE sku = 'B'"))
    by_hand.load("sku,name\nD,N\n")
    announce()
    batches = [[item["sku"] for item in batch["items"]] for batch in told("products.changed")]
    assert batches == [["A", "C"], ["D"]]
    assert [item["sku"] for item in told("product.created")] == ["A", "C", "D"] * each_row
    assert untold == [1]


def test_a_revision_that_fails_waits_longer_each_time_and_lets_the_others_by(
    by_hand: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe("products.changed")
    failing, _ = by_hand.load("sku,name\nA,N\n"), by_hand.load("sku,name\nB,N\n")
    tell = announcing._record_piece

    def fail_for_one(connection: sa.Connection, asked: Asked) -> int:
        if asked.change_set_id == failing:
            raise MemoryError
        return tell(connection, asked)

    waits = []
    with monkeypatch.context() as broken:
        broken.setattr(announcing, "_record_piece", fail_for_one)
        for _ in range(3):
            announce()
            with db.engine.begin() as connection:
                waits.append(
                    connection.scalar(
                        sa.text(
                            "SELECT round(extract(epoch FROM next_at - clock_timestamp())) "
                            "FROM announcements"
                        )
                    )
                )
                connection.execute(sa.text("UPDATE announcements SET next_at = now()"))
    assert [batch["items"][0]["sku"] for batch in told("products.changed")] == ["B"]
    assert len(waits) == 3
    assert waits == sorted(set(waits))
    announce()
    assert [batch["items"][0]["sku"] for batch in told("products.changed")] == ["B", "A"]
    assert untold_of_database() == 0


def untold_of_database() -> int:
    """How many revisions are still to be told of."""
    with db.engine.connect() as connection:
        return int(connection.execute(sa.text("SELECT count(*) FROM announcements")).scalar_one())


def test_large_texts_are_told_in_pieces_and_batches_do_not_read_them(
    by_hand: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_bytes, "PAGE_BYTES", 1000)
    subscribe("products.changed")
    rows = [f"S{n},N,{'x' * 600}\n" for n in range(7)]
    by_hand.load("sku,name,description\n" + "".join(rows))
    announce()
    assert [len(batch["items"]) for batch in told("products.changed")] == [7]
    subscribe("product.updated", each_row=True)
    by_hand.load("sku,name,description\n" + "".join(row.replace("N", "M") for row in rows))
    announce()
    assert [item["sku"] for item in told("product.updated")] == [f"S{n}" for n in range(7)]
    pieces = [len(batch["items"]) for batch in told("products.changed")[1:]]
    assert (sum(pieces), max(pieces) < 7) == (7, True)
