"""The history page where something is special: its states, its looks, its keys, hostile texts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.pages.history import (
    ask_to_undo,
    delete_all,
    edit,
    expect_undone,
    import_rows,
    open_set,
    undo,
    unique_tag,
)

PHONE = {"width": 375, "height": 740}
HOSTILE = "<img src=x onerror=document.title='owned'>"


@pytest.fixture
def tag() -> str:
    """The beginning of SKUs that no other test has."""
    return unique_tag()


def alter(page: Page, path: str, change: Callable[[dict[str, Any]], object]) -> None:
    """Have what the server answers to `path` (a regular expression) changed on its way."""

    def answer(route: Route) -> None:
        response = route.fetch()
        body = response.json()
        change(body)
        route.fulfill(response=response, json=body)

    page.route(re.compile(path), answer)


def test_what_is_undone_says_so_and_leads_to_the_undo(page: Page, tag: str) -> None:
    made = import_rows(page, f"{tag},Lamp,1.00,")
    open_set(page, made)
    undo(page)

    page.get_by_role("link", name="See what was undone").click()

    expect(page.locator("#notices")).to_contain_text("This has been undone")
    expect(page.locator(".page-head [data-action=undo]")).to_be_hidden()
    page.get_by_role("link", name="See the undo").click()
    expect(page.locator("#set-title")).to_have_text("Undo of the import of goods.csv")


def test_what_is_too_old_says_until_when_it_could_be_undone(page: Page, tag: str) -> None:
    made = import_rows(page, f"{tag},Lamp,1.00,")
    alter(page, f"/change-sets/{made}$", lambda b: b.update(undoable_until="2020-01-02T03:04:05Z"))

    open_set(page, made)

    expect(page.locator("#notices")).to_contain_text("Too old to be undone")
    expect(page.locator("#notices")).to_contain_text("2020")
    expect(page.locator(".page-head [data-action=undo]")).to_be_hidden()


def test_what_changed_nothing_offers_no_undo(page: Page, tag: str) -> None:
    import_rows(page, f"{tag},Lamp,1.00,")

    open_set(page, import_rows(page, f"{tag},Lamp,1.00,"))

    expect(page.locator("#notices")).to_contain_text("No product was changed")
    expect(page.locator(".page-head [data-action=undo]")).to_be_hidden()
    expect(page.locator("#changes")).to_be_hidden()


def test_what_failed_says_why(page: Page, tag: str) -> None:
    made = import_rows(page, f"{tag},Lamp,1.00,")
    problem = {"title": "The operation failed", "detail": "The server broke down ten times."}
    alter(page, f"/change-sets/{made}$", lambda b: b.update(status="failed", problem=problem))

    open_set(page, made)

    expect(page.locator("#notices")).to_contain_text("The server broke down ten times.")
    expect(page.locator(".page-head [data-action=undo]")).to_be_hidden()


def test_an_empty_history_says_what_will_be_kept_there(page: Page) -> None:
    alter(page, r"/api/change-sets\?", lambda b: b.update(items=[], total=0, next_cursor=None))

    page.goto("/history.html")

    expect(page.get_by_role("heading", name="Nothing has happened yet")).to_be_visible()
    expect(page.locator("#list")).to_be_hidden()


@pytest.mark.parametrize("unknown", ["01930000-0000-7000-8000-000000000000", "../products"])
def test_an_unknown_change_set_leads_back_to_the_whole_history(page: Page, unknown: str) -> None:
    page.goto(f"/history.html?id={unknown}")

    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_role("link", name="See the whole history").click()
    expect(page.get_by_role("heading", name="History", exact=True)).to_be_visible()


def test_an_undo_that_somebody_else_was_quicker_with_is_explained(page: Page, tag: str) -> None:
    made = import_rows(page, f"{tag},Lamp,1.00,")
    open_set(page, made)
    dialog = ask_to_undo(page)
    assert page.request.post(f"/api/change-sets/{made}/undo").status == 202

    dialog.get_by_role("button", name="Undo", exact=True).click()

    expect(page.locator(".toast")).to_contain_text("undone already")
    expect(page.locator("#notices")).to_contain_text("This has been undone")


def test_where_nothing_is_left_to_undo_the_dialog_only_closes(page: Page, tag: str) -> None:
    made = import_rows(page, f"{tag},Lamp,1.00,")
    edit(page, tag, name="Mine")
    open_set(page, made)

    dialog = ask_to_undo(page)

    expect(dialog).to_contain_text("Nothing is left to undo")
    expect(dialog.get_by_role("button")).to_have_text(["Close"])


def test_a_product_deleted_and_replaced_is_said_to_stay_deleted(page: Page, tag: str) -> None:
    import_rows(page, f"{tag},Lamp,1.00,", f"{tag}-2,Table,1.00,")
    deleted = delete_all(page)
    assert page.request.post("/api/products", data={"sku": tag, "name": "Another"}).ok
    open_set(page, deleted)

    dialog = ask_to_undo(page)

    expect(dialog.locator("[data-effect=kept]")).to_contain_text("its SKU is in use again")
    dialog.get_by_role("button", name="Undo", exact=True).click()
    expect_undone(page)


def test_markup_in_names_skus_and_files_is_shown_as_text(page: Page, tag: str) -> None:
    name = f"{HOSTILE}{tag}.csv"
    rows = open_set(page, import_rows(page, f"<b>{tag}</b>,{HOSTILE},1.00,{HOSTILE}", name=name))

    expect(page.locator("#set-title")).to_have_text(f"Import of {name}")
    expect(rows).to_contain_text([f"<b>{tag}</b>"])
    expect(rows).to_contain_text([HOSTILE])
    expect(ask_to_undo(page)).to_contain_text(name)
    page.goto("/history.html")
    expect(page.locator("#list tbody tr").first).to_contain_text(name)
    expect(page.locator("main img, dialog img, main b")).to_have_count(0)
    expect(page).to_have_title("History – Product Importer")


def test_everything_is_done_with_the_keyboard_alone(page: Page, tag: str) -> None:
    made = import_rows(page, f"{tag},Lamp,1.00,")
    open_set(page, made)
    opener = page.locator(".page-head").get_by_role("button", name="Undo")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(opener).to_be_focused()

    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(opener).to_be_focused()

    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("button", name="Leave it")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect_undone(page)


def test_nothing_scrolls_sideways_on_a_phone(page: Page, tag: str) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    long = tag + "Unbreakable" * 7
    import_rows(page, f"{long},{long},1.00,{long * 9}")
    made = import_rows(page, f"{long},{long}2,1.00,{long * 9}2", name=f"{long}.csv")
    rows = open_set(page, made)
    expect(rows).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]

    dialog = ask_to_undo(page).bounding_box()
    assert dialog is not None
    assert dialog["x"] >= 0
    assert dialog["x"] + dialog["width"] <= PHONE["width"]
    page.goto("/history.html")
    expect(page.locator("#list tbody tr").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_dark_mode_turns_every_surface_dark(page: Page, tag: str) -> None:
    page.emulate_media(color_scheme="dark")
    import_rows(page, f"{tag},Lamp,1.00,")
    rows = open_set(page, import_rows(page, f"{tag},Lamp,2.00,"))
    expect(rows).to_have_count(1)
    ask_to_undo(page)

    lightness = """selector => {
        const colour = getComputedStyle(document.querySelector(selector)).backgroundColor;
        return parseFloat(colour.match(/oklch\\(([\\d.]+)/)[1]);
    }"""
    for surface in ("body", "#changes", "#undo-dialog", "#changes del", "#changes ins"):
        assert page.evaluate(lightness, surface) < 0.4, surface
