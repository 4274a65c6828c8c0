"""The embedded Valkey, which speaks Redis's protocol and replaces it here.

`data_dir` holds `password`, `valkey.conf` (written at every start) and the
append-only file: a queued job shall survive a kill, so nothing is kept in
snapshots and nothing is ever evicted.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import ClassVar

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from app.local.binaries import find_valkey
from app.local.privileges import able_to_run, hand_over, service_account
from app.local.servers import Server, StopSteps, stored_secret

CONFIGURATION = """\
bind 127.0.0.1
requirepass {password}
appendonly yes
save ""
maxmemory-policy noeviction
"""


class ValkeyServer(Server):
    """Valkey, or Redis where only that is installed."""

    name = "Valkey"
    stop_steps: ClassVar[StopSteps] = ((signal.SIGTERM, 10.0),)
    death_signal: ClassVar[signal.Signals] = signal.SIGTERM

    def __init__(self, data_dir: Path, port: int = 0) -> None:
        super().__init__(data_dir, port)
        self._binary = Path()
        self._password = ""

    def prepare(self) -> None:
        self._binary = find_valkey()
        self.data_dir.mkdir(parents=True, exist_ok=True)
        account = service_account(self.data_dir)
        self._password = stored_secret(self.data_dir / "password")
        # In a file: the command line can be read by every user of this machine.
        self._write_configuration()
        hand_over(self.data_dir, account)
        self.account = able_to_run(account, self._binary, self.data_dir)

    def _write_configuration(self) -> None:
        path = self.data_dir / "valkey.conf"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(CONFIGURATION.format(password=self._password))

    def command(self) -> list[str]:
        self._choose_port()
        return [str(self._binary), "valkey.conf", "--port", str(self.port)]

    @property
    def url(self) -> str:
        return f"redis://:{self._password}@127.0.0.1:{self.port}/0"

    def is_ready(self) -> bool:
        client = Redis.from_url(self.url, socket_timeout=2, retry=Retry(NoBackoff(), 0))
        try:
            client.ping()
        except RedisError:
            return False
        finally:
            client.close()
        self._keep_port()
        return True
