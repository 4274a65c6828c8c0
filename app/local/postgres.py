"""The embedded PostgreSQL.

`data_dir` holds `password` and the cluster, `data`. Deliberately absent: TLS and
Unix sockets; the server listens on 127.0.0.1 and asks for a password, because
other users of this machine can reach that address as well.
"""

from __future__ import annotations

import platform
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import ClassVar

import psycopg2
from psycopg2 import sql

from app.local.binaries import find_postgres, postgres_major
from app.local.errors import StartError
from app.local.privileges import able_to_run, hand_over, service_account
from app.local.processes import start_process
from app.local.servers import Server, StopSteps, stored_secret

USER = "postgres"
DATABASE = "product_importer"

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "127.0.0.1",
    # A socket's path may be too long, and its folder readable to others.
    "unix_socket_directories": "",
    # The catalog's indexes shall stay in memory while an import walks them.
    "shared_buffers": "256MB",
    # An import of half a million rows writes more log than the default 1 GB
    # allows between two checkpoints; each checkpoint more makes it log whole
    # pages anew.
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    # Nobody replicates this server, so the log need not say what only a replica reads.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    # As on deployed databases, wherever this machine stands.
    "timezone": "UTC",
    # The log holds no statement and no value of the catalog: a failed statement is the client's
    # to report, and a DETAIL line quotes rows.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}


class PostgresServer(Server):
    """PostgreSQL 18 with the empty database `product_importer`."""

    name = "PostgreSQL"
    # Fast shutdown ends the clients' sessions, immediate shutdown recovers at the
    # next start; being killed comes last. See "Shutting Down the Server" in its manual.
    stop_steps: ClassVar[StopSteps] = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 5.0))
    # After a crash recovery 18.6 may wait for ever in a fast shutdown, and nobody is left to send
    # a second signal. The next start recovers what immediate shutdown leaves.
    death_signal: ClassVar[signal.Signals] = signal.SIGQUIT

    def __init__(
        self, data_dir: Path, port: int = 0, settings: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(data_dir, port)
        self._settings = {**SETTINGS, **(settings or {})}
        self._cluster = self.data_dir / "data"
        self._binaries = Path()
        self._password = ""

    def prepare(self) -> None:
        self._binaries = find_postgres()
        self.data_dir.mkdir(parents=True, exist_ok=True)
        account = service_account(self.data_dir)
        self._password = stored_secret(self.data_dir / "password")
        hand_over(self.data_dir, account)
        self.account = able_to_run(account, self._binaries / "postgres", self.data_dir)
        if self._cluster.exists():
            self._require_same_major()
            self._forget_stale_pid()
        else:
            self._create_cluster()

    def command(self) -> list[str]:
        self._choose_port()
        return [str(self._binaries / "postgres"), "-D", str(self._cluster), *self._options()]

    def _options(self) -> Iterator[str]:
        for name, value in {**self._settings, "port": str(self.port)}.items():
            yield from ("-c", f"{name}={value}")

    @property
    def url(self) -> str:
        return self._url_of(DATABASE)

    def _url_of(self, database: str) -> str:
        return f"postgresql://{USER}:{self._password}@127.0.0.1:{self.port}/{database}"

    def is_ready(self) -> bool:
        try:
            connection = psycopg2.connect(self._url_of("postgres"), connect_timeout=2)
        except psycopg2.OperationalError:
            return False
        with closing(connection):
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE])
                if cursor.rowcount == 0:
                    cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
        self._keep_port()
        return True

    def _create_cluster(self) -> None:
        """Run initdb beside the final place, so that a killed one leaves no half cluster."""
        unfinished = self.data_dir / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        command = [str(self._binaries / "initdb"), "-D", str(unfinished), "-U", USER]
        command += ["-A", "scram-sha-256", "--pwfile", str(self.data_dir / "password")]
        command += ["-E", "UTF8", *_locale_options()]
        process = start_process(
            command,
            environment=self.environment(),
            directory=self.data_dir,
            output=subprocess.PIPE,
            account=self.account,
        )
        output = process.communicate()[0].decode(errors="replace")
        if process.returncode != 0:
            raise StartError(f"initdb could not make a cluster in {self.data_dir}:\n{output}")
        unfinished.rename(self._cluster)

    def _require_same_major(self) -> None:
        made_by = (self._cluster / "PG_VERSION").read_text().strip()
        major = postgres_major(self._binaries)
        if made_by != str(major):
            raise StartError(
                f"The data in {self.data_dir} were made by PostgreSQL {made_by}, and this is "
                f"PostgreSQL {major}, which cannot read them. Choose another DATA_DIR, or dump "
                f"them with PostgreSQL {made_by} and load the dump into an empty one."
            )

    def _forget_stale_pid(self) -> None:
        """Remove the pid file of a killed server whose number another process has by now.

        PostgreSQL would take that process for its predecessor and refuse to start;
        in a container, where numbers are small, at nearly every start.
        """
        pid_file = self._cluster / "postmaster.pid"
        if not pid_file.exists():
            return
        pid = pid_file.read_text().split("\n", 1)[0].strip()
        if str(self._cluster) not in _command_line(pid):
            pid_file.unlink()
            return
        raise StartError(
            f"A PostgreSQL server is already running on {self.data_dir} (process {pid}). "
            f"Stop it first: kill -QUIT {pid}"
        )


def _locale_options() -> list[str]:
    if platform.system() == "Darwin":  # which has no C.UTF-8
        return ["--locale=en_US.UTF-8", "--lc-collate=C"]
    return ["--locale=C.UTF-8"]


def _command_line(pid: str) -> str:
    """The command line of a living process, or nothing."""
    path = Path("/proc", pid, "cmdline")
    if Path("/proc/self").exists():
        try:
            return path.read_text(errors="replace") if pid.isdigit() else ""
        except OSError:
            return ""
    answer = subprocess.run(
        ["ps", "-p", pid, "-o", "command="], capture_output=True, text=True, check=False
    )
    return answer.stdout
