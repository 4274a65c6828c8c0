"""Finding products on the catalog page, in a real browser. Every test has products of its own."""

from __future__ import annotations

import csv
import re
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.conftest import wait_until
from tests.pages.catalog import (
    HOSTILE_NAME,
    PAGE_SIZE,
    create_product,
    go_offline,
    hold,
    import_products,
    open_catalog,
    rows_of,
    unique_tag,
)

LIST = re.compile(r"/api/products\?")
PHONE: ViewportSize = {"width": 375, "height": 740}
EMPTY: dict[str, Any] = {
    "items": [],
    "next_cursor": None,
    "prev_cursor": None,
    "total": 0,
    "total_is_estimate": False,
}


@pytest.fixture
def tag() -> str:
    return unique_tag()


def test_search_finds_the_products_that_hold_the_words(page: Page, tag: str) -> None:
    create_product(page, f"{tag}-1", "Oak table")
    create_product(page, f"{tag}-2", "Brass lamp")
    page.goto("/products.html")

    page.get_by_label("Search products").fill(f"{tag}-2")

    expect(page.locator("#total")).to_have_text(f"1 product with “\u2068{tag}-2\u2069”")
    expect(rows_of(page)).to_contain_text(["Brass lamp"])
    expect(page).to_have_url(re.compile(f"q={tag}-2"))


def test_an_answer_that_comes_too_late_is_not_shown(page: Page, tag: str) -> None:
    create_product(page, f"{tag}-1", "Early")
    create_product(page, f"{tag}-2", "Late")
    held = hold(page, re.compile(f"q={tag}-1"))
    page.goto("/products.html")

    page.get_by_label("Search products").fill(f"{tag}-1")
    expect(page).to_have_url(re.compile(f"q={tag}-1"))
    expect(page.locator("#total")).not_to_contain_text(tag)
    page.get_by_label("Search products").fill(f"{tag}-2")
    expect(rows_of(page)).to_contain_text(["Late"])
    for route in held:
        route.continue_()

    expect(rows_of(page)).to_contain_text(["Late"])
    assert len(held) == 1


def test_an_answer_leaves_alone_what_was_typed_since(page: Page, tag: str) -> None:
    create_product(page, tag)
    held = hold(page, LIST, times=1)
    page.goto("/products.html")
    search = page.get_by_label("Search products")
    search.press_sequentially(tag[:5])
    held[0].continue_()
    expect(page.locator("#total")).not_to_be_empty()

    search.press_sequentially(tag[5:])

    expect(search).to_have_value(tag)
    expect(page.locator("#total")).to_contain_text(tag)


def test_what_is_typed_in_one_go_is_one_step_back(page: Page, tag: str) -> None:
    create_product(page, tag)
    open_catalog(page, tag)
    search = page.get_by_label("Search products")

    search.fill("no")
    expect(page).to_have_url(re.compile("q=no$"))
    search.fill(f"no{tag}")
    expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    page.go_back()

    expect(search).to_have_value(tag)
    expect(rows_of(page)).to_have_count(1)


def test_filters_narrow_the_list_and_are_kept_in_the_address(page: Page, tag: str) -> None:
    create_product(page, f"{tag}-1", "Oak table", price="10.00", description="solid")
    create_product(page, f"{tag}-2", "Oak chair", price="20.00", description="solid", active=False)
    create_product(page, f"{tag}-3", "Oak shelf", price="30.00", description="veneer")
    rows = open_catalog(page, tag)
    page.get_by_role("button", name="Filters", exact=True).click()

    page.get_by_label("Name contains").fill("oak")
    page.get_by_label("Description contains").fill("SOLID")
    page.get_by_label("Price from").fill("10,5")
    page.get_by_label("Price to").fill("25")
    page.get_by_label("Status").select_option("Inactive")

    expect(rows).to_contain_text(["Oak chair"])
    for part in ("name=oak", "description=SOLID", "price_min=10", "price_max=25", "active=false"):
        expect(page).to_have_url(re.compile(part))
    page.reload()
    expect(rows).to_contain_text(["Oak chair"])
    expect(page.get_by_label("Filters in use").get_by_role("listitem")).to_have_count(5)
    page.get_by_role("button", name=re.compile("Remove the filter Price")).click()
    page.get_by_role("button", name=re.compile("Remove the filter Inactive")).click()
    expect(rows).to_have_count(2)
    page.go_back()
    expect(rows).to_contain_text(["Oak chair"])


