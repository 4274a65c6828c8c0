"""The status page in a real browser: true while one looks, and honest about what is missing."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

from playwright.sync_api import FilePayload, Page, Route, expect

from tests.pages.files import PATIENCE_MS

HOSTILE = "<img src=x onerror=document.title='owned'>.csv"


def upload(page: Page, name: str, text: str, **options: str) -> str:
    file: FilePayload = {"name": name, "mimeType": "text/csv", "buffer": text.encode()}
    answer = page.request.post("/api/imports", multipart={"file": file, **options})
    assert answer.status == 202
    import_id: str = answer.json()["id"]
    return import_id


def answer_instead(page: Page, **changes: Any) -> None:
    """Have the page told what the server says, but for `changes`."""

    def handle(route: Route) -> None:
        status = {**route.fetch().json(), **changes}
        route.fulfill(status=200, content_type="application/json", body=json.dumps(status))

    page.route("**/api/status", handle)


def test_it_shows_every_queue_and_worker_and_that_all_is_well(page: Page) -> None:
    page.goto("/status.html")

    expect(page.locator("#summary")).to_have_text("Everything that is needed is there.")
    expect(page.locator("#parts li")).to_have_text(["Database", "Redis", "Schema", "Workers"])
    expect(page.locator("#queues .name")).to_have_text(["imports", "webhooks"])
    expect(page.locator("#workers .name")).to_have_text(["imports", "webhooks"])
    expect(page.locator("#tables tr").first).to_be_visible()
    expect(page.locator("#versions div", has_text="PostgreSQL")).to_contain_text("18.")
    expect(page.get_by_role("link", name="Status")).to_have_attribute("aria-current", "page")


def test_every_table_is_there_the_small_ones_when_asked_for(page: Page) -> None:
    sizes = {"products": 9_000_000, "chores": 4096, "sessions": 2048}
    tables = [
        {"name": name, "data_bytes": size, "index_bytes": 0, "rows": 1}
        for name, size in sizes.items()
    ]
    answer_instead(page, tables=tables)
    page.goto("/status.html")

    names = page.locator("table .mono:visible")
    expect(names).to_have_text(["products"])
    page.get_by_role("button", name="Show 2 smaller tables").click()
    expect(names).to_have_text(["products", "chores", "sessions"])
    page.get_by_role("button", name="Hide 2 smaller tables").click()
    expect(names).to_have_text(["products"])


def test_an_import_is_counted_while_one_looks(page: Page) -> None:
    page.goto("/status.html")
    figure = page.locator(".chart").first
    expect(figure).to_contain_text("Rows imported")
    before = int(figure.locator(".chart-figure").inner_text().replace(",", ""))

    rows = "".join(f"{uuid4().hex},Lamp\n" for _ in range(7))
    upload(page, "lamps.csv", f"sku,name\n{rows}")

    expect(figure.locator(".chart-figure")).to_have_text(f"{before + 7:,}", timeout=PATIENCE_MS)
    expect(figure.locator("svg g")).to_have_count(60)
    page.get_by_text("Last day").click()
    expect(figure.locator("svg g")).to_have_count(96)
    expect(figure).to_contain_text("24 hours ago")


def test_a_failed_import_is_listed_as_text_and_leads_to_its_report(page: Page) -> None:
    import_id = upload(page, HOSTILE, "sku,name\nA,\n", on_reject="abort")

    page.goto("/status.html")

    link = page.locator(f"#failures a[href$='{import_id}']")
    expect(link).to_have_text(HOSTILE, timeout=PATIENCE_MS)
    assert page.title() == "Status – Product Importer"
    link.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(HOSTILE)


def test_what_is_missing_is_named_with_what_it_means(page: Page) -> None:
    parts = {"database": True, "redis": False, "schema": True, "worker": False}
    answer_instead(page, parts=parts, is_ready=False, queues=None, workers=None)

    page.goto("/status.html")

    expect(page.locator("#not-ready")).to_contain_text("Imports are taken and wait")
    expect(page.locator("#missing li")).to_have_count(2)
    expect(page.locator("#parts [data-tone=failed]")).to_have_text(
        ["Redis missing", "Workers missing"]
    )
    expect(page.locator("#no-workers")).to_be_visible()


def test_jobs_are_named_and_lead_to_what_they_are_about(page: Page) -> None:
    import_id = str(uuid4())
    moment = "2026-11-21T08:00:00.000000Z"
    worker = {
        "name": "w1", "queue": "imports", "state": "busy", "host": "one", "pid": 7,
        "started_at": moment, "seen_at": moment,
        "job": {"id": f"run_import-{import_id}-1", "started_at": moment},
    }  # fmt: skip
    queue = {"name": "imports", "waiting": 3, "oldest_at": moment, "running": 1, "failed": 2}
    answer_instead(page, at="2026-11-21T08:02:05.000000Z", workers=[worker], queues=[queue])

    page.goto("/status.html")

    expect(page.get_by_role("link", name="Imports a file")).to_have_attribute(
        "href", f"/?import={import_id}"
    )
    expect(page.locator("#workers")).to_contain_text("began 2 min 5 sec ago")
    expect(page.locator("#queues td")).to_have_text(["imports", "3", "2 min 5 sec", "1", "2"])
    expect(page.locator("#queues a")).to_have_attribute(
        "href", "/rq/0/view/jobs/imports/failed/8/asc/1"
    )


def test_a_lost_connection_is_told_and_mends(page: Page) -> None:
    page.goto("/status.html")
    expect(page.locator("#report")).to_be_visible()
    page.route("**/api/status", lambda route: route.abort())
    expect(page.locator("#connection-lost")).to_be_visible(timeout=PATIENCE_MS)
    page.unroute("**/api/status")
    expect(page.locator("#connection-lost")).to_be_hidden(timeout=PATIENCE_MS)
