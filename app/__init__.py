"""Product Importer: CSV files into a product catalog. `create_app` is the way in."""

from __future__ import annotations

from flask import Flask

from app import cli, extensions, problems
from app.accounts import guard
from app.accounts import routes as account_routes
from app.api import create_api
from app.config import Config
from app.imports import routes as import_routes
from app.ops import dashboard, health, pages
from app.products import routes as product_routes

__all__ = ["create_app"]


def create_app(config: Config) -> Flask:
    """The application for one process: config → extensions → blueprints → problems → cli."""
    database_url, redis_url = config.services()
    app = Flask(__name__, static_folder=None)
    app.config["PRODUCT_IMPORTER"] = config
    app.config["MAX_CONTENT_LENGTH"] = 2 * 1024 * 1024
    extensions.init_app(app, database_url, redis_url)
    guard.init_app(app, config)
    api = create_api(app)
    for blueprint in (product_routes.blueprint, import_routes.blueprint, account_routes.blueprint):
        api.register_blueprint(blueprint)
    pages.init_app(app)
    health.init_app(app)
    dashboard.init_app(app, redis_url)
    problems.init_app(app, {**product_routes.PROBLEM_TYPES, **import_routes.PROBLEM_TYPES})
    cli.register(app)
    return app
