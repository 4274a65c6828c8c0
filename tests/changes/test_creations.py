"""Products created in bulk stand in the journal as ranges, and read like any other change."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import sqlalchemy as sa
from flask_migrate import downgrade, upgrade

from app.changes.creations import BLOCK_BITS, forget_created, insert_ranges
from app.changes.models import changes, created_ranges
from app.changes.undo import find_windows
from app.extensions import db
from tests.changes.factories import Catalog

BLOCK = 1 << BLOCK_BITS


def rows(first: int, last: int) -> str:
    """A file with the SKUs of these numbers."""
    return "sku,name\n" + "".join(f"S{n:05},Name {n}\n" for n in range(first, last + 1))


def make_ids(ids: Sequence[int]) -> sa.CTE:
    """The ids as rows."""
    array = sa.func.unnest(sa.literal(list(ids), sa.ARRAY(sa.BigInteger)))
    given = array.table_valued(sa.column("product_id", sa.BigInteger)).render_derived("given")
    return sa.select(given.c.product_id).cte("ids")


def stored_ranges() -> list[tuple[int, int]]:
    """First and last id of each range."""
    ordered = sa.select(created_ranges.c.first_id, created_ranges.c.last_id).order_by(sa.text("1"))
    with db.engine.connect() as connection:
        return [(row.first_id, row.last_id) for row in connection.execute(ordered)]


@pytest.mark.usefixtures("client")
@pytest.mark.parametrize(
    ("ids", "ranges"),
    [
        ([5], [(5, 5)]),
        ([7, 5, 6], [(5, 7)]),
        ([1, 2, 4, 5, 9], [(1, 2), (4, 5), (9, 9)]),
        ([BLOCK - 1, BLOCK, BLOCK + 1], [(BLOCK - 1, BLOCK - 1), (BLOCK, BLOCK + 1)]),
        ([], []),
    ],
)
def test_ids_that_follow_each_other_are_one_range_within_a_block(
    ids: list[int], ranges: list[tuple[int, int]]
) -> None:
    with db.engine.begin() as connection:
        connection.execute(insert_ranges(1, make_ids(ids)))
    assert stored_ranges() == ranges


@pytest.mark.usefixtures("client")
def test_what_was_not_created_after_all_is_taken_out_of_its_range() -> None:
    with db.engine.begin() as connection:
        connection.execute(insert_ranges(1, make_ids(range(1, 11))))
        connection.execute(insert_ranges(1, make_ids(range(BLOCK, BLOCK + 3))))
        connection.execute(forget_created(1, make_ids([1, 4, 5, BLOCK + 2])))
    assert stored_ranges() == [(2, 3), (6, 10), (BLOCK, BLOCK + 1)]


def test_an_import_of_new_products_adds_no_row_to_the_journal(catalog: Catalog) -> None:
    catalog.load(rows(1, 3 * BLOCK))
    with db.engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(changes)).scalar() == 0
    assert len(stored_ranges()) in (3, 4)


def test_lists_feed_and_histories_tell_of_each_created_product(catalog: Catalog) -> None:
    first = catalog.create("S00001")
    made = catalog.load(rows(1, 2 * BLOCK))
    listed = catalog.items(f"/api/change-sets/{made}/changes?limit=500")
    assert [item["action"] for item in listed] == ["updated"] + ["created"] * (2 * BLOCK - 1)
    assert [item["product_id"] for item in listed] == sorted(p for p in catalog.values())
    assert listed[-1]["after"]["sku"] == listed[-1]["sku"] == f"S{2 * BLOCK:05}"
    assert listed[-1]["before"] is None
    told = read_feed(catalog, 97)
    assert [item["product_id"] for item in told] == [first, *(i["product_id"] for i in listed)]
    last = listed[-1]["product_id"]
    catalog.edit(last, name="Another")
    catalog.edit(last, sku="moved")
    history = catalog.items(f"/api/products/{last}/history")
    assert [item["action"] for item in history] == ["updated", "updated", "created"]
    assert history[-1]["after"]["name"] == f"Name {2 * BLOCK}"
    assert history[-1]["sku"] == f"S{2 * BLOCK:05}"
    assert (
        catalog.client.get(f"/api/products?change_set_id={made}").get_json()["total"] == 2 * BLOCK
    )


def read_feed(catalog: Catalog, limit: int) -> list[dict[str, object]]:
    """All of the feed, in pages of `limit`."""
    found: list[dict[str, object]] = []
    cursor = ""
    while True:
        page = catalog.client.get(f"/api/changes?limit={limit}{cursor}").get_json()
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        cursor = f"&cursor={page['next_cursor']}"


def test_a_change_sets_created_products_are_paged_both_ways(catalog: Catalog) -> None:
    made = catalog.load(rows(1, BLOCK + 50))
    path = f"/api/change-sets/{made}/changes?limit=100&action=created"
    pages = [catalog.client.get(path).get_json()]
    while pages[-1]["next_cursor"]:
        pages.append(catalog.client.get(f"{path}&cursor={pages[-1]['next_cursor']}").get_json())
    assert pages[0]["total"] == BLOCK + 50
    back = [pages[-1]]
    while back[-1]["prev_cursor"]:
        back.append(catalog.client.get(f"{path}&cursor={back[-1]['prev_cursor']}").get_json())
    forward = [item["product_id"] for page in pages for item in page["items"]]
    backward = [item["product_id"] for page in reversed(back) for item in page["items"]]
    assert forward == backward == sorted(catalog.values())


def test_a_created_product_is_found_by_the_sku_it_was_created_with(catalog: Catalog) -> None:
    made = catalog.load(rows(1, 3))
    moved = max(catalog.values())
    catalog.edit(moved, sku="elsewhere")
    path = f"/api/change-sets/{made}/changes"
    assert [i["product_id"] for i in catalog.items(f"{path}?sku=s00003")] == [moved]
    assert catalog.items(f"{path}?sku=elsewhere") == []


def test_windows_of_an_undo_hold_each_change_once(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.changes.undo.WINDOW_ROWS", 7)
    monkeypatch.setattr("app.changes.undo.WINDOW_RANGES", 1)
    for number in (2, 30, 31, BLOCK + 9):
        catalog.create(f"S{number:05}")
    before = catalog.values()
    made = catalog.load(rows(1, BLOCK + 20))
    with db.engine.connect() as connection:
        found = sa.select(sa.text("id")).select_from(sa.text("revisions"))
        newest = max(connection.execute(found).scalars())
        windows = list(find_windows(connection, newest))
        sizes = [
            connection.execute(
                sa.select(sa.func.count()).select_from(window.changes())
            ).scalar_one()
            for window in windows
        ]
    assert len(windows) == 2
    assert sum(sizes) == BLOCK + 20
    undone = catalog.undo(made)["counts"]
    assert undone == {"created": 0, "updated": 4, "deleted": BLOCK + 16, "kept": 0}
    assert catalog.values() == before


def test_taking_the_schema_back_writes_a_row_for_each_created_product(catalog: Catalog) -> None:
    catalog.load(rows(1, 4))
    moved = max(catalog.values())
    catalog.edit(moved, sku="elsewhere")
    downgrade(revision="0007")
    try:
        with db.engine.connect() as connection:
            created = sa.select(changes.c.sku).where(changes.c.action == "created")
            skus = connection.execute(created.order_by(changes.c.product_id)).scalars().all()
    finally:
        upgrade()
    assert skus == ["S00001", "S00002", "S00003", "S00004"]
    history = catalog.items(f"/api/products/{moved}/history")
    assert [item["action"] for item in history] == ["updated", "created"]


def test_the_catalogs_total_is_exact_as_soon_as_a_large_import_is_done(catalog: Catalog) -> None:
    catalog.load(rows(1, 25_000))
    page = catalog.client.get("/api/products?limit=1").get_json()
    assert (page["total"], page["total_is_estimate"]) == (25_000, False)
