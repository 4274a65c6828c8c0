"""How long entries are kept. Each says so itself; what is over its time is forgotten here."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from app.audit.entries import DAYS_OPTION
from app.audit.models import audit_entries
from app.config import Config
from app.extensions import db
from app.housekeeping import Chore, Piece

AT_ONCE = 5000


def init_app(app: Flask, config: Config) -> None:
    """Have what `app` writes down from now on kept for AUDIT_DAYS."""
    with app.app_context():
        db.engine.update_execution_options(**{DAYS_OPTION: config.audit_days})


def forget_old_entries(connection: sa.Connection, limit: int = AT_ONCE) -> Piece:
    """Delete up to `limit` entries whose time is over."""
    c = audit_entries.c
    over = sa.select(c.id).where(c.keep_until < sa.func.now()).order_by(c.keep_until).limit(limit)
    deleted = connection.execute(sa.delete(audit_entries).where(c.id.in_(over))).rowcount
    return Piece(deleted, has_more=deleted == limit)


FORGETTING = Chore("forget audit entries", forget_old_entries)
