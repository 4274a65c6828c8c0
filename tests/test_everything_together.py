"""The real supervisor, from an empty folder to a catalog equal to the file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from app.sample import Recipe, save_sample
from tests.conftest import LiveApp, start_live_app, wait_until
from tests.waiting import PATIENCE

ROWS = 20_000


@pytest.fixture(scope="module")
def fresh_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveApp]:
    """A copy of its own, with nothing in it."""
    with start_live_app(tmp_path_factory.mktemp("fresh") / "data") as live:
        yield live


def read_expected(path: Path) -> dict[str, tuple[str, str, str | None, bool]]:
    """The file's rows by SKU, read in the plainest way there is."""
    with path.open(newline="", encoding="utf-8") as file:
        return {
            row["sku"].strip(): (
                row["name"].strip(),
                row["description"].strip(),
                row["price"] or None,
                row["active"] in ("", "true", "yes", "1"),
            )
            for row in csv.DictReader(file)
        }


def read_catalog(url: str) -> dict[str, tuple[str, str, str | None, bool]]:
    """The whole catalog, page by page."""
    found: dict[str, tuple[str, str, str | None, bool]] = {}
    query: dict[str, Any] = {"limit": 500}
    while True:
        page = requests.get(f"{url}/api/products", params=query, timeout=PATIENCE).json()
        for item in page["items"]:
            found[item["sku"]] = (
                item["name"],
                item["description"],
                item["price"],
                item["active"],
            )
        if page["next_cursor"] is None:
            return found
        query["cursor"] = page["next_cursor"]


def import_file(url: str, content: bytes) -> Any:
    """Upload, await the end, and the import as it ended."""
    answer = requests.post(
        f"{url}/api/imports", files={"file": ("sample.csv", io.BytesIO(content))}, timeout=PATIENCE
    )
    assert answer.status_code == 202, answer.text
    location = f"{url}{answer.headers['Location']}"
    state: dict[str, Any] = {}

    def has_ended() -> bool:
        state.update(requests.get(location, timeout=PATIENCE).json())
        return state["finished_at"] is not None

    wait_until(has_ended)
    return state


def test_an_uploaded_file_is_the_catalog_row_by_row(fresh_app: LiveApp, tmp_path: Path) -> None:
    path = tmp_path / "sample.csv"
    save_sample(Recipe(rows=ROWS), str(path))
    done = import_file(fresh_app.url, path.read_bytes())
    assert done["status"] == "completed"
    assert done["counts"]["created"] == ROWS
    catalog, expected = read_catalog(fresh_app.url), read_expected(path)
    assert len(expected) == ROWS
    assert {
        s: (n, d, p and f"{float(p):.2f}", a) for s, (n, d, p, a) in expected.items()
    } == catalog


def test_counts_of_a_bad_file_are_those_it_was_made_with(
    fresh_app: LiveApp, tmp_path: Path
) -> None:
    recipe = Recipe(rows=5_000, bad=0.05, duplicates=0.08, seed=7)
    path = tmp_path / "bad.csv"
    save_sample(recipe, str(path))
    counts = import_file(fresh_app.url, path.read_bytes())["counts"]
    summary = recipe.summary
    assert (counts["rows"], counts["rejected"], counts["duplicates"]) == (
        summary.rows,
        summary.bad,
        summary.duplicates,
    )
    assert counts["rows"] == sum(v for name, v in counts.items() if name != "rows")
