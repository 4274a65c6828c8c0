"""Take the README's pictures of a running application: `make screenshot`.

    python docs/take_screenshots.py [http://127.0.0.1:8000]

Imports a made-up file into that application's catalog, so aim it at one whose
catalog does not matter.
"""

from __future__ import annotations

import random
import shutil
import sys
from pathlib import Path

from playwright.sync_api import FilePayload, Page, expect, sync_playwright

DOCS = Path(__file__).resolve().parent
DEFAULT_URL = "http://127.0.0.1:8000"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"]
ROWS = 60_000
PATIENCE_MS = 120_000

MATERIALS = ("Oak", "Walnut", "Linen", "Brass", "Ceramic", "Wool", "Copper", "Marble")
THINGS = ("side table", "reading lamp", "bookshelf", "serving tray", "wall clock", "bar stool")


def build_file() -> FilePayload:
    """A shop's export with a few prices in words and a few SKUs twice, always the same."""
    chance = random.Random(7)  # noqa: S311 - it chooses furniture, not secrets
    lines = ["Variant SKU,Title,Body (HTML),Variant Price,Published,Vendor,Tags"]
    for number in range(ROWS):
        sku = f"HL-{10_000 + number - (number % 97 == 96):06}"
        name = f"{chance.choice(MATERIALS)} {chance.choice(THINGS)}"
        price = "on request" if number % 1_500 == 700 else f"{chance.randint(9, 480)}.90"
        published = "false" if chance.random() < 0.15 else "true"
        lines.append(f"{sku},{name},Packed flat,{price},{published},Hallmark,home")
    text = "\n".join(lines)
    return {"name": "spring-catalog.csv", "mimeType": "text/csv", "buffer": text.encode()}


def take_pictures(page: Page) -> None:
    """Import the file, then picture its report and the catalog."""
    page.goto("/")
    page.get_by_label("Drop a CSV file").set_input_files(build_file())
    expect(page.locator("#rejects tbody tr").first).to_be_visible(timeout=PATIENCE_MS)
    page.screenshot(path=DOCS / "import.png")
    page.goto("/products.html")
    expect(page.locator("#list tbody tr").first).to_be_visible()
    page.screenshot(path=DOCS / "products.png")


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
            viewport={"width": 1280, "height": 800},
            device_scale_factor=2,
        )
        take_pictures(context.new_page())
        browser.close()


if __name__ == "__main__":
    main()
