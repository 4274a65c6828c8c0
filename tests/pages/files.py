"""Files for the page tests, and the way they take."""

from __future__ import annotations

from uuid import uuid4

from playwright.sync_api import FilePayload, Page, expect

from tests.waiting import PATIENCE

HEADER = "sku,name,price"
PATIENCE_MS = 1000 * PATIENCE


def build_csv(*rows: str, header: str = HEADER, name: str = "products.csv") -> FilePayload:
    text = "\n".join([header, *rows, ""])
    return {"name": name, "mimeType": "text/csv", "buffer": text.encode()}


def unique_sku() -> str:
    return f"T-{uuid4().hex[:12]}"


def choose(page: Page, file: FilePayload) -> None:
    """Choose a file to be looked at."""
    page.goto("/")
    page.get_by_label("Drop a CSV file").set_input_files(file)


def choose_directly(page: Page, file: FilePayload) -> None:
    """Choose a file to be imported without looking."""
    page.goto("/")
    page.get_by_text("Options").click()
    page.get_by_label("Import without looking first").check()
    page.get_by_label("Drop a CSV file").set_input_files(file)


def expect_heading(page: Page, title: str) -> None:
    expect(page.get_by_role("heading", name=title)).to_be_visible(timeout=PATIENCE_MS)
