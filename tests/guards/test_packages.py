"""What is installed is pinned to the byte, and its licences are known."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from docs import list_licences
from tests.conftest import PROJECT

FILES = ("requirements.txt", "requirements-dev.txt", "requirements-local.txt")
LICENCES = (PROJECT / "docs" / "licences.md").read_text()
PYPROJECT = (PROJECT / "pyproject.toml").read_text()


@pytest.mark.parametrize("name", FILES)
def test_every_package_is_pinned_with_the_hashes_of_its_files(name: str) -> None:
    text = (PROJECT / name).read_text()
    packages = re.sub(r" \\\n\s+", " ", text).splitlines()
    pinned = r"[\w.-]+==[\w.]+( ; [^\\]+?)?( --hash=sha256:[0-9a-f]{64})+"
    assert packages
    wrong = [line for line in packages if not line.startswith("#") and line]
    assert [line for line in wrong if not re.fullmatch(pinned, line)] == []


@pytest.mark.parametrize("name", FILES)
def test_no_index_is_named(name: str) -> None:
    text = (PROJECT / name).read_text()
    assert re.findall(r"(?:--(?:extra-)?index-url|--find-links|file:|https?:)", text) == []


def test_what_pyproject_asks_for_is_what_is_pinned() -> None:
    asked = set(re.findall(r'^    "([\w.-]+==[\w.]+)', PYPROJECT, re.MULTILINE))
    pinned = set(
        re.findall(r"^([\w.-]+==[\w.]+)", (PROJECT / "requirements-dev.txt").read_text(), re.M)
    )
    assert asked
    assert asked - pinned == set()


def list_imported(paths: Iterable[Path]) -> set[str]:
    """The packages outside the standard library and the project that the files import."""
    trees = [ast.walk(ast.parse(path.read_text())) for path in paths]
    nodes = [node for tree in trees for node in tree]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    tops = {name.split(".")[0] for name in names} - set(sys.stdlib_module_names)
    return tops - {"app", "bench", "docs", "tests", "worker", "wsgi"}


def test_every_package_that_is_imported_is_declared() -> None:
    shipped = PYPROJECT.split("[project.optional-dependencies]")[0]
    providers = packages_distributions()
    for folders, declared in ((("app",), shipped), (("bench", "tests"), PYPROJECT)):
        files = [path for folder in folders for path in (PROJECT / folder).rglob("*.py")]
        names = set(re.findall(r'"([\w.-]+)(?:\[\w+\])?==', declared))
        missing = {
            package
            for package in list_imported(files)
            if not {re.sub("[_.]", "-", name).lower() for name in providers[package]} & names
        }
        assert missing == set()


def test_what_is_shipped_is_pinned_the_same_for_development() -> None:
    shipped = set(list_licences.list_pinned("requirements.txt"))
    assert shipped - set(list_licences.list_pinned("requirements-dev.txt")) == set()


def test_every_pinned_package_is_listed_with_its_licence() -> None:
    listed = set(re.findall(r"^\| ([\w.-]+) \| ", LICENCES, re.MULTILINE)) - {"package", "image"}
    assert set(list_licences.list_pinned(*FILES)) - listed == set()
    assert "unknown" not in LICENCES


def test_every_licence_of_what_is_shipped_is_accepted() -> None:
    assert list_licences.find_unaccepted(LICENCES) == []


def test_a_licence_that_nobody_has_looked_at_is_found() -> None:
    page = "<!-- shipped -->\n| a | MIT |\n| b | AGPL-3.0 |\n| c | MIT AND Odd |\n<!-- end -->"
    assert list_licences.find_unaccepted(page) == ["b: AGPL-3.0", "c: MIT AND Odd"]


def test_every_image_is_listed_with_its_licence() -> None:
    dockerfile = (PROJECT / "Dockerfile").read_text()
    compose = (PROJECT / "docker-compose.yml").read_text()
    images = {
        *re.findall(r"^ARG PYTHON=([\w./-]+)", dockerfile, re.MULTILINE),
        *re.findall(r"^\s+image: ([\w./-]+)[:@]", compose, re.MULTILINE),
    }
    assert len(images) == 3
    assert [image for image in images if f"| `{image}` |" not in LICENCES] == []


@pytest.mark.parametrize(
    ("service", "status", "said"),
    [
        ("exit 0", 0, "Vulnerabilities: none is known."),
        ("echo 'flask 1.0 CVE-1'; exit 1", 1, "flask 1.0 CVE-1"),
        ("echo 'no route' >&2; exit 1", 1, "The advisory service could not be asked: no route"),
    ],
    ids=["nothing found", "found", "away"],
)
def test_an_audit_says_in_a_sentence_how_it_ended(
    service: str, status: int, said: str, tmp_path: Path
) -> None:
    (tmp_path / "pip-audit").write_text(f"#!/bin/sh\n{service}\n")
    (tmp_path / "pip-audit").chmod(0o755)
    path = f"{tmp_path}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    ended = subprocess.run(
        [PROJECT / ".ci" / "audit"], env={"PATH": path}, capture_output=True, text=True, check=False
    )
    assert ended.returncode == status
    assert said in (ended.stdout + ended.stderr).splitlines()
