"""Taking changes back over the API."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.changes import jobs, undo
from app.changes.models import change_sets
from app.changes.purge import purge_changes
from app.extensions import db
from tests.changes.factories import Catalog
from tests.changes.plans import explaining

FILE = "sku,name,price\nA,New name,2\nB,Name of B,\nC,Name of C,3\n"


def counts(**named: int) -> dict[str, int]:
    """A change set's counts, 0 where not named."""
    return {"created": 0, "updated": 0, "deleted": 0, "kept": 0, **named}


def test_an_undone_import_leaves_the_catalog_as_it_was(catalog: Catalog) -> None:
    catalog.create("a", price="1.00", description="Old")
    before = catalog.values()
    made = catalog.load(FILE)
    assert catalog.values() != before
    undo = catalog.undo(made)
    assert undo["counts"] == counts(updated=1, deleted=2)
    assert (undo["kind"], undo["undo_of"]) == ("undo", made)
    assert undo["subject"] == "import of products.csv"
    assert catalog.values() == before
    assert catalog.client.get(f"/api/change-sets/{made}").get_json()["undone_by"] == undo["id"]


def test_what_was_edited_since_is_kept_and_listed_with_the_reason(catalog: Catalog) -> None:
    first = catalog.create("a", price="1.00")
    made = catalog.load(FILE)
    catalog.edit(first, price="9.00")
    ids = {values[0]: product for product, values in catalog.values().items()}
    catalog.edit(ids["B"], active=False)
    foreseen = catalog.client.get(f"/api/change-sets/{made}/undo").get_json()
    undo = catalog.undo(made)
    assert undo["counts"] == foreseen == counts(deleted=1, kept=2)
    listed = catalog.items(f"/api/change-sets/{undo['id']}/changes?limit=1")
    assert [item["action"] for item in listed] == ["kept", "kept", "deleted"]
    path = f"/api/change-sets/{undo['id']}/changes?action=kept"
    kept = {item["sku"]: item["reason"] for item in catalog.items(path)}
    assert catalog.client.get(path).get_json()["total"] == 2
    assert kept == {"a": "edited since", "B": "edited since"}
    assert catalog.values()[first][3] == "9.00"


def test_what_was_edited_and_edited_back_is_as_the_import_left_it(catalog: Catalog) -> None:
    made = catalog.load(FILE)
    ids = {values[0]: product for product, values in catalog.values().items()}
    catalog.edit(ids["A"], price="5.00")
    catalog.edit(ids["A"], price="2.00")
    assert catalog.undo(made)["counts"] == counts(deleted=3)


def test_changes_are_undone_one_after_the_other(catalog: Catalog) -> None:
    first = catalog.load(FILE)
    empty_after = catalog.bulk(action="deactivate", all=True)
    catalog.undo(empty_after["id"])
    assert catalog.undo(first)["counts"] == counts(deleted=3)
    assert catalog.values() == {}


def test_deleted_products_come_back_with_their_ids_and_times(catalog: Catalog) -> None:
    catalog.load(FILE)
    before = {p["id"]: p for p in catalog.items("/api/products")}
    deleted = catalog.delete_all()
    assert deleted["counts"] == counts(deleted=3)
    assert catalog.values() == {}
    assert catalog.undo(deleted["id"])["counts"] == counts(created=3)
    after = {p["id"]: p for p in catalog.items("/api/products")}
    same = ("id", "sku", "name", "description", "price", "active", "created_at")
    assert [{n: p[n] for n in same} for p in after.values()] == [
        {n: p[n] for n in same} for p in before.values()
    ]
    assert {p["version"] for p in after.values()} == {3}


def test_a_sku_taken_by_a_new_product_is_left_to_it(catalog: Catalog) -> None:
    catalog.load(FILE)
    deleted = catalog.delete_all()
    new = catalog.create("b", name="Another")
    foreseen = catalog.client.get(f"/api/change-sets/{deleted['id']}/undo").get_json()
    undo = catalog.undo(deleted["id"])
    assert undo["counts"] == foreseen == counts(created=2, kept=1)
    assert catalog.values()[new][1] == "Another"
    kept = [
        item
        for item in catalog.items(f"/api/change-sets/{undo['id']}/changes")
        if item["action"] == "kept"
    ]
    assert [(item["sku"], item["reason"]) for item in kept] == [
        ("B", "its SKU belongs to another product now")
    ]


def test_an_undo_can_be_undone(catalog: Catalog) -> None:
    made = catalog.load(FILE)
    after = catalog.values()
    undo = catalog.undo(made)
    assert catalog.undo(undo["id"])["counts"] == counts(created=3)
    assert catalog.values() == after


def test_a_product_that_was_created_and_is_gone_is_no_business_of_the_undo(
    catalog: Catalog,
) -> None:
    made = catalog.load(FILE)
    catalog.delete(next(iter(catalog.values())))
    assert catalog.undo(made)["counts"] == counts(deleted=2)


def test_nothing_is_undone_twice(catalog: Catalog) -> None:
    made = catalog.load(FILE)
    catalog.undo(made)
    answer = catalog.client.post(f"/api/change-sets/{made}/undo")
    assert (answer.status_code, answer.get_json()["type"]) == (409, "/problems/not-undoable")


