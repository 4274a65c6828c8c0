"""Who may call an address: declared beside its view, checked by the gate before every request."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

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


def access_of(view: object) -> Access | None:
    """What was declared, or None: such a view is closed to everybody."""
    found = getattr(view, DECLARED, None)
    return found if isinstance(found, Access) else None
