"""The look at a file before it is imported, in a real browser."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, Page, Route, expect

from tests.pages.files import (
    PATIENCE_MS,
    build_csv,
    choose,
    choose_directly,
    expect_heading,
    unique_sku,
)

IMPORT = re.compile(r"/api/imports/[0-9a-f-]+$")
PREVIEW = re.compile(r"/api/imports/[0-9a-f-]+/preview$")
HOSTILE_HEADER = "<img src=x onerror=document.title='owned'>"
PHONE_WIDTH = 375
TWO_PRICES = "sku,name,Price EUR,Price USD"


def column(page: Page, header: str) -> Locator:
    """The select that says what a column of the file is imported as."""
    return page.get_by_label(f", {header}, is imported as")


def words(page: Page) -> Locator:
    """The sentence beside the buttons."""
    return page.locator("#review-words")


def check_again(page: Page) -> Any:
    """Press the button and answer what was sent."""
    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.get_by_role("button", name=re.compile("^Check")).click()
    expect(page.locator("#work-view")).to_be_hidden(timeout=PATIENCE_MS)
    return sent.value.post_data_json


def find_product(page: Page, sku: str) -> Any:
    items: list[Any] = page.request.get("/api/products", params={"sku": sku}).json()["items"]
    return items[0] if items else None


def ask_instead(page: Page, problem: dict[str, Any]) -> None:
    """Have the server's question about a file carry other members than it does."""

    def answer(route: Route) -> None:
        response = route.fetch()
        record = response.json()
        if record["problem"]:
            record["problem"].update(problem)
        route.fulfill(response=response, json=record)

    page.route(IMPORT, answer)


def test_a_file_changes_nothing_until_import_is_pressed(page: Page) -> None:
    sku = unique_sku()
    choose(page, build_csv(f"{sku},Lamp,12.90"))

    expect(page.locator("#sample-changes")).to_contain_text(sku, timeout=PATIENCE_MS)
    assert find_product(page, sku) is None
    page.get_by_role("button", name="Import 1 product").click()

    expect_heading(page, "products.csv is in the catalog")
    assert find_product(page, sku)["name"] == "Lamp"


def test_the_keyboard_reaches_import_by_two_steps_from_the_heading(page: Page) -> None:
    choose(page, build_csv(f"{unique_sku()},Lamp,1.00"))
    expect(page.get_by_role("heading", name="Ready to import")).to_be_focused(timeout=PATIENCE_MS)

    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Discard")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect_heading(page, "products.csv is in the catalog")


def test_the_counts_are_said_in_a_sentence_and_an_update_shows_only_what_differs(
    page: Page,
) -> None:
    old, same, new = unique_sku(), unique_sku(), unique_sku()
    for sku in (old, same):
        body = {"sku": sku, "name": "Lamp", "price": "10.00"}
        assert page.request.post("/api/products", data=body).ok
    rows = [f"{old},Lamp,12.50", f"{same},Lamp,10.00", f"{new},Rug,1.00", f"{new},Rug,2.00", ",x,1"]

    choose(page, build_csv(*rows))

    sentence = "1 new, 1 changed, 1 unchanged, 1 replaced by a later row, 1 rejected."
    expect(words(page)).to_have_text(sentence, timeout=PATIENCE_MS)
    update = page.locator("#sample-changes tbody tr", has_text=old)
    expect(update.locator(".diff li")).to_have_count(1)
    expect(update.locator("del")).to_have_text("10.00")
    expect(update.locator("ins")).to_have_text("12.50")


def test_a_file_that_is_in_the_catalog_already_would_change_nothing(page: Page) -> None:
    sku = unique_sku()
    assert page.request.post("/api/products", data={"sku": sku, "name": "Lamp"}).ok

    choose(page, build_csv(f"{sku},Lamp", header="sku,name"))

    expect_heading(page, "Nothing would change")
    expect(words(page)).to_have_text("1 unchanged.")


def test_a_changed_mapping_has_to_be_checked_again_before_import(page: Page) -> None:
    sku = unique_sku()
    choose(page, build_csv(f"{sku},Lamp,Reading lamp", header="sku,name,label"))
    start = page.get_by_role("button", name="Import 1 product")
    expect(start).to_be_enabled(timeout=PATIENCE_MS)

    column(page, "label").select_option("name")

    expect(column(page, "name")).to_have_value("")
    expect(start).to_be_disabled()
    expect(words(page)).to_have_text("You changed the columns. Check again before importing.")
    sent = check_again(page)
    expect(page.locator("#sample-changes")).to_contain_text("Reading lamp")
    start.click()

    expect_heading(page, "products.csv is in the catalog")
    assert find_product(page, sku)["name"] == "Reading lamp"
    fields = {"sku": "sku", "name": "label", "description": None, "price": None, "active": None}
    assert sent == {"mapping": fields}


