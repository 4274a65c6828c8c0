"""Who may call an address: declared beside its view, checked by the gate before every request."""

from __future__ import annotations

import functools
from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask

View = TypeVar("View", bound=Callable[..., Any])
DECLARED = "access"


class Access(StrEnum):
    """What a view asks of its caller. From READ on, each holds what stands before it."""

    PUBLIC = "public"
    READ = "read"
    WRITE = "write"
    ADMIN = "admin"

    def admits(self, wanted: Access) -> bool:
        """Whether a caller who has this may call what asks for `wanted`."""
        order = list(Access)
        return order.index(wanted) <= order.index(self)


def requires(access: Access) -> Callable[[View], View]:
    """Declare who may call the view. Stands next to the function, below all other decorators."""

    def decorator(view: View) -> View:
        setattr(view, DECLARED, access)
        return view

    return decorator


def close_foreign(app: Flask, prefix: str, access: Access) -> None:
    """Declare it for the views of a package, known by what their endpoints begin with."""
    for endpoint, view in app.view_functions.items():
        if endpoint.startswith(prefix) and access_of(view) is None:
            # Wrapped, because what is shared between applications must not be marked.
            app.view_functions[endpoint] = requires(access)(functools.partial(view))


def access_of(view: object) -> Access | None:
    """What was declared, or None: such a view is closed to everybody."""
    found = getattr(view, DECLARED, None)
    return found if isinstance(found, Access) else None
