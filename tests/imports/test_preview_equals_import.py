"""What a preview counts is what the import then does, and the counts add up."""

from __future__ import annotations

import csv
import io
from collections import Counter
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.extensions import db
from app.imports import windows
from app.products.models import products
from tests.conftest import empty_tables
from tests.imports.reading import write_csv
from tests.imports.test_routes import Run, catalog, imported
from tests.thorough import THOROUGH

# Different cases of one SKU, and letters whose cases differ between Unicode's rules.
SKUS = ["a", "A", "b", "B", "é1", "É1", "ß", "ẞ", "SS", "ς", "σ", "Σ", "ı", "i", "İ", "I", "ǆ", "ǅ"]
CATALOG_SKUS = ["a", "B", "É1", "ß", "σ", "ı", "ǅ"]
VALUES = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["Chair", "Table"]),
        "price": st.sampled_from(["", "1.00", "2.50"]),
        "active": st.sampled_from(["true", "false"]),
    }
)
GOOD = st.builds(lambda sku, values: [sku, *values.values()], st.sampled_from(SKUS), VALUES)
BAD = st.sampled_from(
    [["", "No SKU", "", ""], ["x", "", "", ""], ["x", "N", "abc", ""], ["x", "N"],
     ["x", "N", "1", "maybe"], ["a", "N", "1", "true", "more"], ["a\x07", "N", "", ""]]
)  # fmt: skip
FILES = st.lists(st.one_of(GOOD, GOOD, GOOD, BAD), min_size=1, max_size=25)
CATALOGS = st.dictionaries(st.sampled_from(CATALOG_SKUS), VALUES, max_size=7)
OUTCOMES = ("created", "updated", "unchanged", "duplicates", "rejected", "skipped")


@pytest.fixture(autouse=True)
def small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows are compared and written before the file's end."""
    monkeypatch.setattr(windows, "WINDOW_ROWS", 2)


def begin_with(stored: dict[str, dict[str, str]]) -> None:
    """Empty all tables, and store a catalog."""
    rows = [
        {
            "sku": sku,
            "name": values["name"],
            "price": values["price"] or None,
            "active": values["active"] == "true",
        }
        for sku, values in stored.items()
    ]
    with db.engine.begin() as connection:
        empty_tables(connection)
        if rows:
            connection.execute(sa.insert(products), rows)


def look_at_catalog() -> list[tuple[Any, ...]]:
    """The catalog as it is now."""
    with db.engine.connect() as connection:
        return catalog(connection)


def assert_adds_up(counts: dict[str, int], rows: int) -> None:
    """Every row has become one thing."""
    assert counts["rows"] == rows == sum(counts[name] for name in OUTCOMES), counts


@settings(
    max_examples=8 * THOROUGH,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    CATALOGS,
    FILES,
    st.fixed_dictionaries(
        {
            "mode": st.sampled_from(["upsert", "create_only", "update_only"]),
            "on_reject": st.sampled_from(["skip", "skip", "abort"]),
        }
    ),
)
def test_a_preview_counts_what_the_import_does_and_the_counts_add_up(
    client: FlaskClient,
    run_jobs: Run,
    stored: dict[str, dict[str, str]],
    rows: list[list[str]],
    options: dict[str, str],
) -> None:
    begin_with(stored)
    before = look_at_catalog()
    text = write_csv([["sku", "name", "price", "active"], *rows])
    previewed = imported(client, run_jobs, text, preview="true", **options)
    assert look_at_catalog() == before
    done = imported(client, run_jobs, text, **options)
    assert done["counts"] == previewed["counts"]
    if done["status"] == "completed":
        assert previewed["status"] == "ready"
        assert_adds_up(done["counts"], len(rows))
        assert len(look_at_catalog()) == len(before) + done["counts"]["created"]
        versions = Counter(version for *_, version in look_at_catalog())
        assert versions[2] == done["counts"]["updated"]
    else:
        assert done["counts"]["rejected"] > 0
        assert look_at_catalog() == before


@settings(
    max_examples=5 * THOROUGH,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(CATALOGS, FILES, st.sampled_from(["upsert", "create_only", "update_only"]))
def test_starting_a_previewed_import_does_what_the_preview_counted(
    client: FlaskClient,
    run_jobs: Run,
    stored: dict[str, dict[str, str]],
    rows: list[list[str]],
    mode: str,
) -> None:
    begin_with(stored)
    text = write_csv([["sku", "name", "price", "active"], *rows])
    ready = imported(client, run_jobs, text, preview="true", mode=mode)
    if ready["status"] != "ready":
        assert ready["problem"]["type"] == "/problems/empty-sku-column"
        return
    path = f"/api/imports/{ready['id']}"
    preview = client.get(f"{path}/preview").get_json()
    assert client.post(f"{path}/start").status_code == 202
    run_jobs()
    done = client.get(path).get_json()
    assert (done["status"], done["counts"]) == ("completed", ready["counts"])
    assert_adds_up(done["counts"], len(rows))
    changes = Counter(change["action"] for change in preview["sample_changes"])
    assert changes == Counter(
        {"create": done["counts"]["created"], "update": done["counts"]["updated"]}
    )
    now = {(sku, name, price) for sku, name, _, price, _, _ in look_at_catalog()}
    for change in preview["sample_changes"]:
        assert tuple(change["after"][field] for field in ("sku", "name", "price")) in now


BAD_FILE = (
    'sku,"name",price,vendor\r\n'
    "A,Chair,1.00,x\r\n"
    ',"Ta\nble, big",2.00,"y ""z"""\r\n'
    "C,Lamp,abc,x\r\n"
    "D,Rug\r\n"
    'E,"Bed" big,5,x\r\n'
    "F,b\xe9d,1,x\r\n"
    "G,Vase,1,x,more\r\n"
)


def test_the_rejects_of_a_bad_file_once_corrected_import_clean(
    client: FlaskClient, run_jobs: Run
) -> None:
    done = imported(client, run_jobs, BAD_FILE.encode("cp1252").replace(b"\xe9", b"\x81"))
    assert (done["counts"]["created"], done["counts"]["rejected"]) == (1, 6)
    answer = client.get(f"/api/imports/{done['id']}/rejects.csv")
    content = answer.data.decode("utf-8", "replace")
    header, *rows = csv.reader(io.StringIO(content, newline=""))
    assert header == ["sku", "name", "price", "vendor", "_line", "_error"]
    # A row of too few or too many cells has one too many, so that it is not taken for sound.
    assert [len(row) for row in rows] == [6, 6, 7, 7, 6, 8]
    for line, row in zip(["3", "5", "6", "7", "8", "9"], rows, strict=True):
        assert row[4] == line
        assert row[5].endswith(".")
    assert rows[0][:4] == ["", "Ta\nble, big", "2.00", 'y "z"']
    corrected = [[f"K{n}", "Good", "3.00", "x", "7", "Was bad."] for n in range(len(rows))]
    again = imported(client, run_jobs, write_csv([header, *corrected]))
    assert again["status"] == "completed"
    assert (again["counts"]["created"], again["counts"]["rejected"]) == (6, 0)
    assert again["ignored_columns"] == ["vendor"]


def test_the_rejects_of_a_bad_file_as_they_are_are_rejected_again(
    client: FlaskClient, run_jobs: Run
) -> None:
    done = imported(client, run_jobs, BAD_FILE.encode())
    content = client.get(f"/api/imports/{done['id']}/rejects.csv").data
    again = imported(client, run_jobs, content)
    assert again["counts"]["created"] == 0
    assert again["counts"]["rejected"] == done["counts"]["rejected"]
