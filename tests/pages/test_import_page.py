"""The import page, from the file to its report, in a real browser."""

from __future__ import annotations

import re
from uuid import uuid4

from playwright.sync_api import FilePayload, Locator, Page, Route, expect

HEADER = "sku,name,price"
IMPORT = re.compile(r"/api/imports/[0-9a-f-]+$")
# A worker picks the import up and has to get through it.
PATIENCE_MS = 30_000


def build_csv(*rows: str, header: str = HEADER, name: str = "products.csv") -> FilePayload:
    text = "\n".join([header, *rows, ""])
    return {"name": name, "mimeType": "text/csv", "buffer": text.encode()}


def choose(page: Page, file: FilePayload) -> None:
    page.goto("/")
    page.get_by_label("Drop a CSV file").set_input_files(file)


def count_of(page: Page, kind: str) -> Locator:
    return page.locator(f"#report-view [data-kind={kind}] dd")


def unique_sku() -> str:
    return f"T-{uuid4().hex[:12]}"


def expect_report(page: Page, title: str) -> None:
    expect(page.get_by_role("heading", name=title)).to_be_visible(timeout=PATIENCE_MS)


def test_a_chosen_file_shows_progress_and_then_the_counts_of_its_rows(page: Page) -> None:
    progress_shown: list[bool] = []

    def look(route: Route) -> None:
        progress_shown.append(page.get_by_role("progressbar").is_visible())
        route.continue_()

    page.route(IMPORT, look)
    same, other = unique_sku(), unique_sku()
    rows = [f"{same},First,1.00", f"{same},Second,2.00", f"{other},Lamp,3.50", ",No SKU,1.00"]

    choose(page, build_csv(*rows, name="spring.csv"))

    expect_report(page, "spring.csv is in the catalog")
    expected = {"rows": 4, "created": 2, "updated": 0, "unchanged": 0, "duplicates": 1}
    for kind, count in {**expected, "rejected": 1, "skipped": 0}.items():
        expect(count_of(page, kind)).to_have_text(str(count))
    assert progress_shown
    assert all(progress_shown)


def test_a_file_dropped_anywhere_on_the_page_is_imported(page: Page) -> None:
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

    expect_report(page, "typed.csv is in the catalog")


def test_rejected_rows_are_listed_with_line_column_value_and_a_download(page: Page) -> None:
    choose(page, build_csv(f"{unique_sku()},Lamp,1.00", f"{unique_sku()},Rug,twelve"))

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
    choose(page, build_csv(f"{sku},First,1.00", f"{sku.lower()},Second,1.00"))

    row = page.locator("#duplicates tbody tr")
    expect(row).to_have_count(1, timeout=PATIENCE_MS)
    expect(row.locator("td")).to_have_text(["2", sku, "3"])


def test_a_file_that_cannot_be_imported_shows_its_problem(page: Page) -> None:
    choose(page, {"name": "empty.csv", "mimeType": "text/csv", "buffer": b""})

    problem = page.locator("#upload-problem, #report-problem").filter(visible=True)
    expect(problem).to_contain_text("empty", ignore_case=True, timeout=PATIENCE_MS)


def test_a_file_without_known_columns_is_imported_once_they_are_chosen(page: Page) -> None:
    choose(page, build_csv(f"{unique_sku()},Oak table", header="Foo,Bar"))

    page.get_by_label("SKU", exact=True).select_option("Foo", timeout=PATIENCE_MS)
    page.get_by_label("Name", exact=True).select_option("Bar")
    expect(page.locator("#mapping-fields")).to_contain_text("Oak table")
    page.get_by_role("button", name="Continue").click()

    expect_report(page, "products.csv is in the catalog")
    expect(count_of(page, "created")).to_have_text("1")


def test_a_checked_file_changes_nothing_until_import_is_pressed(page: Page) -> None:
    sku = unique_sku()
    page.goto("/")
    page.get_by_text("Options").click()
    page.get_by_label("Check first").check()
    page.get_by_label("Drop a CSV file").set_input_files(build_csv(f"{sku},Lamp,12.90"))

    expect(page.locator("#sample-changes")).to_contain_text(sku, timeout=PATIENCE_MS)
    assert page.request.get("/api/products", params={"sku": sku}).json()["total"] == 0
    page.get_by_role("button", name="Import", exact=True).click()

    expect_report(page, "products.csv is in the catalog")
    assert page.request.get("/api/products", params={"sku": sku}).json()["total"] == 1


def test_a_lost_connection_is_shown_and_survived(page: Page) -> None:
    page.route(IMPORT, lambda route: route.abort(), times=2)

    choose(page, build_csv(f"{unique_sku()},Lamp,1.00"))

    expect(page.get_by_text("Connection lost, retrying")).to_be_visible()
    expect_report(page, "products.csv is in the catalog")


def test_a_reload_shows_the_same_import_again(page: Page) -> None:
    choose(page, build_csv(f"{unique_sku()},Lamp,1.00", name="kept.csv"))
    expect_report(page, "kept.csv is in the catalog")

    page.reload()

    expect_report(page, "kept.csv is in the catalog")
    expect(count_of(page, "created")).to_have_text("1")
