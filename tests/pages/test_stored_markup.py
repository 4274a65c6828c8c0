"""Markup that somebody has stored runs on no page, wherever it was put."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import FilePayload, Page

from tests.conftest import PROJECT, wait_until
from tests.pages.webhooks import delete_webhooks, send_tests, subscribe
from tests.webhooks.receiver import Receiver, Reply

MARKUP = "<img src=x onerror=window.owned=1>"
CLOSING = f"--></title></script></textarea>{MARKUP}"
PAGES = sorted(path.name for path in (PROJECT / "static").glob("*.html"))
# What would be there had a text become markup, or had it run.
TRACES = "[document.querySelectorAll('img[src=x]').length, window.owned]"
QUEUE = quote(MARKUP, safe="")
RQ = ("/rq/", "/rq/0/view/jobs", "/rq/0/view/workers", f"/rq/0/view/jobs/{QUEUE}/queued/8/asc/1")


@pytest.fixture
def addresses(page: Page) -> Iterator[list[str]]:
    """Every page, and every page of one thing, where markup is in whatever may hold text.

    It is the newest of everything, so that lists begin with it.
    """
    delete_webhooks(page)
    with Receiver(lambda _: Reply(500, CLOSING.encode())) as receiver:
        webhook = subscribe(page, f"{receiver.url}/{quote(MARKUP)}", description=CLOSING)
        send_tests(page, webhook, 1)
        product = store_product(page)
        imports = [store_import(page, preview) for preview in ("false", "true")]
        wait_until(lambda: all(is_over(page, one) for one in imports))
        page.request.post("/api/api-keys", data={"name": CLOSING, "scope": "read"})
        deliveries = read_items(page, f"/api/webhooks/{webhook['id']}/deliveries")
        details = [
            *(f"/?import={one}" for one in imports),
            *(
                f"/history.html?id={one['id']}"
                for one in read_items(page, "/api/change-sets?limit=2")
            ),
            f"/webhooks.html?id={webhook['id']}",
            f"/webhooks.html?id={webhook['id']}&delivery={deliveries[0]['id']}",
            f"/products.html?q={quote(MARKUP)}&sort=name",
            f"/products.html?product={product}",
        ]
    yield [*(f"/{name}" for name in PAGES), *details, *RQ]
    delete_webhooks(page)


def store_product(page: Page) -> int:
    """One whose every text is markup, and was another one before."""
    values = {"sku": MARKUP, "name": CLOSING, "description": CLOSING}
    answer = page.request.post("/api/products", data=values)
    product: int = answer.json()["id"]
    page.request.patch(f"/api/products/{product}", data={"name": MARKUP})
    page.request.patch(f"/api/products/{product}", data={"name": CLOSING})
    return product


def store_import(page: Page, preview: str) -> str:
    """A file whose name, columns and cells are markup, some of them rejected or repeated."""
    cell = f'"{CLOSING}"'
    rows = [
        f'sku,name,price,"1{CLOSING}",2{MARKUP}',
        f"A{MARKUP},{cell},1.00,{cell},{cell}",
        f"A{MARKUP},{cell},2.00,{cell},{cell}",
        f"B{MARKUP},{cell},{MARKUP},{cell},{cell}",
        f"C{MARKUP},,1.00",
        f'D,"{MARKUP}',
    ]
    file: FilePayload = {
        "name": f"{MARKUP}.csv",
        "mimeType": "text/csv",
        "buffer": "\n".join(rows).encode(),
    }
    answer = page.request.post("/api/imports", multipart={"file": file, "preview": preview})
    import_id: str = answer.json()["id"]
    return import_id


def is_over(page: Page, import_id: str) -> bool:
    """Whether the worker is done with it."""
    status = page.request.get(f"/api/imports/{import_id}").json()["status"]
    return status in ("ready", "completed", "failed")


def read_items(page: Page, path: str) -> list[Any]:
    """A list's first page."""
    items: list[Any] = page.request.get(path).json()["items"]
    return items


def test_stored_markup_runs_on_no_page(page: Page, addresses: list[str]) -> None:
    """The page's own fixture fails besides when the content security policy had to step in."""
    shown = 0
    for address in addresses:
        page.goto(address)
        page.wait_for_load_state("networkidle")
        assert page.evaluate(TRACES) == [0, None], address
        shown += "window.owned=1" in page.locator("body").inner_text()
    # Enough of them do show it, so that there was something to run.
    assert shown >= 7
