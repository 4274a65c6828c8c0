"""The webhooks page in a real browser, with an endpoint that really gets the messages."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from standardwebhooks import WebhookVerificationError

from tests.pages.files import PATIENCE_MS
from tests.pages.webhooks import (
    SAMPLES,
    await_message,
    confirm,
    create_product,
    delete_webhooks,
    open_webhook,
    read_webhook,
    row_of,
    send_tests,
    subscribe,
    verify_in_node,
    verify_in_python,
)
from tests.waiting import PATIENCE
from tests.webhooks.receiver import Received, Receiver, Reply

HOSTILE = "<img src=x onerror=document.title='owned'>"
DELIVERED = "#delivery-state[data-tone=delivered]"
LIMIT = 25


@pytest.fixture
def receiver(page: Page) -> Iterator[Receiver]:
    """An endpoint that answers 200; no webhook is left that points anywhere."""
    delete_webhooks(page)
    with Receiver() as receiver:
        yield receiver


def test_without_webhooks_the_page_says_what_they_are_for(page: Page, receiver: Receiver) -> None:
    page.goto("/webhooks.html")

    expect(page.get_by_role("heading", name="Tell other systems what changes")).to_be_visible()
    page.get_by_role("button", name="New webhook").click()
    expect(page.get_by_role("dialog", name="New webhook")).to_be_visible()
    expect(page.get_by_label("Address")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="New webhook")).to_be_focused()


def test_a_refused_address_is_explained_at_its_field_and_nothing_typed_is_lost(
    page: Page, receiver: Receiver
) -> None:
    page.goto("/webhooks.html")
    page.get_by_role("button", name="New webhook").click()
    page.get_by_label("Address").fill("http://10.0.0.8/hooks")
    page.get_by_label("Description").fill("Search index")
    page.get_by_label("Only these").check()
    page.keyboard.press("Enter")
    expect(page.locator("#webhook-events-error")).to_have_text("Choose at least one kind of event.")

    page.get_by_label("import.completed").check()
    page.keyboard.press("Enter")

    expect(page.locator("#webhook-url-error")).to_contain_text("inside a private or reserved")
    expect(page.get_by_label("Address")).to_be_focused()
    expect(page.get_by_label("Description")).to_have_value("Search index")
    assert page.request.get("/api/webhooks").json()["total"] == 0


def test_a_new_webhooks_secret_is_shown_once_and_signs_its_messages(
    page: Page, receiver: Receiver
) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/webhooks.html")
    page.get_by_role("button", name="New webhook").click()
    page.keyboard.insert_text(receiver.url)
    page.keyboard.press("Enter")

    dialog = page.get_by_role("dialog", name="Webhook created")
    expect(dialog).to_contain_text("it will not be shown again")
    secret = page.get_by_role("textbox", name="Secret").input_value()
    page.keyboard.press("Escape")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Copy", exact=True).click()
    expect(dialog.get_by_role("button", name="Copied", exact=True)).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == secret
    dialog.get_by_role("button", name="I have copied it").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("127.0.0.1")
    assert secret not in page.content()
    create_product(page)
    [message] = await_message(receiver.received, "product.created")
    message.verify(secret)


def test_a_tests_result_is_seen_when_it_arrives(page: Page, receiver: Receiver) -> None:
    is_awaited = threading.Event()

    def answer_late(_: Received) -> Reply:
        is_awaited.wait(PATIENCE)
        return Reply(202, HOSTILE.encode())

    receiver.reply = answer_late
    open_webhook(page, subscribe(page, receiver.url))
    page.get_by_role("button", name="Send a test").click()
    panel = page.get_by_role("dialog", name="webhook.test")
    expect(panel.get_by_text("Waiting for the answer")).to_be_visible()
    is_awaited.set()

    page.wait_for_selector(DELIVERED, timeout=PATIENCE_MS)

    expect(panel.locator("#delivery-outcome")).to_have_text(
        re.compile(r"^Answered 202 in [\d,]+ ms")
    )
    expect(panel.locator(".attempt [data-slot=answer]")).to_have_text(HOSTILE)
    expect(panel.locator("[data-slot=payload]")).to_contain_text('"type": "webhook.test"')
    panel.get_by_text("Headers sent").click()
    sent = panel.locator(".headers div").filter(has_text="webhook-signature")
    expect(sent.locator("dd")).to_have_text(receiver.received[0].headers["webhook-signature"])


def test_what_failed_is_sent_again_with_the_same_id(page: Page, receiver: Receiver) -> None:
    receiver.reply = lambda _: Reply(500, b"out of order")
    webhook = subscribe(page, receiver.url)
    send_tests(page, webhook, 1)
    open_webhook(page, webhook).get_by_role("button", name="webhook.test").click()
    panel = page.get_by_role("dialog", name="webhook.test")
    expect(panel.locator("#delivery-state")).to_have_text("Retrying")
    expect(panel.locator("#delivery-outcome")).to_contain_text("Will be sent again")
    expect(panel.locator(".attempt")).to_contain_text(["out of order"])
    failures = panel.locator(".attempt").count()

    receiver.reply = lambda _: Reply()
    panel.get_by_role("button", name="Send again").click()

    expect(panel.locator("#delivery-state")).to_have_text("Delivered", timeout=PATIENCE_MS)
    expect(panel.locator(".attempt .badge").first).to_have_text("200")
    assert panel.locator(".attempt").count() > failures
    assert len({message.event_id for message in receiver.received}) == 1


def test_a_webhook_disabled_by_410_says_why_and_gets_what_it_missed_once_enabled(
    page: Page, receiver: Receiver
) -> None:
    receiver.reply = lambda _: Reply(410)
    webhook = subscribe(page, receiver.url)
    send_tests(page, webhook, 1)
    missed = create_product(page)
    page.goto("/webhooks.html")
    row = row_of(page, receiver.url)
    expect(row).to_contain_text("The endpoint answered 410 Gone.")
    expect(row.get_by_role("img")).to_have_accessible_name("Last 1: 1 failed")
    receiver.reply = lambda _: Reply()

    row.get_by_role("button", name="Enable").click()
    expect(row.locator(".badge")).to_have_text("Enabled")
    row.get_by_role("link").click()
    page.get_by_role("button", name="Recover").click()
    page.get_by_label("Since").fill("")
    page.get_by_role("dialog").get_by_role("button", name="Recover").click()
    expect(page.locator("#recover-since-error")).to_have_text("Give a date and a time.")
    page.get_by_label("Since").fill("2026-01-01T00:00")
    page.get_by_role("dialog").get_by_role("button", name="Recover").click()

    expect(page.locator(".toast").last).to_have_text("1 event on the way again.")
    [message] = await_message(receiver.received, "product.created")
    assert message.message["data"]["sku"] == missed


def test_an_edit_stores_what_was_chosen_and_leaves_the_rest(page: Page, receiver: Receiver) -> None:
    webhook = subscribe(page, receiver.url, description="Shop")
    open_webhook(page, webhook)
    page.get_by_role("button", name="Edit").click()
    page.get_by_label("Only these").check()
    page.get_by_role("checkbox", name="products.changed An import").check()
    page.get_by_label("import.failed").check()
    page.get_by_role("checkbox", name="product by product").check()

    with page.expect_request(lambda request: request.method == "PATCH") as sent:
        page.get_by_role("button", name="Save").click()

    expect(page.locator("#facts")).to_contain_text("products.changed, import.failed; imports")
    assert set(sent.value.post_data_json or {}) == {"events", "each_row"}
    stored = read_webhook(page, webhook)
    assert stored["events"] == ["products.changed", "import.failed"]
    assert stored["each_row"]
    assert (stored["description"], stored["url"]) == ("Shop", receiver.url)


def test_after_a_rotation_both_secrets_verify_by_the_lines_the_page_shows(
    page: Page, receiver: Receiver
) -> None:
    webhook = subscribe(page, receiver.url)
    open_webhook(page, webhook)
    page.get_by_role("button", name="New secret").click()
    confirm(page, "Make a new secret")
    expect(page.get_by_role("dialog", name="New secret")).to_contain_text("for 24 hours")
    secret = page.get_by_role("textbox", name="Secret").input_value()
    page.get_by_role("button", name="I have copied it").click()

    page.get_by_role("button", name="Send a test").click()
    page.wait_for_selector(DELIVERED, timeout=PATIENCE_MS)

    message = receiver.received[0]
    assert secret != webhook["secret"]
    for verify in (verify_in_python, verify_in_node):
        for either in (secret, webhook["secret"]):
            assert verify(either, message.headers, message.body) == message.message
    with pytest.raises(WebhookVerificationError):
        message.verify("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")


def test_the_help_shows_the_samples_as_they_are(page: Page, receiver: Receiver) -> None:
    page.goto("/webhooks.html")
    page.get_by_text("Check that a message really comes from here").click()

    shown = page.locator(".sample code")
    for index, name in enumerate(["verify_webhook.py", "verify_webhook.mjs"]):
        expect(shown.nth(index)).not_to_be_empty()
        assert shown.nth(index).text_content() == (SAMPLES / name).read_text().rstrip()


def test_disabling_and_deleting_ask_first(page: Page, receiver: Receiver) -> None:
    webhook = subscribe(page, receiver.url)
    open_webhook(page, webhook)
    page.get_by_role("button", name="Disable").click()
    confirm(page, "Cancel")
    assert read_webhook(page, webhook)["enabled"]

    page.get_by_role("button", name="Disable").click()
    confirm(page, "Disable")
    expect(page.locator("#notices")).to_contain_text("Disabled by hand")
    expect(page.get_by_role("button", name="Send a test")).to_be_hidden()
    page.get_by_role("button", name="Delete").click()
    confirm(page, "Delete")

    expect(page.get_by_role("heading", name="Tell other systems what changes")).to_be_visible()
    open_gone = page.request.get(f"/api/webhooks/{webhook['id']}")
    assert open_gone.status == 404


def test_deliveries_are_paged_and_found_by_their_status(page: Page, receiver: Receiver) -> None:
    webhook = subscribe(page, receiver.url)
    send_tests(page, webhook, LIMIT + 2)
    rows = open_webhook(page, webhook)
    expect(rows).to_have_count(LIMIT)
    expect(page.locator("#deliveries-total")).to_contain_text(f"{LIMIT + 2} messages")
    expect(page.locator("#facts").get_by_role("img")).to_have_accessible_name(
        f"Last {LIMIT}: {LIMIT} delivered"
    )

    page.get_by_role("button", name="Older").click()
    expect(rows).to_have_count(2)
    page.get_by_label("Which deliveries").select_option("failed")
    expect(page.locator("#no-deliveries")).to_have_text("None is failed.")
    page.go_back()
    expect(rows).to_have_count(2)


def test_hostile_and_long_texts_stay_texts_and_fit_a_phone(page: Page, receiver: Receiver) -> None:
    page.set_viewport_size({"width": 375, "height": 740})
    url = f"{receiver.url}/{'long-segment/' * 40}?q={'x' * 300}"
    receiver.reply = lambda _: Reply(500, (HOSTILE + "y" * 5_000).encode())
    webhook = subscribe(page, url, description=HOSTILE + "z" * 300)
    send_tests(page, webhook, 1)

    page.goto("/webhooks.html")
    expect(row_of(page, url)).to_contain_text(HOSTILE)
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    rows = open_webhook(page, webhook)
    expect(page.locator(".page-head")).to_contain_text(HOSTILE)
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    rows.get_by_role("button").click()
    panel = page.get_by_role("dialog")
    expect(panel.locator("[data-slot=answer]").first).to_contain_text(HOSTILE)
    assert panel.evaluate("panel => panel.scrollWidth") <= 375
    assert "owned" not in page.title()
