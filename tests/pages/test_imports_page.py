"""The history page in a real browser."""

from __future__ import annotations

from uuid import uuid4

from playwright.sync_api import FilePayload, Page, expect

from tests.pages.files import PATIENCE_MS


def upload(page: Page, name: str, text: str) -> None:
    file: FilePayload = {"name": name, "mimeType": "text/csv", "buffer": text.encode()}
    assert page.request.post("/api/imports", multipart={"file": file}).status == 202


def test_an_import_is_listed_moves_to_its_end_and_leads_to_its_report(page: Page) -> None:
    name = f"{uuid4().hex}.csv"
    upload(page, name, f"sku,name\n{uuid4().hex},Lamp\n,No SKU\n")

    page.goto("/imports.html")

    row = page.locator("#list tbody tr", has_text=name)
    expect(row).to_contain_text("Completed", timeout=PATIENCE_MS)
    expect(row).to_contain_text("1 created, 1 rejected")
    row.get_by_role("link").click()
    expect(page.get_by_role("heading", name=f"{name} is in the catalog")).to_be_visible()
