"""Reading the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.audit.entries import Action
from app.audit.models import audit_entries
from app.pagination import Page, PageRequest, Sort, fetch_page

_c = audit_entries.c
NEWEST_FIRST = Sort("-at", (_c.at, _c.id), descending=True)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry; `action` is text, for a later version may know more of them."""

    id: str
    at: datetime
    actor: str
    address: str
    action: str
    subject: str | None
    detail: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class EntryFilter:
    """What a list is narrowed to: entries from `begin` on and before `end`."""

    action: Action | None = None
    actor: str | None = None
    begin: datetime | None = None
    end: datetime | None = None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """What a row has to fulfil."""
        found: list[sa.ColumnElement[bool]] = []
        if self.action:
            found.append(_c.action == self.action.value)
        if self.actor is not None:
            found.append(_c.actor == self.actor)
        if self.begin is not None:
            found.append(_c.at >= self.begin)
        if self.end is not None:
            found.append(_c.at < self.end)
        return found


def list_entries(
    connection: sa.Connection, wanted: EntryFilter, request: PageRequest
) -> Page[Entry]:
    """A page of the entries, newest first. Raises InvalidCursor."""
    conditions = wanted.conditions()
    count = sa.select(sa.func.count()).select_from(audit_entries).where(*conditions)
    columns = (_c.id, _c.at, _c.actor, _c.address, _c.action, _c.subject, _c.detail)
    return fetch_page(
        connection,
        sa.select(*columns).where(*conditions),
        NEWEST_FIRST,
        request,
        total=connection.execute(count).scalar_one(),
        make=lambda row: Entry(**{column.name: row[n] for n, column in enumerate(columns)}),
    )
