"""The root of the domain's exceptions. They carry data, never HTTP.

What status an exception becomes is decided in one table (`app/problems.py`
explains how); nothing below the routes knows.
"""

from __future__ import annotations

from collections.abc import Mapping


class DomainError(Exception):
    """Something the caller asked for cannot be done, for a reason a person can act on.

    `detail` is a whole sentence for that person; `data` are extra members of
    the problem object, such as `existing_id`; `pointer` is the JSON pointer
    (RFC 6901) of the input at fault, if one is.
    """

    def __init__(
        self, detail: str, *, pointer: str | None = None, data: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.pointer = pointer
        self.data = dict(data or {})
