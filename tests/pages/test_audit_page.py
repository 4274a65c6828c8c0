"""The audit log in a real browser."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.pages.files import PATIENCE_MS

PHONE_WIDTH = 375


def upload(page: Page, name: str) -> str:
    """An import of a file of this name; its id."""
    file: FilePayload = {"name": name, "mimeType": "text/csv", "buffer": b"sku,name\nA-1,Lamp\n"}
    answer = page.request.post("/api/imports", multipart={"file": file, "preview": "true"})
    import_id: str = answer.json()["id"]
    return import_id


def rows(page: Page) -> Locator:
    """The entries shown."""
    return page.locator("#list tbody tr")


def open_log(page: Page, query: str = "") -> None:
    page.goto(f"/audit.html{query}")
    expect(page.locator("#list, #nothing, #nothing-found").locator("visible=true")).to_have_count(
        1, timeout=PATIENCE_MS
    )


def test_an_entry_is_a_sentence_that_leads_to_what_it_is_about(page: Page) -> None:
    name = f"{uuid4().hex}.csv"
    import_id = upload(page, name)
    open_log(page)
    row = rows(page).filter(has_text=name)
    expect(row).to_contain_text(f"Uploaded {name}")
    expect(row).to_contain_text("This machine")
    expect(row).to_contain_text("127.0.0.1")
    expect(row.get_by_role("link")).to_have_attribute("href", f"/?import={import_id}")


def test_the_log_is_narrowed_by_what_was_done_and_the_address_says_so(page: Page) -> None:
    upload(page, "narrowed.csv")
    page.request.get("/api/products/export.csv?q=lamp")
    open_log(page)
    page.get_by_label("What", exact=True).select_option("export_made")
    expect(page).to_have_url(re.compile(r"\?action=export_made$"))
    expect(rows(page).filter(has_not_text="Exported the catalog")).to_have_count(0)
    expect(rows(page).first).to_contain_text("Only products with text lamp")
    page.go_back()
    expect(page.get_by_label("What", exact=True)).to_have_value("")
    expect(rows(page).filter(has_text="Uploaded narrowed.csv").first).to_be_visible()


def test_who_is_asked_for_while_it_is_typed(page: Page) -> None:
    upload(page, "typed.csv")
    open_log(page)
    page.get_by_label("Who").press_sequentially("nobody")
    expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    page.get_by_role("button", name="Show all").click()
    expect(rows(page).first).to_be_visible()
    expect(page).to_have_url(re.compile(r"/audit\.html$"))


def test_a_range_of_days_holds_its_last_day(page: Page) -> None:
    upload(page, "today.csv")
    open_log(page)
    today: str = page.evaluate("new Date().toLocaleDateString('sv')")
    page.get_by_label("From").fill(today)
    page.get_by_label("Until").fill(today)
    expect(page).to_have_url(re.compile(f"from={today}&to={today}$"))
    expect(rows(page).filter(has_text="Uploaded today.csv").first).to_be_visible()
    page.get_by_label("Until").fill("2020-01-01")
    expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()


@pytest.mark.parametrize("query", ["?action=nonsense", "?cursor=nonsense"])
def test_an_address_that_means_nothing_is_explained(page: Page, query: str) -> None:
    page.goto(f"/audit.html{query}")
    expect(page.get_by_role("alert").filter(has_text="The input is not valid")).to_be_visible()


def test_a_name_that_is_markup_is_shown_as_text(page: Page) -> None:
    name = "<img src=x onerror=document.title='ran'>.csv"
    upload(page, name)
    open_log(page)
    expect(rows(page).filter(has_text=name).first).to_be_visible()
    expect(page).not_to_have_title("ran")


def test_the_log_fits_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": PHONE_WIDTH, "height": 740})
    upload(page, f"{'Unbreakable' * 12}.csv")
    open_log(page)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE_WIDTH


def test_the_settings_lead_to_the_log(page: Page) -> None:
    page.goto("/settings.html")
    page.get_by_role("link", name="Audit log").click()
    expect(page.get_by_role("heading", name="Audit log")).to_be_visible()
