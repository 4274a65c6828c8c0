"""Files are kept for a week, and so are previews that nobody goes on with."""

from __future__ import annotations

import datetime

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app.extensions import db
from app.housekeeping import Piece
from app.imports import housekeeping
from app.imports.housekeeping import CHORES
from app.imports.models import import_chunks, imports
from tests.chores import do_now
from tests.imports.test_routes import Run, imported


def test_an_upload_is_forgotten_after_its_days(client: FlaskClient, run_jobs: Run) -> None:
    done = imported(client, run_jobs, "sku,name\n1,A\n")
    do_now(*CHORES)
    assert client.get(f"/api/imports/{done['id']}/file").status_code == 200
    with db.engine.begin() as connection:
        connection.execute(
            sa.update(imports).values(created_at=sa.func.now() - datetime.timedelta(days=8))
        )
    do_now(*CHORES)
    answer = client.get(f"/api/imports/{done['id']}/file")
    assert (answer.status_code, answer.get_json()["type"]) == (404, "/problems/file-not-kept")


def test_a_large_upload_goes_piece_by_piece_and_is_gone_with_the_first(
    client: FlaskClient, run_jobs: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "CHUNKS_AT_ONCE", 2)
    rows = "".join(f"{n},N,{'x' * 5000}\n" for n in range(250))
    done = imported(client, run_jobs, f"sku,name,description\n{rows}")
    with db.engine.begin() as connection:
        connection.execute(
            sa.update(imports).values(created_at=sa.func.now() - datetime.timedelta(days=8))
        )
        assert housekeeping.forget_uploads(connection) == Piece(2, has_more=True)
    assert client.get(f"/api/imports/{done['id']}/file").status_code == 404
    do_now(*CHORES)
    with db.engine.connect() as connection:
        left = sa.select(sa.func.count()).select_from(import_chunks)
        assert connection.execute(left).scalar() == 0


def test_a_preview_that_nobody_goes_on_with_is_cancelled_after_its_days(
    client: FlaskClient, run_jobs: Run
) -> None:
    waiting = imported(client, run_jobs, "sku,name\n1,A\n", preview="true")
    address = f"/api/imports/{waiting['id']}"
    for days, status in ((6, "ready"), (2, "cancelled")):
        with db.engine.begin() as connection:
            age = datetime.timedelta(days=days)
            connection.execute(sa.update(imports).values(started_at=imports.c.started_at - age))
        do_now(*CHORES)
        assert client.get(address).get_json()["status"] == status
    assert client.get(address).get_json()["finished_at"]
