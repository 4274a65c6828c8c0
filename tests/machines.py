"""Machines: each a copy of the code in a folder of its own, sharing PostgreSQL and Valkey only."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg2
import requests

from app.local.postgres import PostgresServer
from app.local.processes import free_port, kill_session
from app.local.valkey import ValkeyServer
from tests.conftest import PROJECT, answers, wait_until
from tests.sql import query
from tests.waiting import ATTEMPT, PATIENCE

CODE = ("app", "migrations", "static", "wsgi.py", "worker.py", "gunicorn.conf.py")
STOP_SECONDS = 15
# What Python is just compiling goes to a file of such a name first, which may be gone when copied.
HALF_WRITTEN = shutil.ignore_patterns("*.pyc.*")


class Machine:
    """One process of the application and whatever it forks."""

    def __init__(self, folder: Path, name: str, settings: Mapping[str, str]) -> None:
        self.name, self._folder = name, folder
        folder.mkdir()
        for part in CODE:
            if (PROJECT / part).is_dir():
                shutil.copytree(PROJECT / part, folder / part, ignore=HALF_WRITTEN)
            else:
                shutil.copy2(PROJECT / part, folder / part)
        (folder / "tmp").mkdir()
        own = {"PATH": os.environ["PATH"], "HOME": str(folder), "TMPDIR": str(folder / "tmp")}
        self._environment = {**own, "DATA_DIR": str(folder / "data"), **settings}

    def run(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start Python with `arguments` here; what it says goes to the log."""
        with (self._folder / "log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *arguments],
                cwd=self._folder,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def start(self) -> None:
        """Start the process it is for."""
        self.process = self.run(*self.command())

    def command(self) -> list[str]:
        raise NotImplementedError

    def kill(self) -> None:
        """Be without power from one moment to the next."""
        kill_session(self.process.pid)
        self.process.wait()

    @property
    def log(self) -> str:
        """What it has said since it was made."""
        return (self._folder / "log").read_text(errors="replace")


class Worker(Machine):
    """Serves the queue that its name begins with."""

    def command(self) -> list[str]:
        return ["worker.py", self.name.partition("-")[0]]

    @property
    def is_at_work(self) -> bool:
        """Whether a job runs here, in a process of its own."""
        return bool(psutil.Process(self.process.pid).children())


class Web(Machine):
    """Serves `url`."""

    def __init__(self, folder: Path, name: str, settings: Mapping[str, str]) -> None:
        port = str(free_port())
        super().__init__(folder, name, {**settings, "PORT": port})
        self.url = f"http://127.0.0.1:{port}"

    def command(self) -> list[str]:
        return ["-m", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"]


class Fleet:
    """Two web processes, two workers for imports and two for webhooks, on one database."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._server = stack.enter_context(PostgresServer(folder / "postgres"))
        valkey = stack.enter_context(ValkeyServer(folder / "valkey"))
        settings = {
            "DATABASE_URL": self._server.url,
            "REDIS_URL": valkey.url,
            "SECRET_KEY": "the same for every machine, and long",
            "WEBHOOK_ALLOW_CIDRS": "127.0.0.0/8",
            # The other process of the web is the other machine's.
            "WEB_CONCURRENCY": "1",
        }
        self.webs = [Web(folder / name, name, settings) for name in ("web-1", "web-2")]
        self.imports = [Worker(folder / n, n, settings) for n in ("imports-1", "imports-2")]
        self.webhooks = [Worker(folder / n, n, settings) for n in ("webhooks-1", "webhooks-2")]
        self.machines: list[Machine] = [*self.webs, *self.imports, *self.webhooks]

    def start(self) -> None:
        """Migrate, as two machines do it at once, and start everything."""
        migrations = [web.run("-m", "flask", "--app", "wsgi", "db", "upgrade") for web in self.webs]
        assert [migration.wait(PATIENCE) for migration in migrations] == [0, 0], self.log
        for machine in self.machines:
            machine.start()
        for web in self.webs:
            wait_until(lambda url=web.url: answers(f"{url}/readyz"))  # type: ignore[misc]

    def stop(self) -> None:
        """End them all as a deployment does."""
        for machine in self.machines:
            machine.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for machine in self.machines:
            try:
                machine.process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                machine.kill()

    @property
    def log(self) -> str:
        """What all machines have said."""
        return "".join(machine.log for machine in self.machines)

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """Rows straight from the database."""
        return query(self._server.url, statement)

    @contextmanager
    def frozen_catalog(self) -> Iterator[Callable[[], bool]]:
        """Block all writes of products until the end; the value tells whether one waits."""
        with closing(psycopg2.connect(self._server.url)) as connection, connection.cursor() as mine:
            mine.execute("LOCK TABLE products IN SHARE MODE")
            locks = "SELECT granted FROM pg_locks WHERE relation = 'products'::regclass"
            yield lambda: (False,) in self.query(locks)

    def request(self, method: str, path: str, web: int = 0, **options: Any) -> requests.Response:
        """Ask a web process, and the other if that one is down, until one answers."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for one in (self.webs[web], self.webs[1 - web]):
                try:
                    answer = requests.request(
                        method, f"{one.url}/api/{path}", timeout=ATTEMPT, **options
                    )
                except requests.RequestException:
                    continue
                if answer.status_code < 500:
                    assert answer.ok, answer.text
                    return answer
            time.sleep(0.1)
        raise AssertionError("nobody answered")
