"""What the webhooks page's tests do over the API, and what they look at on the page."""

from __future__ import annotations

import base64
import importlib.util
import json
import shutil
import subprocess
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.conftest import PROJECT, wait_until
from tests.pages.files import PATIENCE_MS
from tests.waiting import PATIENCE
from tests.webhooks.receiver import Received

SAMPLES = PROJECT / "static" / "samples"
NODE_HARNESS = """
import { verify } from "{module}";
import { readFileSync } from "node:fs";
const { secret, headers, body } = JSON.parse(readFileSync(0, "utf-8"));
try {
  console.log(JSON.stringify(verify(secret, headers, Buffer.from(body, "base64"))));
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
"""
Verify = Callable[[str, Mapping[str, str], bytes], Any]


def verify_in_python(secret: str, headers: Mapping[str, str], body: bytes) -> Any:
    """What the Python sample takes out of a message; raises ValueError where it refuses it."""
    spec = importlib.util.spec_from_file_location("sample", SAMPLES / "verify_webhook.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.verify(secret, headers, body)


def verify_in_node(secret: str, headers: Mapping[str, str], body: bytes) -> Any:
    """What the Node sample takes out of a message; raises ValueError where it refuses it."""
    node = shutil.which("node")
    if node is None:
        pytest.fail("No node on PATH: install Node.js 18 or newer to test the sample for Node.")
    harness = NODE_HARNESS.replace("{module}", (SAMPLES / "verify_webhook.mjs").as_uri())
    sent = {"secret": secret, "headers": dict(headers), "body": base64.b64encode(body).decode()}
    done = subprocess.run(
        [node, "--input-type=module", "--eval", harness],
        input=json.dumps(sent),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    if done.returncode != 0:
        raise ValueError(done.stderr)
    return json.loads(done.stdout)


def subscribe(page: Page, url: str, **fields: object) -> Any:
    """A stored webhook with its secret."""
    answer = page.request.post("/api/webhooks", data={"url": url, **fields})
    assert answer.status == 201, answer.text()
    return answer.json()


def delete_webhooks(page: Page) -> None:
    """Leave none."""
    for webhook in page.request.get("/api/webhooks?limit=500").json()["items"]:
        assert page.request.delete(f"/api/webhooks/{webhook['id']}").ok


def read_webhook(page: Page, webhook: Any) -> Any:
    """The webhook as it is stored now."""
    return page.request.get(f"/api/webhooks/{webhook['id']}").json()


def send_tests(page: Page, webhook: Any, count: int) -> None:
    """Have test events sent, and wait until every one was attempted."""
    for _ in range(count):
        assert page.request.post(f"/api/webhooks/{webhook['id']}/test").status == 202
    address = f"/api/webhooks/{webhook['id']}/deliveries?limit=500"

    def all_attempted() -> bool:
        items = page.request.get(address).json()["items"]
        return len(items) >= count and all(item["attempts"] for item in items)

    wait_until(all_attempted)


def create_product(page: Page) -> str:
    """An event; the SKU of the product it is about."""
    sku = f"W-{uuid4().hex[:12]}"
    assert page.request.post("/api/products", data={"sku": sku, "name": "Lamp"}).status == 201
    return sku


def await_message(received: list[Received], event_type: str, count: int = 1) -> list[Received]:
    """The messages of that type, once there are `count` of them."""

    def found() -> list[Received]:
        return [one for one in received if one.headers["x-webhook-event"] == event_type]

    wait_until(lambda: len(found()) >= count)
    return found()


def open_webhook(page: Page, webhook: Any, query: str = "") -> Locator:
    """Open one webhook's view; the rows of its deliveries."""
    page.goto(f"/webhooks.html?id={webhook['id']}{query}")
    expect(page.locator("article")).to_be_visible(timeout=PATIENCE_MS)
    return page.locator("#deliveries tbody tr")


def row_of(page: Page, url: str) -> Locator:
    """A webhook's row in the list."""
    return page.locator("#list tbody tr", has=page.get_by_role("link", name=url, exact=True))


def confirm(page: Page, action: str) -> None:
    """Press the dialog's own button."""
    page.get_by_role("dialog").get_by_role("button", name=action, exact=True).click()
