"""Runs a supervisor over the stages given as JSON: `scenario.py STAGES FOLDER UP_SECONDS`.

A program without a command is the embedded server of its name. Says "all up"
when everything is.
"""

# ruff: noqa: E402

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]

# The package without its factory, which takes two seconds to import and which no supervisor needs.
package = ModuleType("app")
package.__path__ = [str(PROJECT / "app")]
sys.modules["app"] = package

from app.local.errors import StartError
from app.local.output import print_line
from app.local.postgres import PostgresServer
from app.local.programs import Program
from app.local.supervisor import Supervisor


def as_program(entry: dict[str, Any], folder: Path) -> Program:
    if "command" not in entry:
        server = PostgresServer(folder / entry["name"])
        server.prepare()
        return Program(
            name=server.name,
            command=server.command,
            environment=server.environment,
            directory=server.data_dir,
            stop_steps=server.stop_steps,
            death_signal=server.death_signal,
            is_ready=lambda: server.is_ready() and said(f"url {server.url}"),
            log_path=server.log_path,
            account=server.account,
        )
    return Program(
        name=entry["name"],
        command=lambda: entry["command"],
        environment=lambda: {**os.environ, **entry.get("environment", {})},
        directory=folder,
        once=entry.get("once", False),
        attempts=entry.get("attempts", 1 if entry.get("once") else 3),
        forked=entry.get("forked", False),
        stop_steps=[(signal.SIGTERM, entry.get("patience", 5.0))],
        is_ready=(folder / entry["ready"]).exists if "ready" in entry else None,
    )


def said(line: str) -> bool:
    print_line(line)
    return True


def main() -> int:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # Under nohup it would be ignored.
    folder = Path(sys.argv[2])
    stages = [[as_program(entry, folder) for entry in stage] for stage in json.loads(sys.argv[1])]
    try:
        Supervisor(stages, up_seconds=float(sys.argv[3])).run(lambda: print_line("all up"))
    except StartError as error:
        print_line(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
