"""What is full when something cannot be stored: an SQLSTATE, an errno or the disk itself says it.

Class 53 of the SQLSTATEs is "Insufficient Resources" (PostgreSQL manual, appendix A). A server that
finds no room for its log ends, and says nothing to anybody before there is some.
"""

from __future__ import annotations

import errno
import shutil
from dataclasses import dataclass
from pathlib import Path

from redis.exceptions import OutOfMemoryError, ResponseError

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
# Two segments of PostgreSQL's write-ahead log: without room for one it does not start.
LEAST_BYTES = 32 * 1024 * 1024
UNCHANGED = "Nothing was changed. Make room on it, then try again."
STOPPED = "The database does not run before there is room on it."
TEMPORARY_FILES = "The disk for the server's temporary files is full."


@dataclass(frozen=True)
class Shortage:
    """`detail` names what is full and what to do; a lasting one does not end by itself."""

    detail: str
    is_lasting: bool


def find_shortage(error: BaseException) -> Shortage | None:
    """What `error`, of PostgreSQL, Redis or the system, says is full."""
    code = getattr(getattr(error, "orig", error), "pgcode", None) or ""
    if code == DISK_FULL:
        return Shortage(f"{WHAT[code]} {UNCHANGED}", is_lasting=True)
    if code.startswith(CLASS):
        detail = f"{WHAT.get(code, OTHERWISE)} Nothing was changed. Try again later."
        return Shortage(detail, is_lasting=False)
    if isinstance(error, OutOfMemoryError):
        return Shortage("The memory that Redis may use is full. Try again later.", is_lasting=False)
    # What Redis answers to writes while it cannot write them down.
    if isinstance(error, ResponseError) and str(error).startswith("MISCONF"):
        return Shortage("Redis cannot write to its disk, which may be full.", is_lasting=False)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Shortage(f"{TEMPORARY_FILES} {UNCHANGED}", is_lasting=True)
    return None


def find_full_disk(cluster: Path) -> Shortage | None:
    """Whether the disk of a server that does not answer, and keeps its data here, is full."""
    try:
        free = shutil.disk_usage(cluster).free
    except OSError:  # there is no such folder: the server is elsewhere
        return None
    return Shortage(f"{WHAT[DISK_FULL]} {STOPPED}", is_lasting=True) if free < LEAST_BYTES else None
