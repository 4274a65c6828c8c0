"""The history page in a real browser: looking at changes, and undoing them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.pages.files import PATIENCE_MS, build_csv, choose_directly
from tests.pages.history import (
    ask_to_undo,
    delete_all,
    edit,
    expect_undone,
    find_product,
    import_rows,
    open_set,
    undo,
    unique_tag,
)

ROWS_FOR_PROGRESS = 50_000


@pytest.fixture
def tag() -> str:
    """The beginning of SKUs that no other test has."""
    return unique_tag()


def test_the_list_shows_who_did_what_and_leads_to_the_changes(page: Page, tag: str) -> None:
    import_rows(page, f"{tag},Lamp,1.00,", name=f"{tag}.csv")

    page.goto("/history.html")

    row = page.locator("#list tbody tr", has_text=f"Import of {tag}.csv")
    expect(row).to_contain_text("Done")
    expect(row).to_contain_text("1 created")
    expect(row).to_contain_text("This machine")
    row.get_by_role("link").click()
    expect(page.get_by_role("heading", name=f"Import of {tag}.csv")).to_be_visible()
    expect(page.locator("#changes tbody tr")).to_contain_text([tag])
    page.go_back()
    expect(row).to_be_visible()


def test_an_updated_product_shows_only_what_differs_before_and_after(page: Page, tag: str) -> None:
    import_rows(page, f"{tag},Lamp,1.00,Made of brass", f"{tag}-2,Table,5.00,")
    rows = open_set(page, import_rows(page, f"{tag},Lamp,2.50,Made of oak", f"{tag}-2,Table,5.00,"))

    expect(rows).to_have_count(1)
    expect(rows.locator(".badge")).to_have_text("Updated")
    expect(rows.locator(".differences [data-slot=field]")).to_have_text(["Description", "Price"])
    expect(rows.locator("del")).to_have_text(["Made of brass", "1.00"])
    expect(rows.locator("ins")).to_have_text(["Made of oak", "2.50"])
    before, after = rows.locator("del").last.bounding_box(), rows.locator("ins").last.bounding_box()
    assert before is not None and after is not None
    assert abs(before["y"] - after["y"]) < 2
    assert before["x"] + before["width"] <= after["x"]


def test_changes_are_searched_by_sku_and_the_search_is_in_the_address(page: Page, tag: str) -> None:
    made = import_rows(page, *(f"{tag}-{number:03},Lamp,," for number in range(60)))
    rows = open_set(page, made)
    expect(rows).to_have_count(25)

    page.get_by_label("Search the changes by SKU").fill(f"{tag}-059")
    expect(rows).to_have_count(1)
    expect(page).to_have_url(re.compile(f"id={made}&sku={tag}-059"))
    page.reload()
    expect(rows).to_contain_text([f"{tag}-059"])
    page.get_by_label("Search the changes by SKU").fill("no such thing")
    expect(page.get_by_text("No product with “no such thing” in its SKU")).to_be_visible()


def test_changes_are_paged_and_the_back_button_returns(page: Page, tag: str) -> None:
    made = import_rows(page, *(f"{tag}-{number:03},Lamp,," for number in range(60)))
    rows = open_set(page, made)
    expect(rows.first).to_contain_text(f"{tag}-000")

    page.get_by_role("button", name="Next").click()
    expect(rows.first).to_contain_text(f"{tag}-025")
    page.get_by_role("button", name="Next").click()
    expect(rows).to_have_count(10)
    expect(page.get_by_role("button", name="Next")).to_be_disabled()
    page.go_back()
    expect(rows.first).to_contain_text(f"{tag}-025")
    page.get_by_role("button", name="Previous").click()
    expect(rows.first).to_contain_text(f"{tag}-000")


def test_an_undone_import_keeps_what_was_edited_since_and_lists_it(page: Page, tag: str) -> None:
    import_rows(page, f"{tag}-a,Lamp,1.00,", f"{tag}-b,Table,1.00,")
    made = import_rows(page, f"{tag}-a,Lamp,2.00,", f"{tag}-b,Table,2.00,", f"{tag}-c,New,3.00,")
    edit(page, f"{tag}-b", price="9.00")
    open_set(page, made)

    dialog = ask_to_undo(page)
    expect(dialog.locator(".effects li")).to_have_text(
        [
            "1product returns to its earlier values",
            "1product that it created is deleted",
            "1was edited since and will be kept as it is",
        ]
    )
    dialog.get_by_role("button", name="Undo", exact=True).click()
    expect_undone(page)

    kept = page.locator("#changes tbody tr", has_text=f"{tag}-b")
    expect(kept.locator(".badge")).to_have_text("Kept")
    expect(kept).to_contain_text("Left alone: edited since.")
    expect(page.locator("#notices")).to_contain_text("1 product kept")
    restored, edited = find_product(page, f"{tag}-a"), find_product(page, f"{tag}-b")
    assert restored is not None and edited is not None
    assert (restored["price"], edited["price"]) == ("1.00", "9.00")
    assert find_product(page, f"{tag}-c") is None


def test_an_undo_is_itself_undone(page: Page, tag: str) -> None:
    open_set(page, import_rows(page, f"{tag},Lamp,1.00,"))
    undo(page)
    assert find_product(page, tag) is None
    expect(page.locator(".lead")).to_contain_text("To have back what it undid, undo this undo")

    dialog = ask_to_undo(page)
    expect(dialog).to_contain_text("Undo this undo?")
    dialog.get_by_role("button", name="Undo", exact=True).click()

    expect(page.locator("#set-title")).to_contain_text("Undo of the undo", timeout=PATIENCE_MS)
    expect(page.locator("#changes tbody tr")).to_contain_text([tag], timeout=PATIENCE_MS)
    assert find_product(page, tag) is not None


def test_a_deletion_of_all_products_is_undone_from_the_list(page: Page, tag: str) -> None:
    import_rows(page, f"{tag},Lamp,1.00,")
    before = find_product(page, tag)
    assert before is not None
    delete_all(page)
    assert find_product(page, tag) is None
    page.goto("/history.html")

    row = page.locator("#list tbody tr", has_text="Deletion of all products").first
    row.get_by_role("button", name="Undo").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("back")
    dialog.get_by_role("button", name="Undo", exact=True).click()
    expect_undone(page)

    expect(page.locator("#set-title")).to_have_text("Undo of the deletion of all products")
    after = find_product(page, tag)
    assert after is not None
    assert after["id"] == before["id"]


def test_the_progress_of_a_large_undo_is_shown(page: Page, tag: str) -> None:
    rows = (f"{tag}-{number},Lamp,1.00," for number in range(ROWS_FOR_PROGRESS))
    open_set(page, import_rows(page, *rows))

    ask_to_undo(page).get_by_role("button", name="Undo", exact=True).click()

    amount = page.locator("#set-work [data-slot=amount]")
    expect(amount).to_have_text(re.compile(r"^[\d,]+ of 50,000 products$"), timeout=PATIENCE_MS)
    expect(page.locator("#set-work progress")).to_have_attribute("value", re.compile(r"^\d"))
    expect_undone(page)
    deleted = page.locator("#set-outcome [data-kind=deleted] dd")
    expect(deleted).to_have_text("50,000")


def test_the_report_of_an_import_leads_to_its_changes_and_back(page: Page, tag: str) -> None:
    choose_directly(page, build_csv(f"{tag},Lamp,1.00", name=f"{tag}.csv"))
    link = page.get_by_role("link", name="See what changed · Undo")
    link.click(timeout=PATIENCE_MS)

    expect(page.get_by_role("heading", name=f"Import of {tag}.csv")).to_be_visible()
    page.get_by_role("link", name="See the import").click()
    expect(page.get_by_role("heading", name=f"{tag}.csv is in the catalog")).to_be_visible()
