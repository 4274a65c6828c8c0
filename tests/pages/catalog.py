"""Products for the catalog page's tests, and what they look at on it."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

from playwright.sync_api import Locator, Page, Route, expect

from tests.pages.files import PATIENCE_MS, build_csv

PAGE_SIZE = 50
HOSTILE_NAME = "<img src=x onerror=document.title='owned'></script>"


def unique_tag() -> str:
    """A word that no other test's product holds."""
    return f"tag{uuid4().hex[:12]}"


def create_product(page: Page, sku: str, name: str = "Lamp", **values: object) -> int:
    """Store a product; its id."""
    answer = page.request.post("/api/products", data={"sku": sku, "name": name, **values})
    assert answer.status == 201, answer.text()
    product_id: int = answer.json()["id"]
    return product_id


def read_product(page: Page, product_id: int) -> Any:
    """The product as it is stored."""
    answer = page.request.get(f"/api/products/{product_id}")
    return answer.json() if answer.ok else None


def change_product(page: Page, product_id: int, **values: object) -> None:
    """Change a product as somebody else would."""
    assert page.request.patch(f"/api/products/{product_id}", data=values).ok


def import_products(page: Page, tag: str, count: int) -> None:
    """Store many products at once: `{tag}-0001` and so on."""
    rows = [f"{tag}-{number:04},Lamp {number},{number}.50" for number in range(1, count + 1)]
    answer = page.request.post("/api/imports", multipart={"file": build_csv(*rows)})
    address = f"/api/imports/{answer.json()['id']}"
    page.goto(f"/?import={answer.json()['id']}")
    expect(page.locator("#report-view")).to_be_visible(timeout=PATIENCE_MS)
    assert page.request.get(address).json()["counts"]["created"] == count


def count_stored(page: Page, tag: str, **filters: str) -> int:
    """How many products hold the tag."""
    answer = page.request.get("/api/products", params={"q": tag, **filters})
    total: int = answer.json()["total"]
    return total


def open_catalog(page: Page, q: str, **filters: str) -> Locator:
    """The table's rows for a search; waits until it has been answered."""
    query = "".join(f"&{name}={value}" for name, value in filters.items())
    page.goto(f"/products.html?q={q}{query}")
    expect(page.locator("#total")).not_to_be_empty()
    return rows_of(page)


def rows_of(page: Page) -> Locator:
    """The products shown."""
    return page.locator("#list tbody tr")


def cell_of(page: Page, sku: str, field: str) -> Locator:
    """A product's cell."""
    row = rows_of(page).filter(has=page.get_by_label(f"Select \u2068{sku}\u2069", exact=True))
    return row.locator(f"[data-field={field}]")


def toast(page: Page) -> Locator:
    """What the page says happened."""
    return page.locator(".toast").last


def hold(page: Page, address: re.Pattern[str], *, times: int | None = None) -> list[Route]:
    """Keep requests to `address` waiting until the test continues those in the answer."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    page.route(address, keep, times=times)
    return held


def go_offline(route: Route) -> None:
    """A route handler: the server cannot be reached."""
    route.abort()
