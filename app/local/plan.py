"""What `make run` runs, in the order in which it starts."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from app.config import Config, LogFormat
from app.local.postgres import PostgresServer
from app.local.programs import Program
from app.local.servers import Server
from app.local.supervisor import Stage
from app.local.valkey import ValkeyServer
from app.queues import QueueName

PROJECT = Path(__file__).resolve().parents[2]


def embedded_servers(config: Config) -> tuple[PostgresServer | None, ValkeyServer | None]:
    """The servers to bring along: none where the environment names one."""
    return (
        None if config.database_url else PostgresServer(config.data_dir / "postgres"),
        None if config.redis_url else ValkeyServer(config.data_dir / "valkey"),
    )


def stages(
    config: Config,
    postgres: PostgresServer | None = None,
    valkey: ValkeyServer | None = None,
    lock: int | None = None,
) -> list[Stage]:
    """Servers, migrations, web, workers. The servers must have been prepared.

    They hold `lock` open, so that the folder stays locked as long as one of
    them lives, even if the supervisor does not.
    """

    def environment() -> Mapping[str, str]:
        settings = replace(
            config,
            database_url=postgres.url if postgres else config.database_url,
            redis_url=valkey.url if valkey else config.redis_url,
        )
        return {**os.environ, **_variables(settings), "PYTHONUNBUFFERED": "1"}

    servers = [_server(server, lock) for server in (postgres, valkey) if server]
    return [
        *([server] for server in servers),
        [_migrations(environment)],
        [_web(config, environment)],
        [
            *(
                _worker(f"worker {number}", QueueName.IMPORTS, environment)
                for number in range(1, config.workers + 1)
            ),
            _worker("webhooks", QueueName.WEBHOOKS, environment),
        ],
    ]


def _variables(config: Config) -> dict[str, str]:
    """What the children need beyond their inherited environment, and cannot know."""
    variables = {
        "HOST": config.host,
        "PORT": str(config.port),
        "DATA_DIR": str(config.data_dir),
        "DATABASE_URL": config.database_url,
        "REDIS_URL": config.redis_url,
        "SECRET_KEY": config.secret_key,
        "LOG_FORMAT": _log_format(config),
    }
    return {name: value for name, value in variables.items() if value}


def _log_format(config: Config) -> str:
    """Text on a terminal: the children's own output is a pipe to here, which tells them nothing."""
    is_for_people = config.log_format is LogFormat.AUTO and sys.stdout.isatty()
    return (LogFormat.TEXT if is_for_people else config.log_format).value


def _server(server: Server, lock: int | None) -> Program:
    return Program(
        name=server.name,
        command=server.command,
        environment=server.environment,
        directory=server.data_dir,
        stop_steps=server.stop_steps,
        death_signal=server.death_signal,
        is_ready=server.is_ready,
        log_path=server.log_path,
        account=server.account,
        keep_open=[] if lock is None else [lock],
    )


def _migrations(environment: Callable[[], Mapping[str, str]]) -> Program:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"]
    return Program(
        name="migrations",
        command=lambda: command,
        environment=environment,
        directory=PROJECT,
        # PostgreSQL takes back what an interrupted migration did.
        stop_steps=((signal.SIGTERM, 2.0),),
        once=True,
        # It also fails when PostgreSQL breaks off its connection and recovers.
        attempts=5,
    )


def _web(config: Config, environment: Callable[[], Mapping[str, str]]) -> Program:
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"]
    return Program(
        name="web",
        command=lambda: command,
        environment=environment,
        directory=PROJECT,
        # Gunicorn ends gracefully on SIGTERM, waiting for open requests, and at
        # once on SIGQUIT. Killed, it would leave its workers to find out.
        stop_steps=((signal.SIGTERM, 5.0), (signal.SIGQUIT, 2.0)),
        death_signal=signal.SIGQUIT,
        is_ready=lambda: answers(config),
    )


def _worker(name: str, queue: QueueName, environment: Callable[[], Mapping[str, str]]) -> Program:
    command = [sys.executable, "worker.py", queue.value]
    return Program(
        name=name,
        command=lambda: command,
        environment=environment,
        directory=PROJECT,
        # On SIGTERM it finishes its job. A job that takes longer is killed, and
        # done again at the next start: jobs are safe to repeat.
        stop_steps=((signal.SIGTERM, 15.0),),
    )


def answers(config: Config) -> bool:
    """Whether the web process answers. A proxy from the environment is not asked."""
    connection = HTTPConnection(reachable_host(config.host), config.port, timeout=1)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def reachable_host(host: str) -> str:
    """An address by which this machine reaches itself on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - not bound to
