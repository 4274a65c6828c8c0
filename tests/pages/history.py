"""What the tests of the history page do before they look at it, over the API."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from playwright.sync_api import Locator, Page, expect

from tests.conftest import wait_until
from tests.pages.files import PATIENCE_MS, build_csv

HEADER = "sku,name,price,description"


def unique_tag() -> str:
    """The beginning of SKUs that no other test has."""
    return f"H{uuid4().hex[:10]}"


def import_rows(page: Page, *rows: str, name: str = "goods.csv") -> str:
    """Import a file with these rows; the change set's id."""
    file = build_csv(*rows, header=HEADER, name=name)
    answer = page.request.post("/api/imports", multipart={"file": file})
    assert answer.status == 202, answer.text()
    done = wait_for_end(page, f"/api/imports/{answer.json()['id']}")
    assert done["status"] == "completed", done
    return str(done["change_set_id"])


def wait_for_end(page: Page, path: str) -> dict[str, Any]:
    """What is at `path` once its work has ended."""

    def has_ended() -> bool:
        found.update(page.request.get(path).json())
        return found["status"] in ("completed", "failed", "cancelled")

    found: dict[str, Any] = {}
    wait_until(has_ended)
    return found


def delete_all(page: Page) -> str:
    """Delete the whole catalog; the change set's id."""
    answer = page.request.delete("/api/products?confirm=all")
    assert answer.status == 202, answer.text()
    set_id = str(answer.json()["id"])
    assert wait_for_end(page, f"/api/change-sets/{set_id}")["status"] == "completed"
    return set_id


def find_product(page: Page, sku: str) -> dict[str, Any] | None:
    """The product that has exactly this SKU."""
    items = page.request.get("/api/products", params={"sku": sku}).json()["items"]
    return next((item for item in items if item["sku"] == sku), None)


def edit(page: Page, sku: str, **values: object) -> None:
    """Change a product by hand."""
    product = find_product(page, sku)
    assert product is not None
    assert page.request.patch(f"/api/products/{product['id']}", data=values).ok


def open_set(page: Page, set_id: str, query: str = "") -> Locator:
    """Open a change set that has ended; the rows of its changes."""
    page.goto(f"/history.html?id={set_id}{query}")
    expect(page.locator("#set-title")).not_to_be_empty(timeout=PATIENCE_MS)
    return page.locator("#changes tbody tr")


def ask_to_undo(page: Page) -> Locator:
    """Press Undo in the head of a change set; the dialog."""
    page.locator(".page-head").get_by_role("button", name="Undo").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    return dialog


def undo(page: Page) -> None:
    """Press Undo, confirm it, and wait for its end."""
    ask_to_undo(page).get_by_role("button", name="Undo", exact=True).click()
    expect_undone(page)


def expect_undone(page: Page) -> None:
    """Wait until the page shows an undo that has ended."""
    expect(page.locator("#set-title")).to_contain_text("Undo of", timeout=PATIENCE_MS)
    expect(page.locator("#set-work")).to_be_hidden(timeout=PATIENCE_MS)
    expect(page.locator("#changes")).to_be_visible(timeout=PATIENCE_MS)
