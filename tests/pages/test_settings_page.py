"""The settings in a real browser: keys are made, shown once, listed and revoked."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.pages.files import PATIENCE_MS

HOSTILE = "<img src=x onerror=document.title='owned'>"


@pytest.fixture
def name() -> str:
    """A name that no other key has."""
    return f"Key {uuid4().hex[:12]}"


def make_key(page: Page, name: str, scope: str = "read") -> Any:
    """A key made over the API."""
    answer = page.request.post("/api/api-keys", data={"name": name, "scope": scope})
    assert answer.status == 201, answer.text()
    return answer.json()


def row_of(page: Page, name: str) -> Locator:
    """The key's row in the list."""
    return page.locator("#list tbody tr", has_text=name)


def open_form(page: Page) -> Locator:
    """The dialog in which a key is made."""
    page.goto("/settings.html")
    page.get_by_role("button", name="New key").click()
    dialog = page.get_by_role("dialog", name="New API key")
    expect(dialog).to_be_visible(timeout=PATIENCE_MS)
    return dialog


def test_without_a_password_the_page_says_that_nobody_is_asked(page: Page) -> None:
    page.goto("/settings.html")
    expect(page.get_by_text("Nobody is asked to log in")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_role("button", name="Log out")).to_have_count(0)


@pytest.mark.parametrize("address", ["/", "/products.html", "/webhooks.html"])
def test_every_other_page_says_so_at_its_foot(page: Page, address: str) -> None:
    page.goto(address)
    note = page.get_by_role("contentinfo")
    expect(note).to_contain_text("No password is set", timeout=PATIENCE_MS)
    note.get_by_role("link").click()
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()


def test_a_key_is_made_shown_once_and_opens_what_its_scope_says(page: Page, name: str) -> None:
    dialog = open_form(page)
    expect(dialog.get_by_label("Name")).to_be_focused()
    page.keyboard.type(name)
    dialog.get_by_label("Write").check()
    page.keyboard.press("Enter")

    shown = page.get_by_role("dialog", name="Key created")
    key = shown.get_by_label("API key").input_value()
    headers = {"Authorization": f"Bearer {key}"}
    session = page.request.get("/api/session", headers=headers).json()
    assert (session["actor"], session["scope"]) == (f"key:{name}", "write")
    page.keyboard.press("Escape")
    expect(shown).to_be_visible()
    shown.get_by_role("button", name="I have copied it").click()

    row = row_of(page, name)
    expect(row).to_contain_text("Write")
    expect(row).to_contain_text(f"pi_live_…{key[-4:]}")
    expect(page.get_by_role("button", name="New key")).to_be_focused()
    assert key not in page.content()
    assert page.locator("#secret-output").input_value() == ""


def test_the_key_is_copied_by_a_button(page: Page, name: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    dialog = open_form(page)
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_role("button", name="Create key").click()
    shown = page.get_by_role("dialog", name="Key created")
    shown.get_by_role("button", name="Copy", exact=True).click()
    expect(shown.get_by_role("button", name="Copied", exact=True)).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == shown.get_by_label("API key").input_value()


def test_what_is_missing_is_said_at_its_field_and_nothing_typed_is_lost(
    page: Page, name: str
) -> None:
    dialog = open_form(page)
    page.keyboard.press("Enter")
    expect(page.locator("#key-name-error")).to_contain_text("Give it a name")
    expect(dialog.get_by_label("Name")).to_be_focused()

    page.keyboard.type(name)
    dialog.get_by_label("Ends").select_option("date")
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Create key").click()
    expect(page.locator("#key-expires_at-error")).to_have_text("Choose the last day.")
    dialog.get_by_label("Last day").fill("2001-01-01")
    dialog.get_by_role("button", name="Create key").click()
    expect(page.locator("#key-expires_at-error")).to_have_text("This time is over already.")
    expect(dialog.get_by_label("Name")).to_have_value(name)

    dialog.get_by_label("Last day").fill("2099-12-31")
    dialog.get_by_role("button", name="Create key").click()
    page.get_by_role("button", name="I have copied it").click()
    expect(row_of(page, name)).to_contain_text("2099")


def test_a_key_is_revoked_after_a_question(page: Page, name: str) -> None:
    key = make_key(page, name)["key"]
    headers = {"Authorization": f"Bearer {key}"}
    page.goto("/settings.html")
    revoke = page.get_by_role("button", name=f"Revoke {name}")
    revoke.click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(revoke).to_be_focused()
    assert page.request.get("/api/products", headers=headers).status == 200

    revoke.click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()

    expect(row_of(page, name)).to_contain_text("Revoked")
    expect(revoke).to_be_hidden()
    assert page.request.get("/api/products", headers=headers).status == 401


def test_a_name_is_shown_as_the_text_it_is(page: Page) -> None:
    name = f"{HOSTILE} {uuid4().hex[:8]}"
    make_key(page, name)
    page.goto("/settings.html")
    expect(row_of(page, name)).to_be_visible(timeout=PATIENCE_MS)
    assert page.title() == "Settings – Product Importer"


def test_a_last_use_is_shown(page: Page, name: str) -> None:
    key = make_key(page, name)["key"]
    page.goto("/settings.html")
    expect(row_of(page, name).locator('[data-slot="used"]')).to_have_text("Never")
    page.request.get("/api/products", headers={"Authorization": f"Bearer {key}"})
    page.reload()
    expect(row_of(page, name).locator('[data-slot="used"]')).not_to_have_text("Never")


def test_more_keys_than_a_page_holds_are_turned(page: Page, name: str) -> None:
    for number in range(21):
        make_key(page, f"{name}-{number:02}")
    page.goto("/settings.html")
    expect(row_of(page, f"{name}-20")).to_be_visible(timeout=PATIENCE_MS)
    page.get_by_role("button", name="Older").click()
    expect(row_of(page, f"{name}-00")).to_be_visible()
    page.go_back()
    expect(row_of(page, f"{name}-20")).to_be_visible()


def test_the_audit_log_is_linked(page: Page) -> None:
    page.goto("/settings.html")
    page.get_by_role("link", name="Audit log").click()
    page.wait_for_url("**/audit.html")


def test_a_failure_to_load_is_told_and_can_be_tried_again(page: Page) -> None:
    page.route("**/api/api-keys?*", lambda route: route.abort())
    page.goto("/settings.html")
    expect(page.locator("#problem")).to_contain_text("The server cannot be reached")
    page.unroute("**/api/api-keys?*")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#problem")).to_be_hidden()


def test_nothing_scrolls_sideways_on_a_phone(page: Page) -> None:
    make_key(page, "Unbreakable" * 9)
    page.set_viewport_size({"width": 375, "height": 740})
    page.goto("/settings.html")
    expect(page.locator("#list tbody tr").first).to_be_visible(timeout=PATIENCE_MS)
    assert page.evaluate("document.documentElement.scrollWidth") == 375


def test_the_first_tab_stop_skips_to_the_content(page: Page) -> None:
    page.goto("/settings.html")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