def test_what_is_too_old_is_not_undone(catalog: Catalog) -> None:
    made = catalog.load(FILE)
    with db.engine.begin() as connection:
        connection.execute(
            sa.update(change_sets).values(
                undoable_until=change_sets.c.undoable_until - timedelta(days=31)
            )
        )
    answer = catalog.client.post(f"/api/change-sets/{made}/undo")
    assert (answer.status_code, answer.get_json()["detail"]) == (
        409,
        "It is too old. What was before is no longer kept.",
    )


def test_an_import_that_changes_nothing_makes_a_change_set_that_says_so(catalog: Catalog) -> None:
    catalog.load(FILE)
    made = catalog.load(FILE)
    stored = catalog.client.get(f"/api/change-sets/{made}").get_json()
    assert (stored["counts"], stored["subject"]) == (counts(), "products.csv")
    assert catalog.undo(made)["counts"] == counts()


@pytest.mark.parametrize("path", ["", "/changes", "/undo"])
def test_an_unknown_change_set_is_not_found(catalog: Catalog, path: str) -> None:
    unknown = "/api/change-sets/01930000-0000-7000-8000-000000000000"
    assert catalog.client.get(unknown + path).status_code == 404


@pytest.fixture
def misjudged(catalog: Catalog) -> str:
    """The change set that deleted all products; the planner thinks there never are any."""
    catalog.load("sku,name\n" + "".join(f"{n},Name\n" for n in range(3_000)))
    deleted = catalog.delete_all()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("ANALYZE products"))
    return str(deleted["id"])


def test_an_undo_reads_each_range_once_though_the_catalog_is_thought_empty(
    catalog: Catalog, misjudged: str
) -> None:
    with explaining() as plans:
        catalog.client.get(f"/api/change-sets/{misjudged}/undo")
        undo = catalog.undo(misjudged)
        assert catalog.undo(undo["id"])["counts"] == counts(deleted=3_000)
    assert len([plan for plan in plans if "Hash" in plan]) >= 5
    # A loop is right where ranges are expanded; that one needs no filter.
    assert [plan for plan in plans if re.search(r"Nested Loop.*\n *Join Filter", plan)] == []


@pytest.mark.parametrize("mode", ["upsert", "update_only", "create_only"])
def test_an_import_finds_products_by_the_index_though_the_catalog_is_thought_empty(
    catalog: Catalog, misjudged: str, mode: str
) -> None:
    assert misjudged
    with explaining() as plans:
        catalog.load(FILE, mode=mode)
    assert plans
    assert [plan for plan in plans if "Materialize" in plan or "Seq Scan on products" in plan] == []


def test_replaced_rows_are_taken_back_by_the_index_though_the_catalog_is_thought_empty(
    catalog: Catalog, misjudged: str
) -> None:
    assert misjudged
    rows = [f"{n},Name,{n}" for n in range(400)]
    with explaining() as plans:
        for price in (1, 2):  # the products are created, then changed
            again = [f"{n},Again,{price}" for n in range(200)]
            catalog.load("\n".join(["sku,name,price", *rows, *again, ""]))
            rows = [f"{row}{price}" for row in rows]
    taken_back = [plan for plan in plans if "import_replaced" in plan]
    assert len(taken_back) == 4
    assert [plan for plan in taken_back if re.search(r"Nested Loop.*\n *Join Filter", plan)] == []
    assert [plan for plan in taken_back if "Seq Scan on products" in plan] == []
    names = [values[1] for values in catalog.values().values()]
    assert (names.count("Again"), len(names)) == (200, 400)


def test_nothing_is_purged_while_an_undo_is_under_way(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo, "WINDOW_ROWS", 2)
    catalog.load("sku,name\n" + "".join(f"S{n},Name\n" for n in range(10)))
    before = catalog.values()
    deleted = catalog.delete_all()
    pieces = []

    def purge_between_windows(*_: object) -> None:
        with db.engine.begin() as connection:
            pieces.append(purge_changes(connection, 0, 1000))

    monkeypatch.setattr(jobs.Teller, "__call__", purge_between_windows)
    assert catalog.undo(deleted["id"])["counts"] == counts(created=10)
    assert len(pieces) >= 5
    assert {piece.rows for piece in pieces} == {0}
    assert catalog.values() == before


def test_an_undo_whose_changes_are_being_purged_fails_and_says_so(catalog: Catalog) -> None:
    made = catalog.load("sku,name\nA,N\n")
    deleted = catalog.delete_all()
    asked = catalog.client.post(f"/api/change-sets/{deleted['id']}/undo")
    with db.engine.begin() as connection:
        while purge_changes(connection, 0, 1).has_more:
            pass
    catalog.run_jobs()
    done = catalog.client.get(asked.headers["Location"]).get_json()
    assert (done["status"], done["problem"]["type"]) == ("failed", "/problems/not-undoable")
    assert catalog.values() == {}
    assert catalog.client.post(f"/api/change-sets/{made}/undo").status_code == 409