def test_a_day_is_within_a_range_of_days_that_ends_with_it(page: Page, tag: str) -> None:
    create_product(page, tag)
    today = page.evaluate("new Date().toLocaleDateString('sv')")
    days = {"created_after": today, "created_before": today}

    expect(open_catalog(page, tag, **days)).to_have_count(1)

    yesterday = date.fromordinal(date.fromisoformat(today).toordinal() - 1).isoformat()
    page.get_by_role("button", name="Filters", exact=True).click()
    page.get_by_label("Created from").fill(yesterday)
    page.get_by_label("Created to").fill(yesterday)
    expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()


def test_a_filter_that_makes_no_sense_is_told_at_its_field(page: Page, tag: str) -> None:
    create_product(page, tag)
    open_catalog(page, tag)
    page.get_by_role("button", name="Filters", exact=True).click()

    page.get_by_label("Price from").fill("cheap")
    expect(page.locator("#error-price")).to_contain_text("not a number")
    expect(page.get_by_label("Price from")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Price to").fill("5")
    page.get_by_label("Price from").fill("9")
    expect(page.locator("#error-price")).to_have_text("This range ends before it begins.")

    page.get_by_label("Price from").fill("")
    expect(page.locator("#error-price")).to_be_empty()


def test_a_search_without_hits_offers_to_clear_itself(page: Page, tag: str) -> None:
    create_product(page, f"{tag}-1")
    open_catalog(page, f"no{tag}", name="rug")

    expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    expect(page.locator("#no-hits")).to_contain_text(f"no{tag}")
    page.get_by_role("button", name="Clear search and filters").click()

    expect(page.locator("#total")).to_contain_text("in the catalog")
    expect(page.get_by_label("Search products")).to_be_focused()


def test_an_empty_catalog_says_how_to_fill_it(page: Page) -> None:
    page.route(LIST, lambda route: route.fulfill(json=EMPTY))
    page.goto("/products.html")

    empty = page.locator("#no-products")
    expect(empty.get_by_role("link", name="Import a file")).to_have_attribute("href", "/")
    empty.get_by_role("button", name="Add a product").click()
    expect(page.get_by_role("dialog")).to_contain_text("New product")


def test_an_estimated_total_says_that_it_is_one(page: Page) -> None:
    product = {"id": 1, "sku": "A", "name": "Lamp", "description": "", "price": None}
    stamps = dict.fromkeys(("created_at", "updated_at"), "2026-11-21T08:00:00Z")
    answer = {"items": [{**product, **stamps, "active": True, "version": 1}], "total": 4_812_345}
    page.route(
        LIST, lambda route: route.fulfill(json={**EMPTY, **answer, "total_is_estimate": True})
    )

    page.goto("/products.html")

    expect(page.locator("#total")).to_have_text("about 4,810,000 products in the catalog")


def test_a_click_on_a_head_sorts_by_it_then_backwards_then_not(page: Page, tag: str) -> None:
    for sku, price in (("1", "20"), ("2", "5"), ("3", "100")):
        create_product(page, f"{tag}-{sku}", price=price)
    rows = open_catalog(page, tag)
    head = page.get_by_role("columnheader", name="Price")

    head.get_by_role("button").click()
    expect(rows.locator("[data-field=price]")).to_have_text(["5.00", "20.00", "100.00"])
    expect(head).to_have_attribute("aria-sort", "ascending")
    head.get_by_role("button").click()
    expect(rows.locator("[data-field=price]")).to_have_text(["100.00", "20.00", "5.00"])
    expect(head).to_have_attribute("aria-sort", "descending")
    expect(page).to_have_url(re.compile("sort=-price"))
    head.get_by_role("button").click()
    expect(rows.locator("[data-field=price]")).to_have_text(["100.00", "5.00", "20.00"])
    expect(head).to_have_attribute("aria-sort", "none")

    page.get_by_label("Sort by").select_option("SKU A–Z")
    expect(page.get_by_role("columnheader", name="SKU")).to_have_attribute("aria-sort", "ascending")
    expect(rows.first).to_contain_text(f"{tag}-1")


def test_next_and_previous_walk_the_pages_and_the_back_button_returns(page: Page, tag: str) -> None:
    import_products(page, tag, PAGE_SIZE + 2)
    rows = open_catalog(page, tag, sort="sku")
    expect(rows).to_have_count(PAGE_SIZE)

    page.get_by_role("button", name="Next").click()
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text(f"{tag}-0051")
    expect(page.get_by_role("button", name="Next")).to_be_disabled()
    page.get_by_role("button", name="Previous").click()
    expect(rows).to_have_count(PAGE_SIZE)
    page.go_back()
    expect(rows).to_have_count(2)


def test_going_back_returns_to_the_place_on_the_page(page: Page, tag: str) -> None:
    import_products(page, tag, PAGE_SIZE + 2)
    rows = open_catalog(page, tag)
    expect(rows).to_have_count(PAGE_SIZE)
    page.evaluate("window.scrollTo(0, 1200)")

    # A click of the mouse would scroll to the button first.
    page.get_by_role("button", name="Next").dispatch_event("click")
    expect(rows).to_have_count(2)
    page.go_back()
    expect(rows).to_have_count(PAGE_SIZE)
    wait_until(lambda: page.evaluate("window.scrollY") == 1200)

    page.goto("/imports.html")
    page.go_back()
    expect(rows).to_have_count(PAGE_SIZE)
    wait_until(lambda: page.evaluate("window.scrollY") == 1200)


def test_a_page_that_has_emptied_meanwhile_leads_to_the_first(page: Page, tag: str) -> None:
    import_products(page, tag, PAGE_SIZE + 1)
    rows = open_catalog(page, tag)
    expect(rows).to_have_count(PAGE_SIZE)
    page.get_by_role("button", name="Next").click()
    expect(rows).to_have_count(1)

    page.get_by_role("button", name=re.compile("^Delete")).first.click()

    expect(rows).to_have_count(PAGE_SIZE)


def test_a_cursor_of_another_list_is_told_and_left(page: Page, tag: str) -> None:
    create_product(page, tag)
    page.goto(f"/products.html?q={tag}&cursor=nonsense")

    expect(page.locator("#list-problem")).to_contain_text("cannot be found")
    page.get_by_role("button", name="Go to the first page").click()

    expect(rows_of(page)).to_have_count(1)
    expect(page.locator("#list-problem")).to_be_hidden()


def test_a_lost_connection_is_told_and_mends_itself(page: Page, tag: str) -> None:
    create_product(page, f"{tag}-1")
    rows = open_catalog(page, tag)
    expect(rows).to_have_count(1)
    page.route(LIST, go_offline)

    page.get_by_label("Search products").fill(f"{tag}-1")
    expect(page.get_by_text("The server cannot be reached")).to_be_visible()
    expect(rows).to_have_count(1)
    page.unroute(LIST)

    expect(page.get_by_text("The server cannot be reached")).to_be_hidden()
    expect(page.locator("#total")).to_contain_text(f"{tag}-1")


def test_the_export_holds_what_is_shown(page: Page, tag: str) -> None:
    create_product(page, f"{tag}-1", "Oak table")
    create_product(page, f"{tag}-2", "Oak chair", active=False)
    open_catalog(page, tag, active="false")

    with page.expect_download() as download:
        page.get_by_role("link", name="Export").click()

    with download.value.path().open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["sku", "name", "description", "price", "active"]
    assert rows == [[f"{tag}-2", "Oak chair", "", "", "false"]]


@pytest.mark.parametrize("width", [375, 1440])
def test_hostile_names_are_shown_as_text_and_break_no_layout(
    page: Page, tag: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    names = [HOSTILE_NAME, "🪴" * 500, "Unbreakable" * 45, "\u202egnp.exe\u202d مرحبا", "a\nb\tc"]
    for number, name in enumerate(names):
        create_product(page, f"{tag}-{number}", name, description=name * 3)

    rows = open_catalog(page, tag, sort="sku")

    expect(rows).to_have_count(len(names))
    expect(rows.first.locator("[data-field=name]")).to_have_text(HOSTILE_NAME)
    expect(page.locator("#list img, #list script")).to_have_count(0)
    expect(page).to_have_title("Products – Product Importer")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    heights = rows.evaluate_all("(rows) => rows.map((row) => row.offsetHeight)")
    assert max(heights) < 220


def test_touching_a_cell_on_a_phone_opens_the_dialog_at_its_field(
    page: Page, browser: Browser, tag: str
) -> None:
    create_product(page, tag, "Lamp", price="5.00")
    open_catalog(page, tag)
    phone = browser.new_context(viewport=PHONE, has_touch=True)
    touched = phone.new_page()
    touched.goto(page.url)

    touched.locator("#list tbody [data-field=price]").tap()

    expect(touched.get_by_role("dialog")).to_be_visible()
    expect(touched.locator("#product-price")).to_be_focused()
    phone.close()
