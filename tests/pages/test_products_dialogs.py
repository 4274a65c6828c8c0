"""The catalog's dialogs: creating, editing all fields, a product's history. In a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.pages.catalog import (
    HOSTILE_NAME,
    cell_of,
    change_product,
    create_product,
    open_catalog,
    read_product,
    rows_of,
    unique_tag,
)


@pytest.fixture
def tag() -> str:
    return unique_tag()


def field(page: Page, name: str) -> Locator:
    return page.locator(f"#product-form [name={name}]")


def save(page: Page) -> None:
    page.get_by_role("dialog").get_by_role("button", name="Save").click()


def open_form(page: Page, tag: str) -> None:
    page.get_by_role("button", name=re.compile(f"^Edit .{tag}")).click()
    expect(field(page, "sku")).to_have_value(tag)


def test_a_product_is_created_in_the_dialog_and_then_edited(page: Page, tag: str) -> None:
    open_catalog(page, tag)
    page.get_by_role("button", name="New product").click()
    expect(field(page, "sku")).to_be_focused()
    field(page, "sku").fill(tag)
    field(page, "name").fill("Oak table 🪴" * 40)
    field(page, "description").fill("Solid\nOiled")
    field(page, "price").fill("12,90")
    field(page, "active").uncheck()
    save(page)
    expect(rows_of(page)).to_contain_text(["12.90"])
    expect(rows_of(page).get_by_role("switch")).not_to_be_checked()

    open_form(page, tag)
    field(page, "name").fill("Oak table")
    page.keyboard.press("Enter")

    expect(cell_of(page, tag, "name")).to_have_text("Oak table")
    expect(page.get_by_role("button", name=re.compile("^Edit"))).to_be_focused()
    product = page.request.get("/api/products", params={"sku": tag}).json()["items"][0]
    assert product["description"] == "Solid\nOiled"
    assert (product["price"], product["active"]) == ("12.90", False)


def test_errors_stand_at_their_fields(page: Page, tag: str) -> None:
    open_catalog(page, tag)
    page.get_by_role("button", name="New product").click()

    field(page, "name").fill("x" * 501)
    field(page, "price").fill("twelve")
    save(page)

    expect(page.locator("#product-sku-error")).to_have_text("The SKU is missing.")
    expect(page.locator("#product-name-error")).to_contain_text("501")
    expect(page.locator("#product-price-error")).to_contain_text("not a number")
    expect(field(page, "sku")).to_be_focused()
    expect(field(page, "price")).to_have_attribute("aria-invalid", "true")


def test_a_sku_that_is_taken_leads_to_the_product_that_has_it(page: Page, tag: str) -> None:
    create_product(page, tag, "The other one")
    open_catalog(page, tag)
    page.get_by_role("button", name="New product").click()
    field(page, "sku").fill(tag.upper())
    field(page, "name").fill("Lamp")
    save(page)
    expect(page.locator("#product-sku-error")).to_contain_text("is taken")

    page.get_by_role("link", name="Open that product").click()

    expect(page.get_by_role("heading", name="Edit product")).to_be_visible()
    expect(field(page, "name")).to_have_value("The other one")


def test_a_conflict_shows_theirs_at_each_field_and_saving_again_takes_mine(
    page: Page, tag: str
) -> None:
    product = create_product(page, tag, "Lamp", price="1.00", description="old")
    open_catalog(page, tag)
    open_form(page, tag)
    field(page, "name").fill("My lamp")
    field(page, "price").fill("3")
    change_product(page, product, name="Their lamp", price="2.00", description="theirs alone")

    save(page)
    expect(page.get_by_text("Somebody else changed this product meanwhile")).to_be_visible()
    expect(page.locator("#product-name-error")).to_contain_text("Their lamp")
    expect(field(page, "description")).to_have_value("theirs alone")
    assert read_product(page, product)["name"] == "Their lamp"
    page.locator("#product-price-error").get_by_role("button", name="Keep theirs").click()
    expect(field(page, "price")).to_have_value("2.00")
    save(page)

    expect(cell_of(page, tag, "name")).to_have_text("My lamp")
    stored = read_product(page, product)
    assert (stored["name"], stored["price"]) == ("My lamp", "2.00")
    assert stored["description"] == "theirs alone"


def test_the_dialog_sends_only_what_was_changed(page: Page, tag: str) -> None:
    create_product(page, tag, "Lamp\nof two lines", description="one\r\ntwo", price="5.00")
    open_catalog(page, tag)
    open_form(page, tag)
    field(page, "price").fill("6")

    with page.expect_request(lambda request: request.method == "PATCH") as sent:
        save(page)

    assert sent.value.post_data_json == {"price": "6"}


def test_escape_closes_the_dialog_and_returns_the_focus(page: Page, tag: str) -> None:
    create_product(page, tag)
    open_catalog(page, tag)
    opener = page.get_by_role("button", name=re.compile(f"^Edit .{tag}"))
    opener.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()

    page.keyboard.press("Escape")

    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(opener).to_be_focused()


def test_an_address_with_a_product_opens_it(page: Page, tag: str) -> None:
    product = create_product(page, tag, "Linked lamp")

    page.goto(f"/products.html?q={tag}&product={product}")

    expect(field(page, "name")).to_have_value("Linked lamp")
    expect(page).to_have_url(re.compile(rf"\?q={tag}$"))


def test_an_address_with_a_product_that_is_gone_says_so(page: Page) -> None:
    page.goto("/products.html?product=999999999")

    expect(page.locator(".toast")).to_contain_text("There is no such product")


def test_the_history_tells_each_change_before_and_after(page: Page, tag: str) -> None:
    product = create_product(page, tag, "Lamp", price="5.00")
    change_product(page, product, name=HOSTILE_NAME, price=None)
    open_catalog(page, tag)

    opener = page.get_by_role("button", name=re.compile(f"^History of .{tag}"))
    opener.click()

    panel = page.get_by_role("dialog", name="History")
    events = panel.locator("#history-events > li")
    expect(events).to_have_count(2)
    expect(events.first).to_contain_text("Changed")
    expect(events.first.locator("del")).to_have_text(["Lamp", "5.00"])
    expect(events.first.locator("ins")).to_have_text([HOSTILE_NAME, "(empty)"])
    expect(events.last).to_contain_text("Created")
    expect(events.last.locator("ins").filter(visible=True)).to_have_text(
        [tag, "Lamp", "5.00", "Active"]
    )
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(opener).to_be_focused()


def test_a_long_history_is_read_piece_by_piece(page: Page, tag: str) -> None:
    product = create_product(page, tag)
    for number in range(24):
        change_product(page, product, name=f"Lamp {number}")
    open_catalog(page, tag)
    page.get_by_role("button", name=re.compile("^History of")).click()
    events = page.locator("#history-events > li")
    expect(events).to_have_count(20)

    page.get_by_role("button", name="Show older changes").click()

    expect(events).to_have_count(25)
    expect(page.get_by_role("button", name="Show older changes")).to_be_hidden()
