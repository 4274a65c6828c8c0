"""Selecting products, changing many at once and taking it back, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.pages.catalog import (
    PAGE_SIZE,
    count_stored,
    create_product,
    go_offline,
    import_products,
    open_catalog,
    read_product,
    rows_of,
    toast,
    unique_tag,
)
from tests.pages.files import PATIENCE_MS

CHANGE_SET = re.compile(r"/api/change-sets/[0-9a-f-]+$")


@pytest.fixture
def tag() -> str:
    return unique_tag()


def select(page: Page, *skus: str) -> None:
    for sku in skus:
        page.get_by_label(f"Select \u2068{sku}\u2069", exact=True).check()


def press(page: Page, name: str) -> None:
    page.get_by_role("region", name="Selected products").get_by_role(
        "button", name=name, exact=True
    ).click()


def press_in_dialog(page: Page, name: str | re.Pattern[str]) -> None:
    page.get_by_role("dialog").get_by_role("button", name=name).click()


def undo(page: Page) -> None:
    toast(page).get_by_role("button", name="Undo").click()
    expect(toast(page)).to_contain_text("Undone", timeout=PATIENCE_MS)


def test_a_product_is_deleted_without_a_question_and_comes_back_by_undo(
    page: Page, tag: str
) -> None:
    product = create_product(page, f"{tag}-1", "Oak table", price="5.00")
    create_product(page, f"{tag}-2")
    rows = open_catalog(page, tag)

    page.get_by_role("button", name=re.compile(f"^Delete .{tag}-1")).click()
    expect(toast(page)).to_contain_text("deleted", timeout=PATIENCE_MS)
    expect(rows).to_have_count(1)
    assert read_product(page, product) is None
    undo(page)

    expect(rows).to_have_count(2)
    assert read_product(page, product)["name"] == "Oak table"


def test_the_keyboard_takes_a_deletion_back(page: Page, tag: str) -> None:
    create_product(page, f"{tag}-1")
    create_product(page, f"{tag}-2")
    rows = open_catalog(page, tag)
    page.get_by_role("button", name=re.compile(f"^Delete .{tag}-2")).press("Enter")
    expect(rows).to_have_count(1, timeout=PATIENCE_MS)
    expect(page.get_by_role("button", name=re.compile(f"^Delete .{tag}-1"))).to_be_focused()

    expect(toast(page).get_by_role("button", name="Undo")).to_be_visible()
    page.keyboard.press("Control+z")

    expect(rows).to_have_count(2, timeout=PATIENCE_MS)


def test_the_toast_leads_to_what_was_done(page: Page, tag: str) -> None:
    create_product(page, tag)
    open_catalog(page, tag)

    page.get_by_role("button", name=re.compile(f"^Delete .{tag}")).click()

    details = toast(page).get_by_role("link", name="Details")
    expect(details).to_have_attribute(
        "href", re.compile("^/history.html\\?id=[0-9a-f-]{36}$"), timeout=PATIENCE_MS
    )


def test_selected_products_are_deactivated_activated_and_deleted(page: Page, tag: str) -> None:
    for number in range(1, 5):
        create_product(page, f"{tag}-{number}")
    rows = open_catalog(page, tag)
    chosen = [f"{tag}-1", f"{tag}-2"]

    select(page, *chosen)
    expect(page.locator("#selection-words")).to_have_text("2 selected.")
    press(page, "Deactivate")
    expect(toast(page)).to_contain_text("2 products deactivated.", timeout=PATIENCE_MS)
    assert count_stored(page, tag, active="false") == 2
    expect(page.locator("#selection-bar")).to_be_hidden()

    select(page, *chosen, f"{tag}-3")
    press(page, "Activate")
    expect(toast(page)).to_contain_text("2 products activated.", timeout=PATIENCE_MS)

    select(page, *chosen)
    press(page, "Delete")
    expect(page.get_by_role("dialog")).to_contain_text("Delete 2 products?")
    press_in_dialog(page, "Delete")
    expect(toast(page)).to_contain_text("2 products deleted.", timeout=PATIENCE_MS)
    expect(rows).to_have_count(2)
    undo(page)
    expect(rows).to_have_count(4)


def test_a_question_that_is_declined_changes_nothing(page: Page, tag: str) -> None:
    create_product(page, f"{tag}-1")
    create_product(page, f"{tag}-2")
    open_catalog(page, tag)
    page.get_by_label("Select this page").check()

    press(page, "Delete")
    press_in_dialog(page, "Cancel")

    expect(page.locator("#selection-words")).to_have_text("2 selected.")
    assert count_stored(page, tag) == 2


def test_all_that_match_are_changed_once_their_number_is_typed(page: Page, tag: str) -> None:
    import_products(page, tag, 120)
    rows = open_catalog(page, tag)
    expect(rows).to_have_count(PAGE_SIZE)
    page.get_by_label("Select this page").check()
    expect(page.locator("#selection-words")).to_have_text("50 selected.")
    page.get_by_role("button", name="Select all 120 that match").click()
    expect(page.locator("#selection-words")).to_have_text("All 120 that match are selected.")

    press(page, "Delete")
    confirm = page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True)
    expect(confirm).to_be_disabled()
    page.get_by_label("to confirm").fill("12")
    expect(confirm).to_be_disabled()
    page.get_by_label("to confirm").fill("120")
    page.keyboard.press("Enter")

    expect(toast(page)).to_contain_text("120 products deleted.", timeout=PATIENCE_MS)
    expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    undo(page)
    expect(page.locator("#total")).to_contain_text("120 products")


def test_fewer_than_all_by_filter_leave_the_others_alone(page: Page, tag: str) -> None:
    import_products(page, tag, 105)
    open_catalog(page, tag, price_max="100.50")
    expect(page.locator("#total")).to_have_text("100 products found")
    page.get_by_label("Select this page").check()
    page.get_by_role("button", name="Select all 100 that match").click()

    press(page, "Deactivate")

    expect(toast(page)).to_contain_text("100 products deactivated.", timeout=PATIENCE_MS)
    assert count_stored(page, tag, active="false") == 100


def test_a_selection_lasts_over_pages_but_not_over_filters(page: Page, tag: str) -> None:
    import_products(page, tag, PAGE_SIZE + 2)
    rows = open_catalog(page, tag, sort="sku")
    select(page, f"{tag}-0001")
    page.get_by_role("button", name="Next").click()
    expect(rows).to_have_count(2)
    select(page, f"{tag}-0052")
    expect(page.locator("#selection-words")).to_have_text("2 selected.")
    page.get_by_role("button", name="Previous").click()
    expect(page.get_by_label(f"Select \u2068{tag}-0001\u2069")).to_be_checked()

    page.get_by_label("Search products").fill(f"{tag}-00")

    expect(page.locator("#selection-bar")).to_be_hidden()


def test_shift_selects_all_rows_between_and_the_space_bar_one(page: Page, tag: str) -> None:
    for number in range(1, 6):
        create_product(page, f"{tag}-{number}")
    rows = open_catalog(page, tag, sort="sku")

    rows.nth(0).get_by_role("checkbox").click()
    rows.nth(3).get_by_role("checkbox").click(modifiers=["Shift"])
    expect(page.locator("#selection-words")).to_have_text("4 selected.")
    rows.nth(4).locator("[data-field=name]").press("Space")
    expect(page.get_by_label("Select this page")).to_be_checked()
    page.get_by_role("button", name="Clear the selection").click()

    expect(page.locator("#selection-bar")).to_be_hidden()
    expect(rows.nth(4).locator("[data-field=name]")).to_be_focused()


def test_one_taken_out_of_all_leaves_the_rest_of_the_page(page: Page, tag: str) -> None:
    import_products(page, tag, PAGE_SIZE + 1)
    rows = open_catalog(page, tag)
    page.get_by_label("Select this page").check()
    page.get_by_role("button", name="Select all 51 that match").click()

    rows.nth(2).get_by_role("checkbox").uncheck()

    expect(page.locator("#selection-words")).to_have_text("49 selected.")


def test_an_operation_shows_its_progress_and_survives_a_lost_connection(
    page: Page, tag: str
) -> None:
    create_product(page, tag)
    open_catalog(page, tag)
    page.route(CHANGE_SET, go_offline)
    select(page, tag)

    press(page, "Deactivate")
    work = page.get_by_role("region", name="At work")
    expect(work).to_contain_text("Deactivating 1 product")
    expect(work).to_contain_text("Connection lost, retrying")
    page.unroute(CHANGE_SET)

    expect(toast(page)).to_contain_text("deactivated", timeout=PATIENCE_MS)
    expect(work).to_have_count(0)


def test_progress_is_told_in_numbers(page: Page, tag: str) -> None:
    create_product(page, tag)
    open_catalog(page, tag)
    answer = {
        "id": "01890000-0000-7000-8000-000000000000",
        "kind": "bulk_activate",
        "status": "running",
        "progress": {"percent": 42.0, "done": 5_000, "total": 12_000},
    }
    page.route(CHANGE_SET, lambda route: route.fulfill(json=answer))
    select(page, tag)

    press(page, "Activate")

    work = page.get_by_role("region", name="At work")
    expect(work).to_contain_text("42% · 5,000 of 12,000")
    expect(work.get_by_role("progressbar")).to_have_attribute("value", "42")


def test_an_operation_that_failed_says_so(page: Page, tag: str) -> None:
    create_product(page, tag)
    open_catalog(page, tag)
    page.route(
        CHANGE_SET,
        lambda route: route.fulfill(
            json={
                "id": "01890000-0000-7000-8000-000000000000",
                "kind": "bulk_delete",
                "status": "failed",
                "problem": {"title": "The operation failed"},
                "progress": {"percent": 0, "done": 0, "total": None},
            }
        ),
    )

    page.get_by_role("button", name=re.compile(f"^Delete .{tag}")).click()

    expect(toast(page)).to_contain_text("The operation failed. Nothing was changed.")
    expect(rows_of(page)).to_have_count(1)
    expect(rows_of(page)).not_to_have_class(re.compile("is-leaving"))


def test_an_undo_keeps_what_was_edited_since_and_says_so(page: Page, tag: str) -> None:
    product = create_product(page, f"{tag}-1")
    create_product(page, f"{tag}-2")
    open_catalog(page, tag)
    page.get_by_label("Select this page").check()
    press(page, "Deactivate")
    expect(toast(page)).to_contain_text("2 products deactivated.", timeout=PATIENCE_MS)
    edited = page.request.patch(f"/api/products/{product}", data={"name": "Edited since"})
    assert edited.ok

    undo(page)

    expect(toast(page)).to_contain_text("1 kept")
    assert read_product(page, product)["active"] is False


def test_everything_is_deleted_once_its_number_is_typed_and_comes_back(
    page: Page, tag: str
) -> None:
    import_products(page, tag, 101)
    open_catalog(page, tag)
    total = page.request.get("/api/products").json()["total"]

    page.get_by_label("More").click()
    page.get_by_role("button", name="Delete all products").click()
    expect(page.get_by_role("dialog")).to_contain_text(f"Delete all {total:,} products?")
    page.get_by_label("to confirm").fill(f"{total:,}")
    press_in_dialog(page, re.compile("^Delete"))

    expect(toast(page)).to_contain_text("later under History", timeout=PATIENCE_MS)
    assert page.request.get("/api/products").json()["total"] == 0
    undo(page)
    expect(rows_of(page)).to_have_count(PAGE_SIZE)
    assert page.request.get("/api/products").json()["total"] == total


def test_the_menu_closes_by_escape_and_by_a_click_elsewhere(page: Page) -> None:
    page.goto("/products.html")
    item = page.get_by_role("button", name="Delete all products")
    page.get_by_label("More").click()
    expect(item).to_be_visible()
    page.keyboard.press("Escape")
    expect(item).to_be_hidden()
    page.get_by_label("More").click()
    page.get_by_role("heading", name="Products").click()

    expect(item).to_be_hidden()
