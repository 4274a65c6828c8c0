"""Rows written while the file is still being read, and those that a later one replaces."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app.changes.turns import try_turn
from app.extensions import db
from app.imports import reader, windows
from app.imports.repeats import fold_sku
from app.products.models import products
from tests.imports.factories import upload

Run = Callable[[], None]
ROWS = 9_000


def make_text(*extra: str) -> str:
    """A file of some windows of rows, and `extra` lines at its end."""
    rows = (f"S{n:06},Name of {n},{n % 100}.50" for n in range(ROWS))
    return "\n".join(["sku,name,price", *rows, *extra, ""])


@pytest.fixture(autouse=True)
def small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks and windows of some hundred rows, so that many are written before the file's end."""
    monkeypatch.setattr(reader, "SAMPLE_BYTES", 1 << 14)
    monkeypatch.setattr(reader, "BLOCK_BYTES", 1 << 14)
    monkeypatch.setattr(windows, "WINDOW_ROWS", 500)


def count_by(client: FlaskClient, run_jobs: Run, text: str) -> dict[str, int]:
    """Import `text`; its counts but for those that are 0."""
    created = upload(client, text)
    run_jobs()
    done = client.get(created.headers["Location"]).get_json()
    assert done["status"] == "completed"
    return {name: count for name, count in done["counts"].items() if count}


def test_a_file_without_repetitions_is_counted_as_any_other(
    client: FlaskClient, run_jobs: Run
) -> None:
    assert count_by(client, run_jobs, make_text()) == {"rows": ROWS, "created": ROWS}
    changed = make_text().replace(".50\nS00001", ".75\nS00001")
    counts = count_by(client, run_jobs, changed)
    assert counts == {"rows": ROWS, "updated": 10, "unchanged": ROWS - 10}


@pytest.mark.parametrize("last", ["s000000,Again,1", f"S{ROWS - 1:06},Again,1"])
def test_a_repetition_at_the_end_replaces_what_was_written_early(
    client: FlaskClient, run_jobs: Run, connection: sa.Connection, last: str
) -> None:
    counts = count_by(client, run_jobs, make_text(last))
    assert counts == {"rows": ROWS + 1, "created": ROWS, "duplicates": 1}
    rows = connection.execute(
        sa.select(products.c.name, products.c.version).where(
            sa.func.lower(products.c.sku) == last[:7].lower()
        )
    )
    assert rows.all() == [("Again", 1)]


def test_what_the_database_holds_for_one_sku_is_noticed_as_a_repetition(
    connection: sa.Connection,
) -> None:
    """For every letter there is: no pair that is one to the index escapes the reader."""
    lowered = connection.execute(
        sa.text(
            "SELECT chr(n), lower(chr(n) COLLATE pg_c_utf8) FROM generate_series(1, 1114111) n "
            "WHERE n NOT BETWEEN 55296 AND 57343 AND lower(chr(n) COLLATE pg_c_utf8) <> chr(n)"
        )
    )
    escaped = [letter for letter, lower in lowered if fold_sku(letter) != fold_sku(lower)]
    assert [letter for letter in escaped if letter.isprintable()] == []


def test_a_problem_at_the_end_leaves_nothing_of_what_was_written_early(
    client: FlaskClient, run_jobs: Run, connection: sa.Connection
) -> None:
    created = upload(client, make_text('X,Two ways,"1,5"'))
    run_jobs()
    done = client.get(created.headers["Location"]).get_json()
    assert (done["status"], done["problem"]["type"]) == ("failed", "/problems/ambiguous-decimal")
    assert connection.execute(sa.select(sa.func.count()).select_from(products)).scalar() == 0


def test_while_somebody_else_writes_nothing_is_written_early(
    client: FlaskClient, run_jobs: Run
) -> None:
    with db.engine.connect() as other:
        assert try_turn(other)
        created = upload(client, make_text())
        client.post(f"{created.headers['Location']}/cancel")
        run_jobs()
    assert client.get(created.headers["Location"]).get_json()["status"] == "cancelled"


@pytest.mark.parametrize("other", ["İ1", "ı1", "ß1", "ẞ1", "\u212a1", "\u212b1", "ǅ1", "Σ1", "ς1"])
def test_a_repetition_in_any_case_is_counted_as_the_database_sees_it(
    client: FlaskClient, run_jobs: Run, connection: sa.Connection, other: str
) -> None:
    forms = {other, other.lower(), other.upper(), other.swapcase(), "i1", "k1", "å1", "ss1"}
    rows = "\n".join(f"{form},N" for form in sorted(forms))
    key = sa.func.lower(sa.collate(sa.column("sku"), "pg_c_utf8"))
    values = sa.values(sa.column("sku", sa.Text), name="v").data([(form,) for form in forms])
    distinct = connection.execute(sa.select(sa.func.count(key.distinct())).select_from(values))
    kept = distinct.scalar_one()
    counts = count_by(client, run_jobs, f"sku,name\n{rows}\n")
    assert counts.get("duplicates", 0) == len(forms) - kept
    assert counts["created"] == kept
