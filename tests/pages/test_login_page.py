"""Logging in and out in a real browser, where a password is set."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import LiveApp, start_live_app, wait_until
from tests.pages.files import PATIENCE_MS

PASSWORD = "correct horse"


@pytest.fixture(scope="module")
def live_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveApp]:
    """A running copy that asks for a password."""
    data_dir = tmp_path_factory.mktemp("closed") / "data"
    with start_live_app(data_dir, ADMIN_PASSWORD=PASSWORD) as live:
        yield live


def log_in(page: Page, address: str = "/settings.html") -> None:
    """Ask for a page, and pass the login before it."""
    page.goto(address)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Log out", exact=True).first).to_be_visible(
        timeout=PATIENCE_MS
    )


def test_a_page_leads_to_the_login_and_the_login_back_to_it(page: Page, live_app: LiveApp) -> None:
    page.goto("/products.html?q=lamp&sort=-price")
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    expect(page.get_by_label("Password")).to_be_focused()

    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")

    page.wait_for_url(f"{live_app.url}/products.html?q=lamp&sort=-price", timeout=PATIENCE_MS)


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)",
        "https:evil.example", "\t//evil.example", "data:text/html,x", "http://[",
    ],
)  # fmt: skip
def test_the_login_never_leads_elsewhere(page: Page, live_app: LiveApp, elsewhere: str) -> None:
    page.goto(f"/login.html?next={quote(elsewhere, safe='')}")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(
        lambda url: url.startswith(f"{live_app.url}/") and "/login" not in url, timeout=PATIENCE_MS
    )


def test_a_wrong_password_is_told_and_can_be_typed_anew(page: Page) -> None:
    page.goto("/login.html")
    page.get_by_label("Password").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("The password is wrong.")
    expect(page.get_by_label("Password")).to_be_focused()

    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Log in")).to_be_hidden(timeout=PATIENCE_MS)


def test_logging_out_leads_to_the_login_and_the_pages_ask_again(page: Page) -> None:
    log_in(page, "/imports.html")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()

    page.goto("/imports.html")
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()


def test_logging_out_everywhere_ends_the_other_browser_s_session_too(
    page: Page, live_app: LiveApp
) -> None:
    browser = page.context.browser
    assert browser is not None
    other = browser.new_context(base_url=live_app.url)
    log_in(other.new_page())
    log_in(page)
    assert other.request.get("/api/products").status == 200

    page.get_by_role("button", name="Log out everywhere…").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    assert other.request.get("/api/products").status == 200
    page.get_by_role("button", name="Log out everywhere…").click()
    page.get_by_role("dialog").get_by_role("button", name="Log out everywhere").click()

    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    assert other.request.get("/api/products").status == 401
    other.close()


def test_a_session_that_ended_meanwhile_leads_to_the_login(page: Page) -> None:
    log_in(page, "/imports.html")
    page.context.clear_cookies()
    page.evaluate("import('/js/api.js').then(api => api.get('/api/imports')).catch(() => {})")
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()


def test_with_a_login_no_page_says_that_it_is_open(page: Page) -> None:
    log_in(page)
    expect(page.get_by_text("You are logged in as the administrator")).to_be_visible()
    expect(page.get_by_text("Nobody is asked to log in")).to_be_hidden()
    page.goto("/imports.html")
    expect(page.get_by_role("button", name="Log out")).to_be_visible()
    expect(page.get_by_text("No password is set")).to_have_count(0)


def test_after_too_many_guesses_the_page_says_how_long_to_wait(page: Page) -> None:
    page.goto("/login.html")
    page.get_by_label("Password").fill(PASSWORD)

    def has_to_wait_for_seconds() -> bool:
        answer = page.request.post("/api/session", data={"password": "guess"})
        return int(answer.headers.get("retry-after", "0")) >= 2

    wait_until(has_to_wait_for_seconds)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Too many logins have failed. Try again in")

    def is_let_in() -> bool:
        return page.request.post("/api/session", data={"password": PASSWORD}).status == 204

    wait_until(is_let_in)
