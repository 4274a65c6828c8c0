"""What is written into the audit log stays as it was written, and as long as it was meant to."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app import create_app
from app.audit.entries import Action, record_entry
from app.audit.models import audit_entries
from app.audit.retention import FORGETTING, forget_old_entries
from app.caller import Caller
from app.config import Config
from app.extensions import db
from app.housekeeping import Piece, do_due

CALLER = Caller("admin", "192.0.2.7")
_c = audit_entries.c


@pytest.fixture
def entry(connection: sa.Connection) -> sa.Row[Any]:
    """One entry, written just now."""
    record_entry(connection, Action.LOGIN, CALLER, subject="page", detail={"method": "password"})
    return connection.execute(sa.select(audit_entries)).one()


def test_an_entry_tells_who_did_what_and_from_where(entry: sa.Row[Any]) -> None:
    assert (entry.actor, entry.address, entry.action) == ("admin", "192.0.2.7", "login")
    assert (entry.subject, entry.detail) == ("page", {"method": "password"})


def test_an_entry_goes_with_the_transaction_it_tells_of(app: Flask) -> None:
    with pytest.raises(ZeroDivisionError), db.engine.begin() as connection:
        record_entry(connection, Action.LOGIN, CALLER)
        _ = 1 / 0
    assert count_entries() == 0


@pytest.mark.parametrize(
    "statement",
    [
        sa.update(audit_entries).values(actor="nobody"),
        sa.update(audit_entries).values(keep_until=sa.func.now() - sa.func.make_interval(1)),
        sa.update(audit_entries).where(_c.actor == "not there").values(actor="nobody"),
        sa.delete(audit_entries),
        sa.text("TRUNCATE audit_entries"),
        sa.text("INSERT INTO audit_entries SELECT * FROM audit_entries "
                "ON CONFLICT (id) DO UPDATE SET actor = 'nobody'"),
        sa.text("MERGE INTO audit_entries AS a USING audit_entries AS b ON a.id = b.id "
                "WHEN MATCHED THEN DELETE"),
    ],
    ids=["update", "shorten", "update of nothing", "delete", "truncate", "upsert", "merge"],
)  # fmt: skip
def test_the_database_refuses_to_change_an_entry(
    entry: sa.Row[Any], connection: sa.Connection, statement: sa.Executable
) -> None:
    with (
        pytest.raises(sa.exc.ProgrammingError, match="append-only"),
        connection.begin_nested(),
    ):
        connection.execute(statement)
    assert connection.execute(sa.select(audit_entries)).one() == entry


def test_an_entry_is_kept_for_audit_days(app: Flask, config: Config) -> None:
    short = create_app(replace(config, audit_days=7))
    with short.app_context():
        with db.engine.begin() as connection:
            record_entry(connection, Action.LOGIN, CALLER)
            kept = connection.execute(sa.select(_c.keep_until - _c.at)).scalar_one()
        db.engine.dispose()
    assert round(kept / timedelta(days=1)) == 7


def test_what_is_over_its_time_is_forgotten_and_nothing_else(app: Flask) -> None:
    with db.engine.begin() as connection:
        for number in range(3):
            record_old(connection, f"old {number}")
        record_entry(connection, Action.LOGIN, CALLER, subject="new")
    do_due(db.engine, [FORGETTING])
    with db.engine.connect() as connection:
        assert connection.execute(sa.select(_c.subject)).scalars().all() == ["new"]


def test_entries_are_forgotten_in_bounded_numbers(connection: sa.Connection) -> None:
    for number in range(3):
        record_old(connection, f"old {number}")
    pieces = [forget_old_entries(connection, limit=2) for _ in range(2)]
    assert pieces == [Piece(2, has_more=True), Piece(1, has_more=False)]


def record_old(connection: sa.Connection, subject: str) -> None:
    """An entry whose time was over a day ago."""
    connection.execute(
        sa.insert(audit_entries).values(
            actor="admin", address="", action="login", subject=subject, detail={},
            keep_until=sa.func.now() - sa.func.make_interval(0, 0, 0, 1),
        )
    )  # fmt: skip


def count_entries() -> int:
    """How many are stored."""
    with db.engine.connect() as connection:
        return connection.execute(
            sa.select(sa.func.count()).select_from(audit_entries)
        ).scalar_one()
