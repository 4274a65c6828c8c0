"""The image and docker-compose.yml: pinned, closed, without a secret of their own."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import psutil
import pytest
import redis
import yaml

from app.local.binaries import find_valkey
from app.local.processes import free_port
from tests.conftest import PROJECT, wait_until
from tests.deploy.blueprint import GRACEFUL_SECONDS
from tests.deploy.image import copied_files

DOCKERFILE = (PROJECT / "Dockerfile").read_text()
COMPOSE_TEXT = (PROJECT / "docker-compose.yml").read_text()
COMPOSE = yaml.safe_load(COMPOSE_TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == COMPOSE["name"]}
PINNED = re.compile(r"\S+:[\w.-]+@sha256:[0-9a-f]{64}")
SECRET = re.compile(r"PASSWORD|SECRET")


def seconds(period: str) -> int:
    return int(period.removesuffix("s"))


def test_every_base_image_is_pinned_by_tag_and_digest() -> None:
    bases = re.findall(r"^ARG PYTHON=(\S+)$", DOCKERFILE, re.MULTILINE)
    bases += [service["image"] for name, service in SERVICES.items() if name not in OURS]
    assert len(bases) == 3
    assert [base for base in bases if not PINNED.fullmatch(base)] == []
    assert set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)) == {"${PYTHON}"}


def test_the_image_runs_as_nobody_of_importance_under_an_init() -> None:
    [user] = re.findall(r"^USER (\d+):\d+$", DOCKERFILE, re.MULTILINE)
    assert int(user) >= 10_000
    assert 'ENTRYPOINT ["tini", "--", "sh", "deploy/start.sh"]' in DOCKERFILE


def test_the_build_is_given_what_the_dockerfile_copies_and_no_more() -> None:
    ignored, *given = (
        line
        for line in (PROJECT / ".dockerignore").read_text().splitlines()
        if line[:1] in ("*", "!") and not line.startswith("**")
    )
    assert ignored == "*"
    copied = {source for sources, _ in copied_files() for source in sources}
    assert {name.removeprefix("!") for name in given} == copied


def test_one_image_serves_web_workers_and_migrations() -> None:
    assert set(OURS) == {"migrate", "web", "imports", "webhooks"}
    assert all(service["build"] == "." for service in OURS.values())


def test_migrations_run_before_anything_else_of_ours_starts() -> None:
    for name in set(OURS) - {"migrate"}:
        condition = OURS[name]["depends_on"]["migrate"]["condition"]
        assert condition == "service_completed_successfully"
    assert OURS["migrate"]["command"] == ["migrate"]


def test_no_secret_is_written_down_and_none_may_be_missing() -> None:
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if SECRET.search(name):
                assert re.fullmatch(r"\$\{[A-Z_]+:\?[^}]+\}", value), name
    assert re.findall(r"\$\{([A-Z_]+)[^:A-Z_]", COMPOSE_TEXT) == []
    wanted = set(re.findall(r"\$\{([A-Z_]+):\?", COMPOSE_TEXT))
    script = (PROJECT / "deploy/write_env.sh").read_text()
    assert wanted == set(re.findall(r"^([A-Z_]+)=\$\(secret\)$", script, re.MULTILINE))


def test_only_web_is_published_and_by_itself_only_to_this_machine() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"web": ["${BIND:-127.0.0.1}:${PORT:-8000}:8000"]}


def test_the_data_stores_and_the_imports_have_no_way_out() -> None:
    assert COMPOSE["networks"]["inside"]["internal"] is True
    for name, service in SERVICES.items():
        may_leave = name in ("web", "webhooks")
        assert service["networks"] == (["inside", "outside"] if may_leave else ["inside"])


def test_ours_share_no_disk() -> None:
    # Without a source it is the container's own.
    kept = {name: service.get("volumes") for name, service in OURS.items()}
    assert kept.pop("web") == [{"type": "volume", "target": "/tmp"}]
    assert set(kept.values()) == {None}


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_confined_and_has_limits(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert re.fullmatch(r"\d+[mg]", service["mem_limit"])
    assert 0 < service["pids_limit"] <= 256


def test_only_what_becomes_another_user_keeps_the_capabilities_for_it() -> None:
    kept = {
        name: set(service["cap_add"]) for name, service in SERVICES.items() if "cap_add" in service
    }
    assert kept == {"postgres": {"CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"}}


def test_no_secret_is_on_a_command_line() -> None:
    for service in SERVICES.values():
        started = [*service.get("entrypoint", ()), *service.get("command", ())]
        assert re.findall(r"(?<!\$)\$\{?[A-Z_]+", " ".join(started)) == []


def test_postgresql_18_keeps_its_data_where_its_image_wants_them() -> None:
    assert SERVICES["postgres"]["image"].startswith("postgres:18.")
    assert SERVICES["postgres"]["volumes"] == ["postgres:/var/lib/postgresql"]


def test_valkey_keeps_every_job_and_its_password_is_in_no_command_line(tmp_path: Path) -> None:
    """By the service's own command, in a folder of the test's."""
    service, port = SERVICES["valkey"], free_port()
    (tmp_path / "valkey-server").symlink_to(find_valkey())
    [script] = service["command"]
    script = script.replace("$$", "$").replace("/run/valkey", str(tmp_path))
    password = "a password of the test's"
    process = subprocess.Popen(
        [*service["entrypoint"], f"{script.rstrip()} --port {port} --bind 127.0.0.1"],
        cwd=tmp_path,
        env={"PATH": f"{tmp_path}:{os.defpath}", "REDISCLI_AUTH": password},
        stdout=subprocess.DEVNULL,
    )
    try:
        with redis.Redis(port=port, password=password) as client:
            wait_until(lambda: answers_ping(client))
            assert client.config_get("appendonly") == {"appendonly": "yes"}
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
            assert client.config_get("save") == {"save": ""}
            # Below the container's memory, so that it refuses what it has no room for.
            assert client.config_get("maxmemory") == {"maxmemory": str(384 * 1024**2)}
        assert password not in " ".join(psutil.Process(process.pid).cmdline())
        assert (tmp_path / "valkey.conf").stat().st_mode & 0o777 == 0o600
    finally:
        process.terminate()
        process.wait(60)
    assert service["volumes"] == ["valkey:/data"]


def answers_ping(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False


def test_whatever_is_waited_for_has_a_health_check() -> None:
    waited_for = {
        name
        for service in OURS.values()
        for name, wait in service["depends_on"].items()
        if wait["condition"] == "service_healthy"
    }
    assert waited_for == {"postgres", "valkey"}
    for name in waited_for | {"web"}:
        assert "healthcheck" in SERVICES[name]


def test_requests_end_before_the_kill() -> None:
    assert seconds(OURS["web"]["stop_grace_period"]) > GRACEFUL_SECONDS
