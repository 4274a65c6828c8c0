"""The import page, from the file to its report, in a real browser."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, Route, expect

from tests.pages.files import (
    HEADER,
    PATIENCE_MS,
    build_csv,
    choose,
    choose_directly,
    expect_heading,
    unique_sku,
)

IMPORT = re.compile(r"/api/imports/[0-9a-f-]+$")


def count_of(page: Page, kind: str) -> Locator:
    return page.locator(f"#report-view [data-kind={kind}] dd")


def expect_report(page: Page, title: str) -> None:
    expect_heading(page, title)
    expect(page.locator("#report-view")).to_be_visible()


def test_a_chosen_file_shows_progress_and_then_the_counts_of_its_rows(page: Page) -> None:
    progress_shown: list[bool] = []

    def look(route: Route) -> None:
        progress_shown.append(page.get_by_role("progressbar").is_visible())
        route.continue_()

    page.route(IMPORT, look)
    same, other = unique_sku(), unique_sku()
    rows = [f"{same},First,1.00", f"{same},Second,2.00", f"{other},Lamp,3.50", ",No SKU,1.00"]

    choose_directly(page, build_csv(*rows, name="spring.csv"))

    expect_report(page, "spring.csv is in the catalog")
    expected = {"rows": 4, "created": 2, "updated": 0, "unchanged": 0, "duplicates": 1}
    for kind, count in {**expected, "rejected": 1, "skipped": 0}.items():
        expect(count_of(page, kind)).to_have_text(str(count))
    assert progress_shown
    assert all(progress_shown)


def test_a_file_dropped_anywhere_on_the_page_needs_one_click_more(page: Page) -> None:
    page.goto("/")
    transfer = page.evaluate_handle(
        """(text) => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([text], "dropped.csv", { type: "text/csv" }));
            return transfer;
        }""",
        f"{HEADER}\n{unique_sku()},Dropped lamp,4.00\n",
    )

    page.dispatch_event("h1", "dragover", {"dataTransfer": transfer})
    expect(page.locator("body")).to_have_class("is-dragging")
    page.dispatch_event("h1", "drop", {"dataTransfer": transfer})

    page.get_by_role("button", name="Import 1 product").click(timeout=PATIENCE_MS)
    expect_report(page, "dropped.csv is in the catalog")
    expect(count_of(page, "created")).to_have_text("1")


def test_the_file_picker_opens_with_the_keyboard_alone(page: Page) -> None:
    # Playwright begins to intercept choosers when the first listener comes, and does not
    # wait until it does: without this one the key could be quicker.
    page.on("filechooser", lambda _: None)
    page.goto("/")
    picker = page.get_by_label("Drop a CSV file")
    for _ in range(12):
        page.keyboard.press("Tab")
        if picker.evaluate("(input) => input === document.activeElement"):
            break

    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(build_csv(f"{unique_sku()},Lamp,1.00", name="typed.csv"))

    expect(page.get_by_text("typed.csv was read")).to_be_visible(timeout=PATIENCE_MS)


def test_rejected_rows_are_listed_with_line_column_value_and_a_download(page: Page) -> None:
    choose_directly(page, build_csv(f"{unique_sku()},Lamp,1.00", f"{unique_sku()},Rug,twelve"))

    row = page.locator("#rejects tbody tr")
    expect(row).to_have_count(1, timeout=PATIENCE_MS)
    expect(row.locator("td").nth(0)).to_have_text("3")
    expect(row.locator("td").nth(1)).to_have_text("price")
    expect(row.locator("td").nth(2)).to_have_text("twelve")
    address = page.get_by_role("link", name="Download to fix").get_attribute("href")
    assert address is not None
    assert "twelve" in page.request.get(address).text()


def test_a_duplicate_row_says_which_line_replaced_it(page: Page) -> None:
    sku = unique_sku()
    choose_directly(page, build_csv(f"{sku},First,1.00", f"{sku.lower()},Second,1.00"))

    row = page.locator("#duplicates tbody tr")
    expect(row).to_have_count(1, timeout=PATIENCE_MS)
    expect(row.locator("td")).to_have_text(["2", sku, "3"])


def test_a_file_that_cannot_be_imported_shows_its_problem(page: Page) -> None:
    choose(page, {"name": "empty.csv", "mimeType": "text/csv", "buffer": b""})

    problem = page.locator("#upload-problem, #report-problem").filter(visible=True)
    expect(problem).to_contain_text("empty", ignore_case=True, timeout=PATIENCE_MS)


def test_the_direct_way_imports_without_a_look(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    choose_directly(page, build_csv(f"{unique_sku()},Lamp,1.00", name="direct.csv"))

    expect_report(page, "direct.csv is in the catalog")
    assert not any(address.endswith("/preview") for address in asked)


def test_a_lost_connection_is_shown_and_survived(page: Page) -> None:
    page.route(IMPORT, lambda route: route.abort(), times=2)

    choose_directly(page, build_csv(f"{unique_sku()},Lamp,1.00"))

    expect(page.get_by_text("Connection lost, retrying")).to_be_visible()
    expect_report(page, "products.csv is in the catalog")


def test_a_reload_shows_the_same_import_again(page: Page) -> None:
    choose_directly(page, build_csv(f"{unique_sku()},Lamp,1.00", name="kept.csv"))
    expect_report(page, "kept.csv is in the catalog")

    page.reload()

    expect_report(page, "kept.csv is in the catalog")
    expect(count_of(page, "created")).to_have_text("1")


def test_an_import_says_which_one_it_waits_for(page: Page) -> None:
    awaited = {"import_id": "018f0000-0000-7000-8000-000000000000", "filename": "<b>older.csv"}

    def wait(route: Route) -> None:
        answer = route.fetch()
        state = {"status": "running", "stage": "comparing", "waiting_for": awaited}
        route.fulfill(response=answer, json={**answer.json(), **state})

    page.route(IMPORT, wait)
    choose_directly(page, build_csv(f"{unique_sku()},Lamp,1.00"))
    expect(page.get_by_text("Waiting for the import of “<b>older.csv”")).to_be_visible(
        timeout=PATIENCE_MS
    )
