"""What the journal says of single changes: lists, histories, and what is purged of them."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa
from flask import current_app

from app import page_bytes
from app.changes import jobs
from app.changes.models import changes, revisions
from app.extensions import db
from app.products.jobs import sweep_bulk_operations
from tests.changes.factories import Catalog
from tests.chores import do_now


def test_a_products_history_tells_what_was_before_and_after(catalog: Catalog) -> None:
    product = catalog.create("A", price="1.00")
    catalog.edit(product, sku="B", price="2.00")
    catalog.load("sku,name\nb,Imported\n")
    catalog.delete(product)
    history = catalog.items(f"/api/products/{product}/history")
    assert [item["action"] for item in history] == ["deleted", "updated", "updated", "created"]
    assert [item["version"] for item in history] == [4, 3, 2, 1]
    assert [item["sku"] for item in history] == ["B", "B", "B", "A"]
    befores = [item["before"] and item["before"]["name"] for item in history]
    assert befores == ["Imported", "A", "A", None]
    for newer, older in pairwise(history):
        assert newer["before"] == older["after"]
    assert history[0]["after"] is None
    assert [item["change_set_id"] is None for item in history] == [True, False, True, True]
    assert {item["actor"] for item in history} == {"local"}


def test_an_edit_that_changes_nothing_is_not_journaled(catalog: Catalog) -> None:
    product = catalog.create("A", price="1.00")
    catalog.edit(product, price="1.00", name="A")
    assert len(catalog.items(f"/api/products/{product}/history")) == 1


def test_a_refused_edit_is_not_journaled(catalog: Catalog) -> None:
    catalog.create("A")
    assert catalog.client.post("/api/products", json={"sku": "a", "name": "n"}).status_code == 409
    assert len(catalog.items("/api/changes")) == 1


@pytest.mark.parametrize("product_id", ["1", "9" * 30])
def test_a_product_that_never_was_has_no_history(catalog: Catalog, product_id: str) -> None:
    answer = catalog.client.get(f"/api/products/{product_id}/history")
    assert (answer.status_code, answer.get_json()["type"]) == (404, "/problems/not-found")


def test_a_change_sets_changes_are_found_by_sku(catalog: Catalog) -> None:
    rows = "".join(f"S{n:03},Name of {n}\n" for n in range(120))
    made = catalog.load(f"sku,name\n{rows}")
    assert len(catalog.items(f"/api/change-sets/{made}/changes")) == 120
    path = f"/api/change-sets/{made}/changes?sku=s01"
    assert [item["sku"] for item in catalog.items(path)] == [f"S{n:03}" for n in range(10, 20)]
    page = catalog.client.get(f"{path}&limit=3").get_json()
    assert (len(page["items"]), page["total"]) == (3, 10)


def test_bulk_operations_touch_what_they_are_told_and_what_is_not_so_already(
    catalog: Catalog,
) -> None:
    ids = [catalog.create(sku, active=sku != "B") for sku in ("A", "B", "C", "AB")]
    done = catalog.bulk(action="deactivate", ids=ids[:2])
    assert (done["counts"]["updated"], done["kind"]) == (1, "bulk_deactivate")
    assert done["subject"] == "2 chosen products"
    done = catalog.bulk(action="activate", filter={"sku": "b"})
    assert (done["counts"]["updated"], done["subject"]) == (1, "products with SKU b")
    done = catalog.bulk(action="delete", ids=[*ids[1:], 10**15])
    assert done["counts"]["deleted"] == 3
    assert list(catalog.values()) == ids[:1]
    assert done["progress"]["percent"] == 100


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"action": "delete"}, "/ids"),
        ({"action": "delete", "ids": []}, "/ids"),
        ({"action": "delete", "ids": [0]}, "/ids/0"),
        ({"action": "delete", "ids": [10**30]}, "/ids/0"),
        ({"action": "delete", "ids": ["1"]}, "/ids/0"),
        ({"action": "delete", "ids": [1], "all": True}, "/all"),
        ({"action": "delete", "all": False}, "/all"),
        ({"action": "delete", "filter": {}}, "/filter"),
        ({"action": "delete", "filter": {"skuu": "x"}}, "/filter/skuu"),
        ({"action": "delete", "filter": "x"}, "/filter"),
        ({"action": "burn", "all": True}, "/action"),
        ({"all": True}, "/action"),
    ],
)
def test_a_bulk_operation_that_is_not_clear_is_refused(
    catalog: Catalog, body: dict[str, object], pointer: str
) -> None:
    answer = catalog.client.post("/api/products/bulk", json=body)
    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.get_json()["errors"]]


@pytest.mark.parametrize("query", ["", "?confirm=", "?confirm=yes", "?confirm=ALL"])
def test_nothing_is_deleted_without_the_word(catalog: Catalog, query: str) -> None:
    catalog.create("A")
    answer = catalog.client.delete(f"/api/products{query}")
    assert (answer.status_code, answer.get_json()["type"]) == (400, "/problems/not-confirmed")
    catalog.run_jobs()
    assert len(catalog.values()) == 1


def test_what_is_too_old_is_purged_in_the_order_it_came(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "PURGED_AT_ONCE", 2)
    made = catalog.load("sku,name\n" + "".join(f"S{n},N\n" for n in range(5)))
    first = catalog.client.get("/api/changes?limit=3").get_json()["next_cursor"]
    whole = catalog.client.get("/api/changes").get_json()["next_cursor"]
    with db.engine.begin() as connection:
        connection.execute(sa.update(revisions).values(at=revisions.c.at - timedelta(days=31)))
    catalog.create("later")
    for _ in range(2):
        do_now(jobs.JOURNAL)
    with db.engine.connect() as connection:
        assert connection.execute(sa.select(changes.c.sku)).scalars().all() == ["later"]
    assert catalog.client.post(f"/api/change-sets/{made}/undo").status_code == 409
    assert catalog.items(f"/api/change-sets/{made}/changes") == []
    assert [item["sku"] for item in catalog.items("/api/changes")] == ["later"]
    answer = catalog.client.get(f"/api/changes?cursor={first}")
    assert (answer.status_code, answer.get_json()["type"]) == (410, "/problems/cursor-expired")
    [item] = catalog.client.get(f"/api/changes?cursor={whole}").get_json()["items"]
    assert item["sku"] == "later"


def test_lists_of_changes_with_large_texts_come_in_short_pages_both_ways(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(f"S{n},N,{'x' * 600}\n" for n in range(9))
    catalog.load(f"sku,name,description\n{rows}")
    made = catalog.load(f"sku,name,description\n{rows.replace('x', 'y')}")
    path = f"/api/change-sets/{made}/changes?limit=8"
    whole = [item["product_id"] for item in catalog.items(path)]
    monkeypatch.setattr(page_bytes, "PAGE_BYTES", 3000)
    assert [item["product_id"] for item in catalog.items(path)] == whole
    page = catalog.client.get(path).get_json()
    assert (1 <= len(page["items"]) <= 4, page["total"]) == (True, 9)
    while page["next_cursor"]:
        page = catalog.client.get(f"{path}&cursor={page['next_cursor']}").get_json()
    back = page["items"]
    while page["prev_cursor"]:
        page = catalog.client.get(f"{path}&cursor={page['prev_cursor']}").get_json()
        assert len(page["items"]) <= 4
        back = page["items"] + back
    assert [item["product_id"] for item in back] == whole


@pytest.mark.parametrize("wanted", ["bulk", "undo"])
def test_work_whose_job_was_lost_is_found_and_done_as_what_it_is(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch, wanted: str
) -> None:
    monkeypatch.setattr(jobs, "LOST_AFTER_SECONDS", 0)
    made = catalog.load("sku,name\nA,N\n")
    path = "products/bulk" if wanted == "bulk" else f"change-sets/{made}/undo"
    body = {"action": "delete", "all": True} if wanted == "bulk" else None
    answer = catalog.client.post(f"/api/{path}", json=body)
    current_app.extensions["redis"].flushdb()
    jobs.sweep_undos()
    sweep_bulk_operations()
    catalog.run_jobs()
    done = catalog.client.get(answer.headers["Location"]).get_json()
    assert (done["status"], done["counts"]["deleted"]) == ("completed", 1)


def test_the_log_of_completed_work_can_be_written(
    catalog: Catalog, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        catalog.load("sku,name\nA,N\n")
        catalog.delete_all()
    told = [vars(record)["counts"] for record in caplog.records if "change set" in record.message]
    assert [counts["deleted"] for counts in told] == [1]
