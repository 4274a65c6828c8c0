"""Editing cells of the catalog in their place, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.conftest import wait_until
from tests.pages.catalog import (
    cell_of,
    change_product,
    create_product,
    go_offline,
    hold,
    open_catalog,
    read_product,
    rows_of,
    unique_tag,
)
from tests.pages.files import PATIENCE_MS

PRODUCT = re.compile(r"/api/products/\d+$")


@pytest.fixture
def tag() -> str:
    return unique_tag()


def editor_of(cell: Locator) -> Locator:
    return cell.locator(".editor-input")


def test_enter_starts_and_saves_an_edit_and_sends_the_version(page: Page, tag: str) -> None:
    product = create_product(page, tag, "Lamp", price="5.00")
    open_catalog(page, tag)
    cell = cell_of(page, tag, "price")
    cell.click()
    page.keyboard.press("Enter")
    expect(editor_of(cell)).to_be_focused()

    with page.expect_request(PRODUCT) as sent:
        page.keyboard.type("12,5")
        page.keyboard.press("Enter")

    expect(cell).to_have_text("12.50")
    expect(cell).to_be_focused()
    assert sent.value.headers["if-match"] == '"1"'
    assert sent.value.post_data_json == {"price": "12.5"}
    assert read_product(page, product)["price"] == "12.50"


@pytest.mark.parametrize("way", ["F2", "dblclick"])
def test_f2_and_a_double_click_start_an_edit_too(page: Page, tag: str, way: str) -> None:
    create_product(page, tag)
    open_catalog(page, tag)
    cell = cell_of(page, tag, "name")

    if way == "dblclick":
        cell.dblclick()
    else:
        cell.press(way)

    expect(editor_of(cell)).to_have_value("Lamp")


def test_escape_leaves_a_cell_as_it_was(page: Page, tag: str) -> None:
    product = create_product(page, tag)
    open_catalog(page, tag)
    cell = cell_of(page, tag, "name")
    cell.dblclick()

    page.keyboard.type("Rug")
    page.keyboard.press("Escape")

    expect(cell).to_have_text("Lamp")
    expect(cell).to_be_focused()
    assert read_product(page, product)["version"] == 1


def test_tab_saves_and_goes_on_through_the_row_and_to_the_next(page: Page, tag: str) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    second = create_product(page, f"{tag}-2")
    first = create_product(page, f"{tag}-1")
    open_catalog(page, tag)
    cell_of(page, f"{tag}-1", "name").dblclick()

    for text in ("Oak table", "Solid", "49.9"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    expect(editor_of(cell_of(page, f"{tag}-2", "sku"))).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("Oak chair")
    page.keyboard.press("Shift+Tab")
    expect(editor_of(cell_of(page, f"{tag}-2", "sku"))).to_be_focused()
    page.keyboard.press("Escape")

    expect(cell_of(page, f"{tag}-2", "name")).to_have_text("Oak chair")
    expect(page.locator(".editor")).to_have_count(0)
    stored = read_product(page, first)
    assert (stored["name"], stored["description"], stored["price"]) == (
        "Oak table",
        "Solid",
        "49.90",
    )
    assert stored["version"] == 4
    assert read_product(page, second)["version"] == 2


def test_leaving_a_cell_by_the_mouse_saves_it(page: Page, tag: str) -> None:
    create_product(page, tag)
    open_catalog(page, tag)
    cell_of(page, tag, "name").dblclick()
    page.keyboard.type("Rug")

    page.get_by_role("heading", name="Products").click()

    expect(cell_of(page, tag, "name")).to_have_text("Rug")
    expect(page.locator(".editor")).to_have_count(0)


def test_an_empty_price_is_none_and_an_unchanged_cell_sends_nothing(page: Page, tag: str) -> None:
    product = create_product(page, tag, "a\nb", price="5.00")
    open_catalog(page, tag)
    cell = cell_of(page, tag, "price")
    cell.dblclick()
    page.keyboard.press("Delete")
    page.keyboard.press("Enter")
    expect(cell).to_have_text("–")

    cell_of(page, tag, "name").dblclick()
    page.keyboard.press("Enter")

    expect(page.locator(".editor")).to_have_count(0)
    stored = read_product(page, product)
    assert stored["price"] is None
    assert stored["name"] == "a\nb"
    assert stored["version"] == 2


def test_a_refused_value_stays_with_its_reason_below_it(page: Page, tag: str) -> None:
    create_product(page, tag, price="5.00")
    open_catalog(page, tag)
    cell = cell_of(page, tag, "price")
    cell.dblclick()
    page.keyboard.type("1,299")
    page.keyboard.press("Enter")

    expect(cell.get_by_role("alert")).to_have_text(re.compile("not a number"))
    expect(editor_of(cell)).to_have_attribute("aria-invalid", "true")
    expect(editor_of(cell)).to_have_value("1,299")
    expect(editor_of(cell)).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("1299")
    page.keyboard.press("Enter")

    expect(cell).to_have_text("1,299.00")


def test_a_sku_that_is_taken_leads_to_the_product_that_has_it(page: Page, tag: str) -> None:
    create_product(page, f"{tag}-1", "The other one")
    create_product(page, f"{tag}-2")
    open_catalog(page, tag)
    cell = cell_of(page, f"{tag}-2", "sku")
    cell.dblclick()
    page.keyboard.type(f"{tag}-1".upper())
    page.keyboard.press("Enter")

    expect(cell.get_by_role("alert")).to_contain_text("is taken")
    cell.get_by_role("link", name="Open that product").click()

    expect(page.get_by_role("dialog").get_by_label("Name")).to_have_value("The other one")


def start_conflict(page: Page, tag: str) -> tuple[int, Locator]:
    """Both have renamed the lamp; answers its id and the cell that says so."""
    product = create_product(page, tag, "Lamp")
    open_catalog(page, tag)
    cell = cell_of(page, tag, "name")
    cell.dblclick()
    change_product(page, product, name="Their lamp")
    page.keyboard.type("My lamp")
    page.keyboard.press("Enter")
    expect(cell.get_by_role("alert")).to_contain_text("Somebody else changed this meanwhile")
    return product, cell


def test_a_conflict_shows_both_values_and_overwrites_nothing(page: Page, tag: str) -> None:
    product, cell = start_conflict(page, tag)

    expect(cell.get_by_role("definition")).to_have_text(["Their lamp", "My lamp"])
    assert read_product(page, product)["name"] == "Their lamp"


def test_a_conflict_ends_by_keeping_theirs(page: Page, tag: str) -> None:
    product, cell = start_conflict(page, tag)

    page.keyboard.press("Tab")
    expect(cell.get_by_role("button", name="Keep theirs")).to_be_focused()
    page.keyboard.press("Enter")

    expect(cell).to_have_text("Their lamp")
    expect(cell).to_be_focused()
    assert read_product(page, product)["version"] == 2


def test_a_conflict_ends_by_taking_mine(page: Page, tag: str) -> None:
    product, cell = start_conflict(page, tag)

    cell.get_by_role("button", name="Take mine").click()

    expect(cell).to_have_text("My lamp")
    expect(page.locator(".editor")).to_have_count(0)
    assert read_product(page, product)["name"] == "My lamp"


def test_somebodys_change_of_another_field_is_no_conflict(page: Page, tag: str) -> None:
    product = create_product(page, tag, "Lamp", price="5.00")
    open_catalog(page, tag)
    cell = cell_of(page, tag, "price")
    cell.dblclick()
    change_product(page, product, name="Their lamp")

    page.keyboard.type("6")
    page.keyboard.press("Enter")

    expect(cell).to_have_text("6.00")
    expect(cell_of(page, tag, "name")).to_have_text("Their lamp")
    stored = read_product(page, product)
    assert (stored["name"], stored["price"]) == ("Their lamp", "6.00")


def test_a_product_that_is_gone_says_so_in_the_cell(page: Page, tag: str) -> None:
    product = create_product(page, tag)
    open_catalog(page, tag)
    cell = cell_of(page, tag, "name")
    cell.dblclick()
    assert page.request.delete(f"/api/products/{product}").ok

    page.keyboard.type("Rug")
    page.keyboard.press("Enter")

    expect(cell.get_by_role("alert").get_by_role("paragraph")).to_have_text(
        "This product was deleted meanwhile."
    )


def test_what_was_typed_survives_a_lost_connection(page: Page, tag: str) -> None:
    create_product(page, tag)
    open_catalog(page, tag)
    cell = cell_of(page, tag, "name")
    cell.dblclick()
    page.route(PRODUCT, go_offline, times=1)
    page.keyboard.type("Rug")
    page.keyboard.press("Enter")
    expect(cell.get_by_role("alert")).to_contain_text("The server cannot be reached")

    page.keyboard.press("Enter")

    expect(cell).to_have_text("Rug")
    expect(page.locator(".editor")).to_have_count(0)


def test_the_switch_activates_and_deactivates(page: Page, tag: str) -> None:
    product = create_product(page, tag)
    open_catalog(page, tag)
    switch = rows_of(page).get_by_role("switch")
    expect(switch).to_be_checked()

    switch.click()
    expect(switch).not_to_be_checked()
    expect(switch).to_contain_text("Inactive")
    assert read_product(page, product)["active"] is False
    switch.press("Space")

    expect(switch).to_be_checked()
    assert read_product(page, product)["active"] is True


def test_a_switch_that_cannot_be_turned_stays_and_says_why(page: Page, tag: str) -> None:
    create_product(page, tag)
    open_catalog(page, tag)
    page.route(PRODUCT, go_offline)

    rows_of(page).get_by_role("switch").click()

    expect(page.locator(".toast")).to_contain_text("The server cannot be reached")
    expect(rows_of(page).get_by_role("switch")).to_be_checked()


def test_arrows_move_between_cells_and_tab_enters_the_table_once(page: Page, tag: str) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    create_product(page, f"{tag}-2")
    create_product(page, f"{tag}-1")
    open_catalog(page, tag)
    page.get_by_role("columnheader", name="Updated").get_by_role("button").focus()

    page.keyboard.press("Tab")
    expect(cell_of(page, f"{tag}-1", "sku")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(cell_of(page, f"{tag}-2", "name")).to_be_focused()
    page.keyboard.press("End")
    expect(page.get_by_label(re.compile(f"^Delete .{tag}-2"))).to_be_focused()
    page.keyboard.press("Control+Home")
    expect(page.get_by_label(re.compile(f"^Select .{tag}-1"))).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("columnheader", name="Updated").get_by_role("button")).to_be_focused()


def test_two_edits_of_one_product_are_saved_one_after_the_other(page: Page, tag: str) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    product = create_product(page, tag)
    open_catalog(page, tag)
    held = hold(page, PRODUCT, times=1)
    cell_of(page, tag, "name").dblclick()
    page.keyboard.type("Rug")
    page.keyboard.press("Tab")
    page.keyboard.type("Woven")
    page.keyboard.press("Enter")
    expect(editor_of(cell_of(page, tag, "name"))).to_have_attribute("readonly", "")

    held[0].continue_()

    expect(page.locator(".editor")).to_have_count(0)
    stored = read_product(page, product)
    assert (stored["name"], stored["description"]) == ("Rug", "Woven")


def test_an_open_editor_survives_that_the_list_is_loaded_again(page: Page, tag: str) -> None:
    create_product(page, f"{tag}-1")
    create_product(page, f"{tag}-2")
    rows = open_catalog(page, tag)
    held = hold(page, re.compile("/api/change-sets/"), times=1)
    page.get_by_role("button", name=re.compile(f"^Delete .{tag}-2")).click()
    cell = cell_of(page, f"{tag}-1", "name")
    cell.dblclick()
    page.keyboard.type("Half of a na")
    wait_until(lambda: page.evaluate("true") and held)

    held[0].continue_()
    expect(rows).to_have_count(1, timeout=PATIENCE_MS)
    page.keyboard.type("me")
    page.keyboard.press("Enter")

    expect(cell).to_have_text("Half of a name")
