"""V1, architecture: the threat model names what is there."""

from __future__ import annotations

import re

from tests.conftest import PROJECT

SECURITY = (PROJECT / "docs" / "security.md").read_text()


def test_every_file_that_the_threat_model_names_exists() -> None:
    named = set(re.findall(r"`((?:app|tests)/[\w/.]+)`", SECURITY))
    assert len(named) > 15
    assert [path for path in sorted(named) if not (PROJECT / path).exists()] == []


def test_every_threat_has_a_test() -> None:
    rows = SECURITY.partition("| threat |")[2].partition("\n\n")[0].splitlines()[2:]
    assert len(rows) > 15
    assert [row for row in rows if "`tests/" not in row] == []
