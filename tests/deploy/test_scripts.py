"""The scripts beside the deployment files, each in a copy of the project's files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import PROJECT

OLD, NEW = "a" * 64, "b" * 64


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what the scripts read and write."""
    shutil.copytree(PROJECT / "deploy", tmp_path / "deploy")
    for name in ("README.md", "Dockerfile", "docker-compose.yml"):
        shutil.copy(PROJECT / name, tmp_path)
    return tmp_path


def run(project: Path, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", str(project / "deploy" / script), *arguments],
        env={"PATH": f"{project / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )


def set_remote(project: Path, address: str) -> None:
    for command in (["init", "--quiet"], ["remote", "add", "origin", address]):
        subprocess.run(["git", "-C", str(project), *command], check=True)


def test_the_deployment_files_pass_the_linters_and_schemas() -> None:
    outcome = run(PROJECT, "check.sh")
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("git@github.com:someone/shop.git", "https://github.com/someone/shop"),
        ("https://github.com/someone/shop", "https://github.com/someone/shop"),
        ("https://name:token@github.com/someone/shop.git/", "https://github.com/someone/shop"),
        ("ssh://git@gitlab.com:22/group/shop.git", "https://gitlab.com/group/shop"),
    ],
)
def test_the_button_leads_to_the_remote_and_nothing_else_changes(
    project: Path, address: str, page: str
) -> None:
    set_remote(project, address)
    before = (project / "README.md").read_text()
    assert "render.com/deploy?repo=https://github.com/OWNER/REPO)" in before
    outcome = run(project, "fill_in_repository.sh")
    assert (outcome.returncode, outcome.stdout) == (0, f"{page}\n")
    after = before.replace("https://github.com/OWNER/REPO)", f"{page})")
    assert (project / "README.md").read_text() == after


def test_the_owner_and_the_repository_stand_in_one_place() -> None:
    assert (PROJECT / "README.md").read_text().count("OWNER/REPO") == 1
    for name in ("render.yaml", "deploy/render-free.yaml", "docs/deploying.md"):
        assert "OWNER" not in (PROJECT / name).read_text()


@pytest.mark.parametrize("address", ["/srv/git/shop.git", "file:///srv/git/shop.git"])
def test_a_remote_that_render_cannot_read_changes_nothing(project: Path, address: str) -> None:
    set_remote(project, address)
    outcome = run(project, "fill_in_repository.sh")
    assert outcome.returncode == 1
    assert "no address of a repository" in outcome.stderr
    assert (project / "README.md").read_text() == (PROJECT / "README.md").read_text()


def test_secrets_are_long_different_and_their_owners_alone(project: Path) -> None:
    assert run(project, "write_env.sh").returncode == 0
    lines = (project / ".env").read_text().splitlines()
    values = {line.partition("=")[2] for line in lines}
    assert len(values) == len(lines) == 4
    assert all(len(value) == 48 and int(value, 16) for value in values)
    assert (project / ".env").stat().st_mode & 0o777 == 0o600


def test_secrets_that_are_there_stay(project: Path) -> None:
    (project / ".env").write_text("SECRET_KEY=mine\n")
    assert run(project, "write_env.sh").returncode == 1
    assert (project / ".env").read_text() == "SECRET_KEY=mine\n"


def test_images_are_pinned_to_what_the_registry_says(project: Path) -> None:
    """A stand-in for docker answers with a digest of its own."""
    (project / "bin").mkdir()
    docker = project / "bin/docker"
    docker.write_text(f"#!/bin/sh\necho sha256:{NEW}\n")
    docker.chmod(0o755)
    (project / "Dockerfile").write_text(f"ARG PYTHON=python:3@sha256:{OLD}\nFROM ${{PYTHON}}\n")
    compose = f"image: a/b:8.1@sha256:{OLD}\nimage: postgres:18@sha256:{OLD}\n"
    (project / "docker-compose.yml").write_text(compose)
    assert run(project, "pin_images.sh").returncode == 0
    assert (project / "Dockerfile").read_text().startswith(f"ARG PYTHON=python:3@sha256:{NEW}\n")
    assert (project / "docker-compose.yml").read_text() == compose.replace(OLD, NEW)
