"""Take the README's pictures of a running application: `make screenshot`.

    python docs/take_screenshots.py [http://127.0.0.1:8000]

Imports two made-up files into that application's catalog, so aim it at one whose
catalog is empty and does not matter.
"""

from __future__ import annotations

import random
import shutil
import sys
from pathlib import Path

from playwright.sync_api import FilePayload, Page, expect, sync_playwright

DOCS = Path(__file__).resolve().parent
DEFAULT_URL = "http://127.0.0.1:8000"
CHROMIUM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM_FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"]
ROWS = 60_000
PATIENCE_MS = 120_000

TALL = {"width": 1280, "height": 1660}
WIDE = {"width": 1280, "height": 800}

MATERIALS = ("Oak", "Walnut", "Linen", "Brass", "Ceramic", "Wool", "Copper", "Marble")
THINGS = ("side table", "reading lamp", "bookshelf", "serving tray", "wall clock", "bar stool")


def build_file(name: str, *, is_spring: bool) -> FilePayload:
    """A shop's export with a few prices in words and a few SKUs twice, always the same.

    The spring's has some products that the autumn's has not, some prices and
    names changed, some products withdrawn.
    """
    chance = random.Random(7)  # noqa: S311 - it chooses furniture, not secrets
    lines = ["Variant SKU,Title,Body (HTML),Variant Price,Published,Vendor,Tags"]
    for number in range(ROWS):
        sku = f"HL-{10_000 + number - (number % 970 == 96):06}"
        title = f"{chance.choice(MATERIALS)} {chance.choice(THINGS)}"
        price = chance.randint(9, 480)
        published = "false" if chance.random() < 0.15 else "true"
        if is_spring:
            title += ", oiled" if number % 130 == 17 else ""
            price += 7 if number % 11 == 3 else 0
            published = "false" if number % 210 == 30 else published
        elif number % 9 == 5:
            continue
        shown = "on request" if number % 1_500 == 700 else f"{price}.90"
        title = "" if number % 4_000 == 1_234 else title
        lines.append(f'{sku},"{title}",Packed flat,{shown},{published},Hallmark,home')
    return {"name": name, "mimeType": "text/csv", "buffer": "\n".join(lines).encode()}


def take_pictures(page: Page) -> None:
    """Look at the file of a second season, import it, and see the catalog."""
    page.goto("/")
    page.get_by_text("Options").click()
    page.get_by_label("Import without looking first").check()
    drop(page, build_file("autumn-catalog.csv", is_spring=False))
    expect(page.get_by_text("is in the catalog")).to_be_visible(timeout=PATIENCE_MS)

    page.set_viewport_size(TALL)
    page.goto("/")
    drop(page, build_file("spring-catalog.csv", is_spring=True))
    expect(page.locator("#rejects tbody tr").first).to_be_visible(timeout=PATIENCE_MS)
    page.screenshot(path=DOCS / "preview.png")

    page.set_viewport_size(WIDE)
    page.locator("#start-button").click()
    expect(page.get_by_text("is in the catalog")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("#rejects tbody tr").first).to_be_visible()
    page.screenshot(path=DOCS / "import.png")

    page.goto("/products.html")
    expect(page.locator("#list tbody tr").first).to_be_visible()
    page.screenshot(path=DOCS / "products.png")


def drop(page: Page, file: FilePayload) -> None:
    page.get_by_label("Drop a CSV file").set_input_files(file)


def main() -> None:
    url = sys.argv[1] if len(sys.argv) > 1 else DEFAULT_URL
    path = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if path is None:
        sys.exit("No Chromium on PATH: install it (Debian: apt-get install chromium).")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        context = browser.new_context(
            base_url=url,
            locale="en-US",
            viewport=WIDE,
            device_scale_factor=2,
        )
        take_pictures(context.new_page())
        browser.close()


if __name__ == "__main__":
    main()
