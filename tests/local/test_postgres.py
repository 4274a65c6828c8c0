"""The embedded PostgreSQL: its data, its neighbours, and what it refuses."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import psycopg2
import pytest

from app.local import binaries
from app.local.errors import StartError
from app.local.postgres import PostgresServer
from app.local.privileges import service_account
from tests.waiting import PATIENCE

AS_ROOT = os.geteuid() == 0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cluster to share: each test finds it stopped."""
    return tmp_path_factory.mktemp("local") / "postgres"


def ask(url: str, statement: str) -> object:
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement)
        [[value]] = cursor.fetchall()
        return value


def test_a_second_start_keeps_the_data(folder: Path) -> None:
    with PostgresServer(folder) as server:
        ask(server.url, "CREATE TABLE kept AS SELECT 42 AS answer; SELECT 1")
    with PostgresServer(folder) as server:
        assert ask(server.url, "SELECT answer FROM kept") == 42


def test_two_servers_run_side_by_side(folder: Path, tmp_path: Path) -> None:
    with PostgresServer(folder) as one, PostgresServer(tmp_path / "postgres") as other:
        assert one.port != other.port
        assert ask(one.url, "SELECT 1") == ask(other.url, "SELECT 1") == 1


def test_the_wrong_password_is_refused(folder: Path) -> None:
    with (
        PostgresServer(folder) as server,
        pytest.raises(psycopg2.OperationalError, match="password authentication failed"),
    ):
        psycopg2.connect(server.url.replace("postgres:", "postgres:not-"))


def test_settings_can_be_changed(folder: Path) -> None:
    with PostgresServer(folder, settings={"fsync": "off"}) as server:
        assert ask(server.url, "SHOW fsync") == "off"
        assert ask(server.url, "SHOW max_wal_size") == "4GB"


def test_its_log_is_its_owners_alone_and_holds_no_statement_and_no_value(folder: Path) -> None:
    log = folder.with_name("postgres.log")
    log.touch(mode=0o644)
    log.chmod(0o644)
    with PostgresServer(folder) as server:
        ask(server.url, "CREATE TABLE unique_texts (text text UNIQUE); SELECT 1")
        for failing in (
            "INSERT INTO unique_texts VALUES ('a secret'), ('a secret')",
            "SELECT 'a secret'::int",
            "COPY unique_texts FROM PROGRAM 'echo a secret; exit 1'",
        ):
            with pytest.raises(psycopg2.Error):
                ask(server.url, failing)
        with closing(psycopg2.connect(server.url)) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid(), 'a secret'")
            os.kill(connection.info.backend_pid, signal.SIGKILL)
        server.is_ready()
    assert log.stat().st_mode & 0o777 == 0o600
    assert "terminated by signal 9" in log.read_text()
    assert "secret" not in log.read_text()


def test_an_interrupted_first_start_is_begun_again(tmp_path: Path) -> None:
    half = tmp_path / "postgres/data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with PostgresServer(tmp_path / "postgres") as server:
        assert ask(server.url, "SELECT 1") == 1


def test_the_pid_file_of_a_killed_server_does_not_keep_the_next_from_starting(folder: Path) -> None:
    with PostgresServer(folder):
        # The kill, and its number going to a process that has nothing to do with it.
        pid_file = folder / "data/postmaster.pid"
        content = pid_file.read_text().split("\n")
        os.kill(int(content[0]), signal.SIGQUIT)
        psutil.Process(int(content[0])).wait(PATIENCE)
    pid_file.write_text("\n".join([str(os.getpid()), *content[1:]]))
    with PostgresServer(folder) as server:
        assert ask(server.url, "SELECT 1") == 1


def test_a_second_server_on_the_same_data_is_refused(folder: Path) -> None:
    with (
        PostgresServer(folder) as server,
        pytest.raises(StartError, match=r"already running on .* Stop it first: kill -QUIT \d+"),
    ):
        PostgresServer(server.data_dir).prepare()


def test_data_of_another_major_version_are_refused(folder: Path) -> None:
    PostgresServer(folder).prepare()
    version = folder / "data/PG_VERSION"
    version.write_text("17\n")
    with pytest.raises(StartError, match="made by PostgreSQL 17, and this is PostgreSQL 18"):
        PostgresServer(folder).prepare()
    version.write_text("18\n")


@pytest.fixture
def closed_folder(tmp_path: Path) -> Iterator[Path]:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    yield closed
    assert closed.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(not AS_ROOT, reason="an ordinary user runs the server itself")
def test_under_root_it_runs_as_another_user_even_below_a_folder_closed_to_that_user(
    closed_folder: Path,
) -> None:
    with PostgresServer(closed_folder / "postgres") as server:
        assert ask(server.url, "SELECT 1") == 1
        pid = int((server.data_dir / "data/postmaster.pid").read_text().split("\n")[0])
        assert psutil.Process(pid).uids().real != 0
        assert server.account
        assert server.account.capability is not None


@pytest.mark.skipif(not AS_ROOT, reason="only root may give a folder away")
def test_under_root_it_runs_as_the_user_whose_data_they_are(tmp_path: Path) -> None:
    os.chown(tmp_path, 65534, 65534)
    account = service_account(tmp_path)
    assert account
    assert account.uid == 65534


@pytest.fixture
def no_wheel(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No wheel and nothing installed; gives a folder that is all of PATH."""
    monkeypatch.setattr(binaries, "find_spec", lambda package: None)
    monkeypatch.setattr(binaries, "DEBIAN_FOLDER", tmp_path / "debian")
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def fake_postgres(folder: Path, version: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("postgres", "initdb"):
        (folder / name).write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {version}'\n")
        (folder / name).chmod(0o755)
    return folder


def test_without_any_postgresql_it_says_what_to_install(no_wheel: Path, tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"there is no PostgreSQL.* install PostgreSQL 18"):
        PostgresServer(tmp_path / "postgres-data").prepare()


def test_an_older_postgresql_on_path_is_not_enough(no_wheel: Path) -> None:
    fake_postgres(no_wheel, "15.9 (Debian 15.9-1)")
    with pytest.raises(StartError, match="there is only PostgreSQL 15"):
        binaries.find_postgres()


def test_without_the_wheel_the_newest_installed_postgresql_is_used(no_wheel: Path) -> None:
    fake_postgres(no_wheel, "15.9")
    fake_postgres(no_wheel / "debian/17/bin", "17.2")
    newest = fake_postgres(no_wheel / "debian/18/bin", "18.1")
    assert binaries.find_postgres() == newest
