"""The ways to back up and restore that docs/operations.md describes."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.config import Config, normalise_database_url
from app.extensions import db
from app.local.binaries import find_postgres
from app.local.postgres import PostgresServer
from tests.conftest import PROJECT
from tests.imports.factories import upload

RESTORED = "restored"


def run_postgres(name: str, *arguments: str) -> None:
    """One of PostgreSQL's own programs; what it complains of fails the test."""
    program = find_postgres() / name
    if not program.exists():
        pytest.skip(f"this PostgreSQL comes without {name}")
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def fill(client: FlaskClient, run_jobs: Callable[[], None]) -> str:
    """Imports, an edit, a deletion, and a file that waits; the id of the import to be undone."""
    upload(client, "sku,name,price\nA,Lamp,1.50\nÉ1,Table,2.00\nB,\n")
    run_jobs()
    second = upload(client, "sku,name,price\na,Lamp,9.90\nC,Chair,\n").get_json()["id"]
    run_jobs()
    client.post("/api/products/bulk", json={"action": "deactivate", "filter": {"q": "chair"}})
    run_jobs()
    upload(client, "sku,name\nD,Waits\n", preview="true")
    run_jobs()
    change_set: str = client.get(f"/api/imports/{second}").get_json()["change_set_id"]
    return change_set


def read_everything(engine: sa.Engine) -> dict[str, tuple[int, str | None]]:
    """Of each table: how many rows, and a digest of what is in them."""
    digest = "SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {} AS t"
    with engine.connect() as connection:
        return {
            name: tuple(connection.execute(sa.text(digest.format(name))).one())
            for name in db.metadata.tables
        }


def test_a_restored_dump_is_the_database_and_goes_on_from_there(
    client: FlaskClient,
    config: Config,
    database_url: str,
    run_jobs: Callable[[], None],
    tmp_path: Path,
) -> None:
    change_set_id = fill(client, run_jobs)
    dump = str(tmp_path / "importer.dump")
    target = database_url.rpartition("/")[0] + f"/{RESTORED}"
    server = database_url.rpartition("/")[0] + "/postgres"

    run_postgres("pg_dump", "--format=custom", f"--file={dump}", database_url)
    run_postgres("createdb", f"--maintenance-db={server}", RESTORED)
    try:
        options = ("--no-owner", "--exit-on-error", "--jobs=4")
        run_postgres("pg_restore", *options, f"--dbname={target}", dump)
        restored = create_app(replace(config, database_url=normalise_database_url(target)))
        before = read_everything(db.engine)
        with restored.app_context():
            assert read_everything(db.engine) == before
            check_it_works(restored, change_set_id)
            db.engine.dispose()
    finally:
        run_postgres("dropdb", f"--maintenance-db={server}", "--force", RESTORED)


def check_it_works(restored: Flask, change_set_id: str) -> None:
    """The schema is whole, a search finds, a SKU is still unique, an undo is still possible."""
    client = restored.test_client()
    assert client.get("/readyz").get_json()["parts"]["schema"] == "ok"
    found = client.get("/api/products?q=table").get_json()["items"]
    assert [product["sku"] for product in found] == ["É1"]
    taken = client.post("/api/products", json={"sku": "é1", "name": "Again"})
    assert taken.status_code == 409
    undo: Any = client.get(f"/api/change-sets/{change_set_id}/undo")
    assert undo.status_code == 200


def test_a_copy_of_the_folder_of_a_stopped_server_starts_with_all_that_was_in_it(
    tmp_path: Path,
) -> None:
    original, copy = tmp_path / "original", tmp_path / "copy"
    with PostgresServer(original) as server:
        execute(server.url, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
    shutil.copytree(original, copy)
    with PostgresServer(copy) as server:
        assert execute(server.url, "SELECT sum(n) FROM kept") == [(500_500,)]


def execute(url: str, statement: str) -> list[tuple[Any, ...]]:
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []
    finally:
        connection.close()


def test_the_commands_of_the_documentation_are_those_that_are_tested() -> None:
    text = (PROJECT / "docs/operations.md").read_text()
    assert 'pg_dump --format=custom --file=importer.dump "$DATABASE_URL"' in text
    assert "pg_restore --no-owner --exit-on-error --jobs=4 --dbname=importer" in text
