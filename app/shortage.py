"""What is full when something cannot be stored: PostgreSQL's SQLSTATE or the errno says it. Pure.

Class 53 of the SQLSTATEs is "Insufficient Resources" (PostgreSQL manual, appendix A).
"""

from __future__ import annotations

import errno
from dataclasses import dataclass

CLASS = "53"
DISK_FULL = "53100"
WHAT = {
    DISK_FULL: "The disk of the database is full.",
    "53200": "The database server has no memory left.",
    "53300": "Every connection that the database server allows is in use.",
    "53400": "The database server has reached a limit of its settings, such as the size of its "
    "temporary files.",
}
OTHERWISE = "The database server has run out of something it needs."
TEMPORARY_FILES = "The disk for the server's temporary files is full."


@dataclass(frozen=True)
class Shortage:
    """`what` is a sentence that names what is full; a lasting one does not end by itself."""

    what: str
    is_lasting: bool

    @property
    def detail(self) -> str:
        """What a person is told: the transaction that met it was rolled back."""
        advice = "Make room on it, then try again." if self.is_lasting else "Try again later."
        return f"{self.what} Nothing was changed. {advice}"


def find_shortage(error: BaseException) -> Shortage | None:
    """What `error`, of the database's driver, of SQLAlchemy or of the system, says is full."""
    code = getattr(getattr(error, "orig", error), "pgcode", None) or ""
    if code.startswith(CLASS):
        return Shortage(WHAT.get(code, OTHERWISE), code == DISK_FULL)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Shortage(TEMPORARY_FILES, is_lasting=True)
    return None
