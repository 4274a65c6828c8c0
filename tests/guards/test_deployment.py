"""What is deployed is what the code is: queues, variables, versions, commands."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import yaml

from app.config import Config
from app.queues import QueueName
from tests.conftest import PROJECT

RENDER = yaml.safe_load((PROJECT / "render.yaml").read_text())
FREE = yaml.safe_load((PROJECT / "deploy/render-free.yaml").read_text())
COMPOSE = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())
WORKFLOW = yaml.safe_load((PROJECT / ".github/workflows/ci.yml").read_text())
DOCKERFILE = (PROJECT / "Dockerfile").read_text()
DEPLOYING = (PROJECT / "docs/deploying.md").read_text()
PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text())

# Not ours: gunicorn's, Python's, Render's, and the images' of the data stores.
OTHERS = {
    "WEB_CONCURRENCY",
    "PYTHONUNBUFFERED",
    "PYTHONDONTWRITEBYTECODE",
    "PATH",
    "PYTHON_VERSION",
    "POSTGRES_USER",
    "POSTGRES_DB",
    "POSTGRES_PASSWORD",
    "REDISCLI_AUTH",
}
QUEUES = {queue.value for queue in QueueName}


def commands() -> Iterator[str]:
    """Everything that Render is told to run."""
    for service in (*RENDER["services"], *FREE["services"]):
        for member in ("buildCommand", "preDeployCommand", "startCommand"):
            if member in service:
                yield service[member]


def variables() -> Iterator[str]:
    """Every variable that a deployment file sets."""
    for service in (*RENDER["services"], *FREE["services"]):
        yield from (entry["key"] for entry in service.get("envVars", ()))
    for service in COMPOSE["services"].values():
        yield from service.get("environment", ())
    [block] = re.findall(r"^ENV ((?:.*\\\n)*.*)$", DOCKERFILE, re.MULTILINE)
    yield from re.findall(r"([A-Z_]+)=", block)


def served(lines: list[str]) -> list[str]:
    return re.findall(r"start\.sh worker (\w+)", "\n".join(lines))


def test_render_serves_every_queue_once() -> None:
    starts = [
        service["startCommand"] for service in RENDER["services"] if "startCommand" in service
    ]
    assert sorted(served(starts)) == sorted(QUEUES)


def test_compose_serves_every_queue_once() -> None:
    roles: list[list[str]] = [s["command"] for s in COMPOSE["services"].values() if "build" in s]
    assert sorted(rest[0] for role, *rest in roles if role == "worker") == sorted(QUEUES)


def test_the_systemd_unit_is_shown_for_every_queue() -> None:
    assert set(re.findall(r"product-importer-worker@(\w+)", DEPLOYING)) == QUEUES


def test_every_variable_of_a_deployment_is_one_that_is_read() -> None:
    known = {field.name.upper() for field in fields(Config)} | OTHERS
    assert sorted(set(variables()) - known) == []


def test_every_role_that_is_deployed_is_one_that_starts() -> None:
    script = (PROJECT / "deploy/start.sh").read_text()
    roles = set(re.findall(r"^  (\w+)\) exec", script, re.MULTILINE))
    asked = set(re.findall(r"start\.sh (\w+)", "\n".join(commands())))
    asked |= {s["command"][0] for s in COMPOSE["services"].values() if "build" in s}
    asked |= set(re.findall(r"start\.sh (\w+)", DEPLOYING))
    assert asked == roles


def test_python_is_the_same_everywhere() -> None:
    [image] = re.findall(r"^ARG PYTHON=python:(\d+\.\d+\.\d+)-", DOCKERFILE, re.MULTILINE)
    on_render = {
        entry["value"]
        for service in (*RENDER["services"], *FREE["services"])
        for entry in service.get("envVars", ())
        if entry["key"] == "PYTHON_VERSION"
    }
    assert on_render == {image}
    release = image.rpartition(".")[0]
    assert step("actions/setup-python")["with"]["python-version"] == release
    assert PYPROJECT["tool"]["mypy"]["python_version"] == release
    assert PYPROJECT["project"]["requires-python"] == f">={release}"


def test_every_file_of_requirements_that_is_installed_exists() -> None:
    named = re.findall(r"requirements[\w-]*\.txt", "\n".join([*commands(), DOCKERFILE]))
    assert set(named) == {"requirements.txt"}
    assert (PROJECT / "requirements.txt").exists()


def test_the_workflow_does_what_the_local_check_does_and_looks_at_the_packages() -> None:
    runs = {
        name: [entry["run"] for entry in job["steps"] if "run" in entry]
        for name, job in WORKFLOW["jobs"].items()
    }
    assert runs == {"all": [".ci/run"], "packages": ["make audit"]}


def test_every_action_is_pinned_to_a_commit_and_its_version_is_said() -> None:
    steps = [entry for job in WORKFLOW["jobs"].values() for entry in job["steps"]]
    used = [entry["uses"] for entry in steps if "uses" in entry]
    assert used
    lines = re.findall(r"uses: *(.*)", (PROJECT / ".github/workflows/ci.yml").read_text())
    assert len(lines) == len(used)
    pinned = re.compile(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
    assert [line for line in lines if not pinned.fullmatch(line)] == []


def step(action: str) -> dict[str, Any]:
    """The workflow's step that uses `action`."""
    steps: list[dict[str, Any]] = WORKFLOW["jobs"]["all"]["steps"]
    return next(one for one in steps if one.get("uses", "").startswith(f"{action}@"))
