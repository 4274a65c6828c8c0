"""Times as clients write them in filters."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import marshmallow as ma


class Moment(ma.fields.AwareDateTime):
    """A time in ISO 8601 with its offset.

    Right: `2026-11-21T08:00:00Z`, `2026-11-21T08:00+01:00`. Wrong: `2026-11-21`, which is
    another time in each place. A plus sign that a query string has made a space is one again.
    """

    def _deserialize(self, value: Any, *arguments: Any, **options: Any) -> datetime:
        moment = parse_moment(value) if isinstance(value, str) else None
        if moment is None:
            raise ma.ValidationError("Write a time with its offset: 2026-11-21T08:00:00Z.")
        return moment


def parse_moment(text: str) -> datetime | None:
    """The time in UTC; None if it is none, has no offset, or lies outside the years 1 to 9999."""
    try:
        moment = datetime.fromisoformat(re.sub(r" (\d\d:?\d\d)$", r"+\1", text))
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
