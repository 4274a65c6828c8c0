"""Gunicorn's settings, for `make run` and for deployments alike."""

import os
from pathlib import Path
from typing import Any

from app.config import Config
from app.logs import logging_config

_host = os.environ.get("HOST", "").strip() or "127.0.0.1"
_port = os.environ.get("PORT", "").strip() or "8000"
bind = f"[{_host}]:{_port}" if ":" in _host else f"{_host}:{_port}"

# Threads, because an upload or an event stream holds one for as long as it lasts.
# The sync worker would take a long upload for a hung process and kill it.
# Ours gives no thread to a request before it has arrived.
worker_class = "app.pacing.PacedWorker"
workers = int(os.environ.get("WEB_CONCURRENCY", "").strip() or 2)
threads = 16

# With threads this is the heartbeat of the whole process, not the time of one
# request: an upload may take as long as it likes.
timeout = 60
# Below the 30 s which platforms grant between SIGTERM and SIGKILL.
graceful_timeout = 25
# Longer than the browser's polls are apart, so that they share a connection.
keepalive = 10

# The heartbeat is a file; on a disk a slow write could pass for a hung worker.
if Path("/dev/shm").is_dir():  # noqa: S108 - Linux's memory-backed folder
    worker_tmp_dir = "/dev/shm"  # noqa: S108

# It would be made in the home folder, which a container's user may not have.
control_socket_disable = True

# Who forwards a request is told by PROXY_HOPS. By itself gunicorn would trust whatever comes from
# this machine: the scheme, and a header that moves the application to another path.
forwarded_allow_ips = ""
# No browser and no proxy sends as many; what is larger is answered 431.
limit_request_fields = 64

# The kernel would send files past the worker, and wait without end for whoever does not read them.
sendfile = False

# The application writes a line for each request; gunicorn's own come in the same form.
accesslog = None
errorlog = "-"
_config = Config.from_env()
logconfig_dict = logging_config(_config)


def on_starting(server: Any) -> None:
    """Say who is let in where no password is asked for: a proxy on this machine would not."""
    if _config.admin_password is None:
        server.log.warning(
            "ADMIN_PASSWORD is not set: whoever reaches this address may change everything, also "
            "through a proxy on this machine"
        )
