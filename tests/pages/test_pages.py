"""What holds for every page."""

from __future__ import annotations

from uuid import uuid4

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.pages.files import PATIENCE_MS

PHONE_WIDTH = 375
LONG_WORD = "Unbreakable" * 12


def fill_app(page: Page) -> str:
    """Data that is hard to lay out: long words in names and reasons. Answers the import's id."""
    rows = f"{uuid4().hex},{LONG_WORD},1.00\n{LONG_WORD[:90]},Lamp,{LONG_WORD}\n"
    file: FilePayload = {
        "name": f"{LONG_WORD}.csv",
        "mimeType": "text/csv",
        "buffer": f"sku,name,price\n{rows}".encode(),
    }
    answer = page.request.post("/api/imports", multipart={"file": file})
    import_id: str = answer.json()["id"]
    page.goto(f"/?import={import_id}")
    expect(page.locator("#rejects tbody tr")).to_have_count(1, timeout=PATIENCE_MS)
    return import_id


def test_no_page_scrolls_sideways_on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": PHONE_WIDTH, "height": 740})
    import_id = fill_app(page)
    shown = {
        "/": "#idle-view",
        f"/?import={import_id}": "#rejects tbody tr",
        "/products.html": "#list tbody tr",
        "/imports.html": "#list tbody tr",
        "/history.html": "#list tbody tr",
        "/webhooks.html": "main h1",
        "/status.html": "#queues tr",
        "/api/docs": ".operation",
        "/settings.html": "#open-mode",
        "/login.html": "#login-form",
    }
    for address, content in shown.items():
        page.goto(address)
        expect(page.locator(content).first).to_be_visible(timeout=PATIENCE_MS)
        width: int = page.evaluate("document.documentElement.scrollWidth")
        assert width == PHONE_WIDTH, address


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/products.html",
        "/imports.html",
        "/history.html",
        "/webhooks.html",
        "/status.html",
        "/api/docs",
    ],
)
def test_the_first_tab_stop_skips_to_the_content(page: Page, address: str) -> None:
    page.goto(address)

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_role("main")).to_be_focused()
