"""The API's documentation in a real browser: all of the document, found, opened and copied."""

from __future__ import annotations

from playwright.sync_api import Page, expect


def count_operations(page: Page) -> int:
    paths = page.request.get("/api/openapi.json").json()["paths"]
    return sum(method != "parameters" for item in paths.values() for method in item)


def test_every_operation_of_the_document_is_there_and_opens(page: Page) -> None:
    page.goto("/api/docs")
    operations = page.locator(".operation")
    expect(operations).to_have_count(count_operations(page))

    page.evaluate("document.querySelectorAll('.operation').forEach((one) => (one.open = true))")

    expect(page.locator(".operation-body .docs-code")).to_have_count(count_operations(page))
    page.evaluate("document.querySelectorAll('.nested').forEach((one) => (one.open = true))")
    expect(page.locator(".nested .field-row").first).to_be_visible()
    assert "undefined" not in page.locator("#operations").inner_text()
    assert "[object" not in page.locator("#operations").inner_text()


def test_what_the_document_says_as_code_is_code(page: Page) -> None:
    page.goto("/api/docs")
    summary = page.locator(".operation", has_text="whole catalog").locator("summary").first
    expect(summary.locator("code", has_text="confirm=all")).to_be_visible()
    page.evaluate("document.querySelectorAll('.operation').forEach((one) => (one.open = true))")
    assert "`" not in page.locator("#operations").inner_text()


def test_an_operation_tells_what_it_takes_and_how_it_is_called(page: Page) -> None:
    page.goto("/api/docs#post-api-products")

    operation = page.locator("#post-api-products")
    expect(operation.locator("code").nth(1)).to_contain_text('"sku": "LAMP-1"')
    sku = operation.locator(".field-row").filter(has_text="sku").first
    expect(sku).to_contain_text("required")
    expect(operation).to_contain_text("The SKU is taken")


def test_the_search_leaves_what_has_all_the_words(page: Page) -> None:
    page.goto("/api/docs")
    page.get_by_role("searchbox").fill("webhooks secret post")
    expect(page.locator(".operation:visible .path")).to_have_text(
        ["/api/webhooks", "/api/webhooks/{webhook_id}/rotate-secret"]
    )
    page.get_by_role("searchbox").fill("no such words")
    expect(page.locator("#nothing")).to_be_visible()


def test_an_opened_operation_is_in_the_address(page: Page) -> None:
    page.goto("/api/docs")
    page.locator("#get-api-status summary").first.click()
    expect(page).to_have_url("/api/docs#get-api-status")


def test_the_example_can_be_copied(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/api/docs#get-api-status")
    page.locator("#get-api-status").get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied: str = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("curl")
    assert copied.endswith("/api/status'")
