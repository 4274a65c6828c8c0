"""The embedded Valkey: what is queued survives, and only we may ask."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from redis import Redis
from redis.exceptions import AuthenticationError

from app.local import binaries
from app.local.errors import StartError
from app.local.valkey import ValkeyServer


@contextmanager
def client(url: str) -> Iterator[Redis]:
    connection = Redis.from_url(url)
    try:
        yield connection
    finally:
        connection.close()


def process_of(server: ValkeyServer) -> psutil.Process:
    [process] = [
        child
        for child in psutil.Process().children()
        if child.cwd() == str(server.data_dir) and any("valkey" in a for a in child.cmdline())
    ]
    return process


def test_a_second_start_keeps_the_data(tmp_path: Path) -> None:
    with ValkeyServer(tmp_path / "valkey") as server, client(server.url) as redis:
        redis.rpush("queue", "job")
    with ValkeyServer(tmp_path / "valkey") as server, client(server.url) as redis:
        assert redis.lrange("queue", 0, -1) == [b"job"]


def test_two_servers_run_side_by_side(tmp_path: Path) -> None:
    with ValkeyServer(tmp_path / "one") as one, ValkeyServer(tmp_path / "other") as other:
        assert one.port != other.port
        assert one.is_ready()
        assert other.is_ready()


def test_without_the_password_nothing_is_answered(tmp_path: Path) -> None:
    with (
        ValkeyServer(tmp_path / "valkey") as server,
        client(f"redis://127.0.0.1:{server.port}/0") as redis,
        pytest.raises(AuthenticationError),
    ):
        redis.ping()


def test_the_password_is_not_on_the_command_line(tmp_path: Path) -> None:
    with ValkeyServer(tmp_path / "valkey") as server:
        password = (server.data_dir / "password").read_text().strip()
        assert password in server.url
        assert password not in " ".join(process_of(server).cmdline())


def test_nothing_is_ever_evicted(tmp_path: Path) -> None:
    with ValkeyServer(tmp_path / "valkey") as server, client(server.url) as redis:
        assert redis.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_without_any_valkey_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(binaries, "find_spec", lambda package: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StartError, match="install Valkey 8 or Redis 7"):
        ValkeyServer(tmp_path / "valkey").prepare()


def test_without_the_wheel_redis_on_path_is_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(binaries, "find_spec", lambda package: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "redis-server").touch(mode=0o755)
    assert binaries.find_valkey() == tmp_path / "redis-server"
