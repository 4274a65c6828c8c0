"""The image and docker-compose.yml: pinned, closed, without a secret of their own."""

from __future__ import annotations

import re
from typing import Any

import yaml

from tests.conftest import PROJECT
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


def test_ours_share_no_disk_and_have_no_privileges() -> None:
    for service in OURS.values():
        assert "volumes" not in service
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]


def test_postgresql_18_keeps_its_data_where_its_image_wants_them() -> None:
    assert SERVICES["postgres"]["image"].startswith("postgres:18.")
    assert SERVICES["postgres"]["volumes"] == ["postgres:/var/lib/postgresql"]


def test_valkey_keeps_every_job() -> None:
    command = " ".join(SERVICES["valkey"]["command"])
    assert "--appendonly yes" in command
    assert "--maxmemory-policy noeviction" in command
    assert SERVICES["valkey"]["volumes"] == ["valkey:/data"]


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