def test_a_mapping_without_the_sku_cannot_be_checked(page: Page) -> None:
    choose(page, build_csv(f"{unique_sku()},Lamp,1.00"))

    column(page, "sku").select_option("", timeout=PATIENCE_MS)

    expect(page.get_by_role("button", name="Check again")).to_be_disabled()
    expect(words(page)).to_have_text("Choose the column of the SKU.")


def test_only_the_settings_that_were_changed_are_sent(page: Page) -> None:
    choose(page, build_csv(f"{unique_sku()},Lamp,1.00"))

    page.locator("#review-mode").select_option("update_only", timeout=PATIENCE_MS)
    sent = check_again(page)

    expect(words(page)).to_have_text("1 not in the catalog.")
    expect(page.locator("#review-mode")).to_have_value("update_only")
    assert sent == {"mode": "update_only"}


def test_a_changed_separator_finds_the_columns_anew(page: Page) -> None:
    sku = unique_sku()
    rows = f'{sku};"Lamp, brass";1.00'
    choose(page, build_csv(rows, header="sku;name;price"))
    expect(column(page, "name")).to_be_enabled(timeout=PATIENCE_MS)

    page.locator("#review-delimiter").select_option(",")
    expect(column(page, "name")).to_be_disabled()
    assert check_again(page) == {"delimiter": ",", "mapping": None}
    expect_heading(page, "One question first")
    page.locator("#review-delimiter").select_option("")
    assert check_again(page) == {"delimiter": None, "mapping": None}

    expect(page.locator("#sample-changes")).to_contain_text("Lamp, brass")


def test_rejected_rows_are_counted_by_kind_in_words(page: Page) -> None:
    rows = [f"{unique_sku()},Lamp,{price}" for price in ("1", "two", "three", "-4")]

    choose(page, build_csv(*rows, f"{unique_sku()},,5"))

    kinds = page.locator("#reject-kinds li")
    expect(kinds).to_have_text(
        [
            re.compile(r"2\s*The price is not a number\s*first on line 3"),
            re.compile(r"1\s*The name is missing\s*line 6"),
            re.compile(r"1\s*The price is below zero\s*line 5"),
        ],
        timeout=PATIENCE_MS,
    )
    expect(page.locator("#rejects tbody tr")).to_have_count(4)


def test_a_kind_of_rejection_that_the_page_does_not_know_is_named_by_its_code(page: Page) -> None:
    kind = {"code": "brand_new", "count": 7, "first_line": 2}
    page.route("**/rejects/kinds", lambda route: route.fulfill(json=[kind]))

    choose(page, build_csv(f"{unique_sku()},Lamp,1", ",No SKU,1"))

    expect(page.locator("#reject-kinds")).to_contain_text("brand_new", timeout=PATIENCE_MS)


def test_a_file_without_known_columns_is_imported_once_they_are_chosen(page: Page) -> None:
    ask_instead(page, {"suggested": {}})
    choose(page, build_csv(f"{unique_sku()},Oak table", header="Foo,Bar"))
    check = page.get_by_role("button", name="Check this mapping")
    expect(check).to_be_disabled(timeout=PATIENCE_MS)
    expect(page.locator("#columns")).to_contain_text("Oak table")
    expect(page.locator("#review-problem")).not_to_contain_text("Suggested")

    column(page, "Foo").select_option("sku")
    column(page, "Bar").select_option("name")
    check.click()
    page.get_by_role("button", name="Import 1 product").click(timeout=PATIENCE_MS)

    expect_heading(page, "products.csv is in the catalog")


def test_a_likely_column_is_chosen_and_said(page: Page) -> None:
    choose(page, build_csv(f"{unique_sku()},Oak table", header="seller-sku,item-name"))

    expect(column(page, "seller-sku")).to_have_value("sku", timeout=PATIENCE_MS)
    expect(page.get_by_text("“seller-sku” as the SKU.").first).to_be_visible()
    page.get_by_role("button", name="Check this mapping").click()

    expect(page.get_by_role("button", name="Import 1 product")).to_be_enabled(timeout=PATIENCE_MS)


def test_a_question_about_columns_is_answered_by_one_click(page: Page) -> None:
    first, second = unique_sku(), unique_sku()
    choose(
        page,
        build_csv(f"{first},Cup,12.90,14.90", f"{second},Mug,9.90,11.90", header=TWO_PRICES),
    )
    answer = page.get_by_role("button", name="“Price USD” is the price")
    samples = answer.locator(".choice-samples span")
    expect(samples).to_have_text([f"{first} · 14.90", f"{second} · 11.90"], timeout=PATIENCE_MS)
    expect(page.get_by_role("button", name="No price column")).to_be_visible()
    expect(words(page)).to_have_text("Choose one of the answers below.")

    with page.expect_request(lambda request: request.method == "POST") as sent:
        answer.click()

    assert PREVIEW.search(sent.value.url)
    page.get_by_role("button", name="Import 2 products").click(timeout=PATIENCE_MS)
    expect_heading(page, "products.csv is in the catalog")
    assert find_product(page, first)["price"] == "14.90"


