"""Something is full: the answer, and the import, name what."""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import redis
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug import formparser

from app import create_app, shortage
from app.config import Config
from app.extensions import db
from app.shortage import find_shortage
from tests.imports.factories import upload

# As PostgreSQL says it, by a real trigger of a real server.
FULL = """
CREATE FUNCTION pg_temp.fill() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '{code}';
END $$;
CREATE TRIGGER full_disk BEFORE INSERT ON {table} FOR EACH STATEMENT EXECUTE FUNCTION fill();
"""


@pytest.fixture
def fill(app: Flask) -> Iterator[Callable[[str, str], None]]:
    """Has every insert into a table fail with an SQLSTATE, until the test's end."""
    filled: list[str] = []

    def fill_table(table: str, code: str) -> None:
        statement = FULL.replace("pg_temp.", "").format(table=table, code=code)
        with db.engine.begin() as connection:
            connection.execute(sa.text(statement))
        filled.append(table)

    yield fill_table
    with db.engine.begin() as connection:
        for table in filled:
            connection.execute(sa.text(f"DROP TRIGGER full_disk ON {table}"))
        connection.execute(sa.text("DROP FUNCTION IF EXISTS fill()"))


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("53100", "The disk of the database is full."),
        ("53200", "The database server has no memory left."),
        ("53300", "Every connection that the database server allows is in use."),
        ("53400", "The database server has reached a limit of its settings"),
        ("53000", "The database server has run out of something it needs."),
    ],
)
def test_an_edit_is_told_what_is_full(
    client: FlaskClient, fill: Callable[[str, str], None], code: str, what: str
) -> None:
    fill("products", code)
    answer = client.post("/api/products", json={"sku": "A", "name": "Chair"})
    problem = answer.get_json()
    assert (answer.status_code, problem["type"]) == (507, "/problems/insufficient-storage")
    assert problem["detail"].startswith(what)


def test_an_upload_that_the_database_has_no_room_for_is_told_so(
    client: FlaskClient, fill: Callable[[str, str], None]
) -> None:
    fill("import_chunks", "53100")
    answer = client.post("/api/imports", data=b"sku,name\nA,B\n", content_type="text/csv")
    assert answer.status_code == 507
    assert answer.get_json()["detail"].startswith("The disk of the database is full.")
    assert client.get("/api/imports").get_json()["total"] == 0


@pytest.mark.parametrize("form", [False, True])
def test_an_upload_that_the_temporary_files_have_no_room_for_is_told_so(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, form: bool
) -> None:
    opened = []

    def open_full(*_: object, **__: object) -> Any:
        opened.append(Path("/dev/full").open("r+b", buffering=0))  # noqa: SIM115
        return opened[-1]

    monkeypatch.setattr(tempfile, "SpooledTemporaryFile", open_full)
    monkeypatch.setattr(formparser, "SpooledTemporaryFile", open_full)
    content = b"sku,name\n" + b"A,Chair\n" * 100
    answer = (
        upload(client, content)
        if form
        else client.post("/api/imports", data=content, content_type="text/csv")
    )
    for file in opened:
        file.close()
    assert answer.status_code == 507
    assert "temporary files is full" in answer.get_json()["detail"]


def test_a_database_that_a_full_disk_has_ended_is_not_only_away(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "postgres").mkdir()
    away = replace(
        config, data_dir=tmp_path, database_url="postgresql+psycopg2://none@127.0.0.1:1/none"
    )
    client = create_app(away).test_client()
    assert client.get("/api/products").status_code == 503
    monkeypatch.setattr(shortage, "LEAST_BYTES", 2**60)
    answer = client.get("/api/products")
    assert answer.status_code == 507
    assert answer.get_json()["detail"] == (
        "The disk of the database is full. The database does not run before there is room on it."
    )
    elsewhere = create_app(replace(away, data_dir=tmp_path / "none")).test_client()
    assert elsewhere.get("/api/products").status_code == 503


def test_an_import_that_meets_a_full_disk_fails_with_words(
    client: FlaskClient, fill: Callable[[str, str], None], run_jobs: Callable[[], None]
) -> None:
    fill("products", "53100")
    made = upload(client, b"sku,name\nA,Chair\n").get_json()
    run_jobs()
    state = client.get(f"/api/imports/{made['id']}").get_json()
    assert (state["status"], state["problem"]["status"]) == ("failed", 507)
    assert state["problem"]["detail"].startswith("The disk of the database is full.")


def test_a_bulk_operation_that_meets_a_full_disk_fails_with_words(
    client: FlaskClient, fill: Callable[[str, str], None], run_jobs: Callable[[], None]
) -> None:
    client.post("/api/products", json={"sku": "A", "name": "Chair"})
    fill("changes", "53100")
    made = client.delete("/api/products?confirm=all").get_json()
    run_jobs()
    state = client.get(f"/api/change-sets/{made['id']}").get_json()
    assert (state["status"], state["problem"]["status"]) == ("failed", 507)


def test_a_redis_without_room_is_named(client: FlaskClient, app: Flask) -> None:
    server: redis.Redis = app.extensions["redis"]
    server.config_set("maxmemory", 1)
    try:
        with pytest.raises(redis.RedisError) as caught:
            server.set("more", "x")
    finally:
        server.config_set("maxmemory", 0)
    found = find_shortage(caught.value)
    assert found is not None
    assert found.detail.startswith("The memory that Redis may use is full.")
    misconfigured = redis.ResponseError("MISCONF Errors writing to the AOF file: No space left")
    found = find_shortage(misconfigured)
    assert found is not None
    assert found.detail.startswith("Redis cannot write to its disk")


@pytest.mark.parametrize("error", [OSError(errno.EACCES, "denied"), ValueError("none")])
def test_other_errors_are_no_shortage(error: Exception) -> None:
    assert find_shortage(error) is None
