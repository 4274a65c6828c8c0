"""`python -m bench.container`: the memory of everything in one container during an import.

The app runs as `deploy/start.sh all` has it, with one worker of each kind, beside servers of
its own whose memory does not count: in a deployment they are somewhere else.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from app.extensions import connect_redis
from app.local.postgres import PostgresServer
from app.local.processes import free_port
from app.local.valkey import ValkeyServer
from app.sample import Recipe, save_sample
from bench.client import Client
from bench.local_app import running_app
from bench.memory import MEGABYTE, TreeWatch

# What the smallest plans grant the Redis there.
REDIS_BYTES = 25 * 1024 * 1024


def measure(rows: int, folder: Path) -> str:
    """Import `rows` rows into an empty catalog; the figures as one line."""
    sample, port = folder / "sample.csv", free_port()
    save_sample(Recipe(rows=rows), str(sample))
    client = Client(f"http://127.0.0.1:{port}")
    with (
        PostgresServer(folder / "postgres") as postgres,
        ValkeyServer(folder / "valkey") as valkey,
        running_app(
            folder,
            client,
            ["--no-servers"],
            PORT=str(port),
            DATABASE_URL=postgres.url,
            REDIS_URL=valkey.url,
            SECRET_KEY=secrets.token_hex(),
            WORKERS="1",
            WEB_CONCURRENCY="1",
        ) as supervisor,
    ):
        while not client.is_ready():
            time.sleep(0.2)
        redis = connect_redis(valkey.url, retries=1)
        redis.config_set("maxmemory", REDIS_BYTES)
        with TreeWatch(supervisor) as watch:
            *_, last = client.follow(client.upload(sample).id, seconds=0.2)
        used = redis.info("memory")["used_memory_peak"] / MEGABYTE
        redis.close()
    return (
        f"{rows:,} rows, {last.status}: {watch.idle_megabytes:.0f} MB at rest, "
        f"{watch.peak_megabytes or 0:.0f} MB at most; Redis {used:.1f} MB at most"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0."""
    parser = argparse.ArgumentParser(prog="python -m bench.container", description=__doc__)
    parser.add_argument("--rows", type=int, default=500_000)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="product-importer-container-") as name:
        print(measure(options.rows, Path(name)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
