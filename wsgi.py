"""The web application, for gunicorn and the flask command."""

import os
import sys

from flask import Flask

from app import create_app
from app.cli import create_toolbox
from app.config import Config, ConfigError
from app.logs import configure_logging


def load() -> Flask:
    """The application; for `flask` in a shell without services, the commands that need none."""
    is_shell = os.environ.get("FLASK_RUN_FROM_CLI") == "true"
    try:
        config = Config.from_env()
        config.require_safe_exposure()
        if not is_shell:
            config.require_secret_key()
        configure_logging(config)
        return create_app(config)
    except ConfigError as error:
        if not is_shell:
            raise
        sys.stderr.write(f"{error} Until then only commands that need no services are here.\n")
        return create_toolbox()


app = load()
