"""A catalog to change."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.changes.factories import Catalog


@pytest.fixture
def catalog(client: FlaskClient, run_jobs: Callable[[], None]) -> Catalog:
    """An empty catalog."""
    return Catalog(client, run_jobs)
