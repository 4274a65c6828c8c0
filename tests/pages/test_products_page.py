"""The catalog page in a real browser. Every test searches for products of its own."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

PAGE_SIZE = 50
HOSTILE_NAME = "<img src=x onerror=document.title='owned'>"


@pytest.fixture
def tag() -> str:
    """A word that no other test's product holds."""
    return f"tag{uuid4().hex[:12]}"


def create_product(page: Page, sku: str, name: str = "Lamp") -> int:
    answer = page.request.post("/api/products", data={"sku": sku, "name": name})
    assert answer.status == 201
    product_id: int = answer.json()["id"]
    return product_id


def open_catalog(page: Page, q: str) -> Locator:
    """The table's rows for a search; waits until it has been answered."""
    page.goto(f"/products.html?q={q}")
    expect(page.locator("#total")).to_contain_text(q)
    return page.locator("#list tbody tr")


def test_search_finds_the_products_that_hold_the_words(page: Page, tag: str) -> None:
    create_product(page, f"{tag}-1", "Oak table")
    create_product(page, f"{tag}-2", "Brass lamp")
    page.goto("/products.html")

    page.get_by_label("Search products").fill(f"{tag}-2")

    expect(page.locator("#total")).to_have_text(f"1 product with “{tag}-2”")
    expect(page.locator("#list tbody tr")).to_contain_text(["Brass lamp"])
    expect(page).to_have_url(re.compile(f"q={tag}-2"))


def test_a_search_without_hits_offers_to_clear_itself(page: Page, tag: str) -> None:
    create_product(page, f"{tag}-1")
    open_catalog(page, f"no{tag}")

    expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
    page.get_by_role("button", name="Clear the search").click()

    expect(page.locator("#total")).to_contain_text("in the catalog")
    expect(page.get_by_label("Search products")).to_be_focused()


def test_older_and_newer_walk_the_pages_and_the_back_button_returns(page: Page, tag: str) -> None:
    for number in range(PAGE_SIZE + 2):
        create_product(page, f"{tag}-{number:03}")
    rows = open_catalog(page, tag)
    expect(rows).to_have_count(PAGE_SIZE)

    page.get_by_role("button", name="Older").click()
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text(f"{tag}-001")
    expect(page.get_by_role("button", name="Older")).to_be_disabled()
    page.get_by_role("button", name="Newer").click()
    expect(rows).to_have_count(PAGE_SIZE)
    page.go_back()
    expect(rows).to_have_count(2)


def test_a_name_with_markup_is_shown_as_text(page: Page, tag: str) -> None:
    create_product(page, tag, HOSTILE_NAME)

    rows = open_catalog(page, tag)

    expect(rows.get_by_role("button", name=HOSTILE_NAME)).to_be_visible()
    expect(rows.locator("img")).to_have_count(0)
    expect(page).to_have_title("Products – Product Importer")


def test_a_product_is_created_edited_and_deleted_through_the_dialogs(page: Page, tag: str) -> None:
    rows = open_catalog(page, tag)
    page.get_by_role("button", name="New product").click()
    page.get_by_label("SKU", exact=True).fill(tag)
    page.get_by_label("Name", exact=True).fill("Oak table")
    page.get_by_label("Price").fill("12.90")
    page.get_by_role("button", name="Save").click()
    expect(rows).to_contain_text(["12.90"])

    page.get_by_role("button", name="Oak table").click()
    page.get_by_label("Price").fill("13.50")
    page.keyboard.press("Enter")
    expect(rows).to_contain_text(["13.50"])
    expect(page.get_by_role("button", name="Oak table")).to_be_focused()

    page.get_by_role("button", name=f"Delete {tag}").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()


def test_errors_stand_at_their_fields(page: Page, tag: str) -> None:
    create_product(page, tag)
    open_catalog(page, tag)
    page.get_by_role("button", name="New product").click()
    sku, price = page.get_by_label("SKU", exact=True), page.get_by_label("Price")

    sku.fill(tag.upper())
    page.get_by_label("Name", exact=True).fill("Lamp")
    price.fill("twelve")
    page.get_by_role("button", name="Save").click()
    expect(price).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#product-price-error")).not_to_be_empty()

    price.fill("12")
    page.get_by_role("button", name="Save").click()
    expect(sku).to_be_focused()
    expect(page.locator("#product-sku-error")).not_to_be_empty()


def test_a_change_by_somebody_else_is_shown_and_not_overwritten(page: Page, tag: str) -> None:
    product = f"/api/products/{create_product(page, tag, 'Mine')}"
    open_catalog(page, tag)
    page.get_by_role("button", name="Mine").click()
    name = page.get_by_label("Name", exact=True)
    expect(name).to_have_value("Mine")
    assert page.request.patch(product, data={"name": "Theirs"}).ok

    name.fill("Mine again")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Somebody else changed this product")).to_be_visible()
    page.get_by_role("button", name="Load what is stored now").click()

    expect(name).to_have_value("Theirs")
    assert page.request.get(product).json()["name"] == "Theirs"


def test_escape_closes_the_dialog_and_returns_the_focus(page: Page, tag: str) -> None:
    create_product(page, tag, "Lamp")
    open_catalog(page, tag)
    opener = page.get_by_role("button", name="Lamp")
    opener.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()

    page.keyboard.press("Escape")

    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(opener).to_be_focused()
