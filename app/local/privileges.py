"""Which system user the servers run as when we are root, with no right it can do without.

PostgreSQL refuses to run as root. Its files may lie where no other user can go,
in a project below /root for instance, and opening such folders to everybody is
not ours to do. On Linux a process may instead keep one single capability of
root's when it becomes another user. Deliberately absent: any change to a folder
that is not our own.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app.local.errors import StartError

# capabilities(7). The first passes every folder and reads every file; the second
# also runs programs that only root may run, and is the one containers grant.
CAP_DAC_READ_SEARCH = 2
CAP_DAC_OVERRIDE = 1

PR_SET_SECUREBITS = 28
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
# Capabilities survive setuid(), and access(2), by which PostgreSQL looks at its
# own program file, counts them too.
SECBIT_NO_SETUID_FIXUP = 1 << 2
CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Sets(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


@dataclass(frozen=True)
class Account:
    """A system user, and the one capability of root's it keeps, if any."""

    name: str
    uid: int
    gid: int
    capability: int | None = None

    def assume(self) -> None:
        """Become this user for good; between fork and exec only. Raises OSError."""
        if self.capability is not None:
            _checked(_libc.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0))
        os.setgroups([])
        os.setgid(self.gid)
        os.setuid(self.uid)
        if self.capability is not None:
            _keep_only(self.capability)


def _keep_only(capability: int) -> None:
    bit = 1 << capability
    sets = (_Sets * 2)(_Sets(bit, bit, bit), _Sets(0, 0, 0))
    _checked(_libc.capset(ctypes.byref(_Header(CAPABILITY_VERSION_3, 0)), sets))
    _checked(_libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0))


def _checked(result: int) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def service_account(folder: Path) -> Account | None:
    """Whom a server that keeps its files in `folder` shall run as; None: as ourselves.

    As root that is the folder's owner, so that data made earlier by an ordinary
    user stay theirs, or else `postgres` or `nobody`. Raises StartError if we are
    an ordinary user and the folder is somebody else's.
    """
    owner = folder.stat().st_uid
    if os.geteuid() != 0:
        if owner != os.geteuid():
            raise StartError(
                f"{folder} belongs to another user ({_user_name(owner)}), perhaps because it "
                "was made by root. Choose another DATA_DIR, or start as the user who made it."
            )
        return None
    for candidate in ([] if owner == 0 else [owner]) + ["postgres", "nobody"]:
        try:
            entry = (
                pwd.getpwuid(candidate) if isinstance(candidate, int) else pwd.getpwnam(candidate)
            )
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise StartError(
        "PostgreSQL does not run as root, and this system has neither a user `postgres` nor a "
        "user `nobody`. Start as an ordinary user."
    )


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def able_to_run(account: Account | None, binary: Path, folder: Path) -> Account | None:
    """`account` with the least privilege that lets it run `binary` on `folder`.

    Found by trying. Raises StartError if nothing helps.
    """
    if account is None:
        return None
    for capability in (None, CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE):
        candidate = replace(account, capability=capability)
        if _succeeds([str(binary), "--version"], candidate) and _succeeds(
            ["ls", "-d", f"{folder}/."], candidate
        ):
            return candidate
    raise StartError(
        f"The system user {account.name}, whom the servers run as under root, cannot reach "
        f"{binary} or {folder}. Start as an ordinary user, or move the project and DATA_DIR "
        "to folders which other users may enter."
    )


def _succeeds(command: Sequence[str], account: Account) -> bool:
    try:
        outcome = subprocess.run(
            command,
            cwd="/",
            capture_output=True,
            check=False,
            preexec_fn=account.assume,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return outcome.returncode == 0


def hand_over(folder: Path, account: Account | None) -> None:
    """Make `folder` private and, as root, it and everything in it the account's."""
    folder.chmod(0o700)
    if account is None:
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, account.uid, account.gid, follow_symlinks=False)
