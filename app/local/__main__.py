"""`python -m app.local`, which is `make run`.

With `--no-servers` it brings no servers along and keeps nothing on disk: migrations, web
and workers together in one container, where PostgreSQL and Redis are the platform's.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace

from app.config import Config, ConfigError
from app.local.errors import RefusedError, StartError
from app.local.forks import preload
from app.local.output import print_line
from app.local.plan import embedded_servers, reachable_host, stages
from app.local.preflight import chosen_port, locked_folder
from app.local.servers import stored_secret
from app.local.supervisor import Supervisor

# A tenth of a processor, as the smallest plans grant, takes a minute to start Python.
CONTAINER_UP_SECONDS = 600.0


def main(arguments: Sequence[str] = ()) -> int:
    """The exit code: 0 stopped as asked, 1 something did not come up, 2 refused to start."""
    start = run_in_container if "--no-servers" in arguments else run
    try:
        start(Config.from_env())
    except (ConfigError, RefusedError) as refusal:
        print(refusal, file=sys.stderr)
        return 2
    except (StartError, OSError) as failure:
        print(failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:  # before the supervisor took over
        return 0
    return 0


def run(config: Config) -> None:
    """Check what can be checked before anything starts, then run until stopped."""
    config = replace(config, data_dir=config.data_dir.resolve())
    with locked_folder(config.data_dir) as lock:
        secret_key = config.secret_key or stored_secret(config.data_dir / "secret_key")
        config = replace(config, secret_key=secret_key)
        config.require_safe_exposure()
        config = replace(config, port=chosen_port(config.host, config.port))
        postgres, valkey = embedded_servers(config)
        for server in (postgres, valkey):
            if server:
                server.prepare()
        supervisor = Supervisor(stages(config, postgres, valkey, lock))
        supervisor.run(announce=lambda: print_line(announcement(config)))


def run_in_container(config: Config) -> None:
    """Run all but the servers until stopped. Raises ConfigError where one is not named."""
    config.services()
    config.require_safe_exposure()
    config.require_secret_key()
    preload()
    plan = [[replace(program, forked=True) for program in stage] for stage in stages(config)]
    supervisor = Supervisor(plan, up_seconds=CONTAINER_UP_SECONDS)
    supervisor.run(announce=lambda: print_line("Everything is running."))


def announcement(config: Config) -> str:
    """What to open, where the data are, how to stop."""
    host = reachable_host(config.host)
    shown = f"[{host}]" if ":" in host else host
    kept = [
        *([] if config.database_url else ["PostgreSQL"]),
        *([] if config.redis_url else ["Valkey"]),
    ]
    lines = ["", "Product importer is running.", "", f"  Open   http://{shown}:{config.port}"]
    if kept:
        lines.append(f"  Data   {config.data_dir} ({' and '.join(kept)})")
    if config.admin_password is None:
        lines.append(
            "  Login  none: everybody on this machine may change everything. "
            "Set ADMIN_PASSWORD before you put a proxy in front."
        )
    return "\n".join([*lines, "  Stop   Ctrl-C", ""])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