def test_an_import_without_a_preview_goes_on_after_an_answer(page: Page) -> None:
    sku = unique_sku()
    choose_directly(page, build_csv(f"{sku},Cup,12.90,14.90", header=TWO_PRICES))

    page.get_by_role("button", name="No price column").click(timeout=PATIENCE_MS)

    expect_heading(page, "products.csv is in the catalog")
    assert find_product(page, sku)["price"] is None


def test_what_is_noticed_in_a_file_is_shown_before_and_after_the_import(page: Page) -> None:
    header = "sku,name,status"
    rows = [f"{unique_sku()},Cup,<b>In stock</b>", header, f"{unique_sku()},Mug,Sold out"]
    choose(page, build_csv(*rows, header=header))
    review = page.locator("#review-view [data-notices] li")
    expect(review).to_have_count(2, timeout=PATIENCE_MS)
    expect(review.nth(0)).to_contain_text("1 The header stands in the file again.")
    expect(review.nth(0)).to_contain_text("line 3 · “sku”")
    expect(words(page)).to_have_text("2 new, 1 skipped.")
    expect(review.nth(1)).to_contain_text("The column “status” is not imported as the status")
    expect(review.nth(1)).to_contain_text("“<b>In stock</b>”, “Sold out”")

    page.get_by_role("button", name="Import 2 products").click()

    expect_heading(page, "products.csv is in the catalog")
    expect(page.locator("#report-view [data-notices] li")).to_have_count(2)


def test_a_suggested_column_is_chosen_and_said(page: Page) -> None:
    ask_instead(page, {"suggested": {"sku": "Foo", "name": "not there", "__proto__": "Bar"}})

    choose(page, build_csv(f"{unique_sku()},Oak table", header="Foo,Bar"))

    expect(column(page, "Foo")).to_have_value("sku", timeout=PATIENCE_MS)
    expect(column(page, "Bar")).to_have_value("")
    expect(page.get_by_text("Suggested and chosen below: “Foo” as the SKU.")).to_be_visible()


def test_an_ambiguous_separator_is_chosen_among_the_candidates(page: Page) -> None:
    sku = unique_sku()
    choose(page, build_csv(f"{sku};Lamp,5", f"{unique_sku()};Rug,6", header="sku;name,price"))
    answer = page.get_by_role("button", name="Separated by semicolons")
    expect(answer).to_contain_text("2 columns: sku · name,price", timeout=PATIENCE_MS)

    with page.expect_request(lambda request: request.method == "POST") as sent:
        answer.click()

    assert PREVIEW.search(sent.value.url)
    assert sent.value.post_data_json == {"delimiter": ";"}
    expect(column(page, "sku")).to_have_value("sku", timeout=PATIENCE_MS)


def test_an_ambiguous_decimal_mark_is_chosen_by_what_the_prices_would_be(page: Page) -> None:
    sku = unique_sku()
    choose(page, build_csv(f"{sku};Lamp;1.299", header="sku;name;price"))
    answer = page.get_by_role("button", name="The comma is the decimal mark")
    expect(answer).to_contain_text("1.299 is 1,299.00", timeout=PATIENCE_MS)

    answer.click()

    page.get_by_role("button", name="Import 1 product").click(timeout=PATIENCE_MS)
    expect_heading(page, "products.csv is in the catalog")
    assert find_product(page, sku)["price"] == "1299.00"


def test_bad_rows_that_are_to_stop_the_import_are_said_before_it(page: Page) -> None:
    choose(page, build_csv(f"{unique_sku()},Lamp,1", f"{unique_sku()},Rug,twelve"))
    page.get_by_label("A bad row").select_option("abort", timeout=PATIENCE_MS)

    check_again(page)

    expect(words(page)).to_contain_text("Bad rows are to stop the import", timeout=PATIENCE_MS)
    expect(page.locator("#start-button")).to_be_disabled()


def test_headers_with_markup_or_of_an_object_are_shown_as_text(page: Page) -> None:
    header = f"sku,name,{HOSTILE_HEADER},__proto__,constructor"
    choose(page, build_csv(f"{unique_sku()},Lamp,<b>bold</b>,1,2", header=header))

    expect(column(page, "__proto__")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("#columns")).to_contain_text(HOSTILE_HEADER)
    expect(page.locator("#columns")).to_contain_text("<b>bold</b>")
    expect(page.locator("#review-view img, #review-view b")).to_have_count(0)
    expect(page).to_have_title("Ready to import – products.csv")
    column(page, "__proto__").select_option("price")
    check_again(page)
    expect(page.locator("#sample-changes")).to_contain_text("1.00")


def test_thirty_columns_do_not_scroll_sideways_on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": PHONE_WIDTH, "height": 740})
    extra = [f"{'Unbreakable' * 9}{number}" for number in range(28)]
    header = ",".join(["sku", "name", *extra])
    choose(page, build_csv(",".join([unique_sku(), "Lamp", *extra]), header=header))
    page.get_by_role("button", name="Show 28 columns").click(timeout=PATIENCE_MS)

    expect(page.locator("#columns tbody tr").filter(visible=True)).to_have_count(30)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE_WIDTH
