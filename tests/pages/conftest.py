"""A real browser for the page tests, and a page that tolerates no error in its console."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from typing import Protocol

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.pages.files import PATIENCE_MS

CHROMIUM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# Chromium logs every refused request. Those the pages are made to explain to
# people are no faults of theirs; a 500, a missing script or a broken rule is.
EXPLAINED = re.compile(
    r"Failed to load resource: .*(status of (401|404|409|412|415|422|429)|ERR_FAILED)"
)


expect.set_options(timeout=PATIENCE_MS)


class LiveApp(Protocol):
    """What the page tests need of the running application."""

    @property
    def url(self) -> str: ...


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, headless."""
    path = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if path is None:
        pytest.fail(
            "No Chromium on PATH: install it (Debian: apt-get install chromium) to test the pages."
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=CHROMIUM_FLAGS, timeout=PATIENCE_MS
        )
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, live_app: LiveApp) -> Iterator[Page]:
    """A page of its own on the live application; addresses are relative to it.

    The test fails on any console error, uncaught exception or violation of the
    content security policy.
    """
    # Nothing slides into its place: a click waits until what it is aimed at stands still.
    context = browser.new_context(base_url=live_app.url, locale="en-US", reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.extend(find_fault(message)))
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert faults == []


def find_fault(message: ConsoleMessage) -> list[str]:
    """The message's text when it reports a fault of the page, else nothing."""
    is_explained = "/api/" in message.location["url"] and EXPLAINED.match(message.text)
    if message.type != "error" or is_explained:
        return []
    return [f"{message.text} ({message.location['url']})"]
