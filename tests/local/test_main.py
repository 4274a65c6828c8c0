"""`python -m app.local`: what it refuses before anything starts, and what it would run."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest

from app.config import Config
from app.local import preflight
from app.local.__main__ import announcement
from app.local.errors import RefusedError
from app.local.plan import PROJECT, embedded_servers, stages
from app.local.preflight import chosen_port, locked_folder
from app.local.servers import stored_secret
from tests.waiting import PATIENCE

EVERYWHERE = "0.0.0.0"


def make_run(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    settings = {field.name.upper() for field in fields(Config)}
    inherited = {name: value for name, value in os.environ.items() if name not in settings}
    return subprocess.run(
        [sys.executable, "-m", "app.local"],
        cwd=PROJECT,
        env={**inherited, "DATA_DIR": str(folder), **environment},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def test_a_taken_port_is_refused_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        outcome = make_run(tmp_path, PORT=str(port))
    assert outcome.returncode == 2
    assert f"Port {port} on 127.0.0.1 is taken by another program." in outcome.stderr
    assert not (tmp_path / "postgres").exists()


def test_other_machines_are_not_served_without_a_password(tmp_path: Path) -> None:
    outcome = make_run(tmp_path, HOST=EVERYWHERE, PORT="0")
    assert outcome.returncode == 2
    assert "ADMIN_PASSWORD is not set" in outcome.stderr
    assert not (tmp_path / "postgres").exists()


def test_a_setting_that_is_not_understood_is_refused(tmp_path: Path) -> None:
    outcome = make_run(tmp_path, PORT="eight thousand")
    assert outcome.returncode == 2
    assert "PORT='eight thousand' is refused" in outcome.stderr


def test_a_folder_in_use_is_refused_and_its_holder_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preflight, "LOCK_SECONDS", 0.2)
    with (
        locked_folder(tmp_path),
        pytest.raises(RefusedError, match=rf"in use by another .*\(process {os.getpid()}\)"),
        locked_folder(tmp_path),
    ):
        pass


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux lists a process's files")
def test_a_folder_held_by_a_server_that_was_left_is_refused_and_the_server_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preflight, "LOCK_SECONDS", 0.2)
    with locked_folder(tmp_path) as lock:
        left = subprocess.Popen(["sleep", "60"], pass_fds=[lock])
    (tmp_path / "lock").write_text("999999999\n")  # the supervisor that was killed
    try:
        with (
            pytest.raises(
                RefusedError, match=rf"in use by sleep \(process {left.pid}\), .*-QUIT {left.pid},"
            ),
            locked_folder(tmp_path),
        ):
            pass
    finally:
        left.kill()
        left.wait()


def test_a_folder_of_our_own_making_cannot_be_read_by_others(tmp_path: Path) -> None:
    with locked_folder(tmp_path / "data"):
        assert (tmp_path / "data").stat().st_mode & 0o066 == 0


def test_a_folder_is_free_again_afterwards(tmp_path: Path) -> None:
    for _ in range(2):
        with locked_folder(tmp_path / "data"):
            pass


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(RefusedError, match="cannot be written to"),
        locked_folder(tmp_path / "file"),
    ):
        pass


def test_port_0_is_a_free_port() -> None:
    assert chosen_port("127.0.0.1", 0) > 0


def test_a_host_that_is_not_ours_is_refused() -> None:
    with pytest.raises(RefusedError, match=r"HOST=203\.0\.113\.1 PORT=0 cannot be used"):
        chosen_port("203.0.113.1", 0)


def test_a_secret_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    secret = stored_secret(tmp_path / "secret_key")
    assert len(secret) >= 32
    assert stored_secret(tmp_path / "secret_key") == secret
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_servers_named_by_the_environment_are_not_brought_along(tmp_path: Path) -> None:
    config = Config(
        data_dir=tmp_path,
        database_url="postgresql+psycopg2://db/shop",
        redis_url="redis://cache/0",
        workers=3,
        secret_key="s",
    )
    plan = stages(config, *embedded_servers(config), lock=0)
    assert [[program.name for program in stage] for stage in plan] == [
        ["migrations"],
        ["web"],
        ["worker 1", "worker 2", "worker 3", "webhooks"],
    ]
    environment = plan[0][0].environment()
    assert environment["DATABASE_URL"] == "postgresql+psycopg2://db/shop"
    assert environment["REDIS_URL"] == "redis://cache/0"
    assert "Data" not in announcement(config)
    assert "Set ADMIN_PASSWORD before you put a proxy in front." in announcement(config)
    assert "Login" not in announcement(replace(config, admin_password="a long one"))


def test_a_start_with_nothing_set_brings_both_servers_along(tmp_path: Path) -> None:
    config = Config(data_dir=tmp_path)
    plan = stages(config, *embedded_servers(config), lock=0)
    assert [stage[0].name for stage in plan[:2]] == ["PostgreSQL", "Valkey"]
    environment = plan[-1][0].environment()
    assert environment["DATABASE_URL"].startswith("postgresql://postgres:")
    assert environment["REDIS_URL"].startswith("redis://:")
    assert (environment["HOST"], environment["PORT"]) == ("127.0.0.1", "8000")


def test_the_announcement_names_an_address_that_can_be_opened(tmp_path: Path) -> None:
    config = Config(data_dir=tmp_path, port=8123)
    for host, shown in (
        ("127.0.0.1", "http://127.0.0.1:8123"),
        (EVERYWHERE, "http://127.0.0.1:8123"),
        ("::", "http://[::1]:8123"),
    ):
        text = announcement(replace(config, host=host))
        assert shown in text
        assert f"{tmp_path} (PostgreSQL and Valkey)" in text
