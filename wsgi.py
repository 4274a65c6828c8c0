"""The web application, for gunicorn and the flask command."""

import os
import sys

from flask import Flask

from app import create_app
from app.cli import create_toolbox
from app.config import Config, ConfigError


def load() -> Flask:
    """The application; for `flask` in a shell without services, the commands that need none."""
    try:
        config = Config.from_env()
        config.require_safe_exposure()
        return create_app(config)
    except ConfigError as error:
        if os.environ.get("FLASK_RUN_FROM_CLI") != "true":
            raise
        sys.stderr.write(f"{error} Until then only commands that need no services are here.\n")
        return create_toolbox()


app = load()
