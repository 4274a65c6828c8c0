"""Product Importer: CSV files into a product catalog. `create_app` is the way in."""

from __future__ import annotations

from flask import Flask

from app import cli, extensions, problems
from app.accounts import guard
from app.accounts import routes as account_routes
from app.changes import routes as change_routes
from app.changes.announcing import announce_changes
from app.config import Config
from app.imports import routes as import_routes
from app.openapi import create_api
from app.ops import dashboard, health, pages
from app.products import bulk_routes
from app.products import routes as product_routes
from app.webhooks import jobs as webhook_jobs
from app.webhooks import routes as webhook_routes

__all__ = ["create_app"]
ROUTES = (
    product_routes,
    bulk_routes,
    import_routes,
    change_routes,
    webhook_routes,
    account_routes,
)


def create_app(config: Config) -> Flask:
    """The application for one process: config → extensions → blueprints → problems → cli."""
    database_url, redis_url = config.services()
    app = Flask(__name__, static_folder=None)
    app.config["PRODUCT_IMPORTER"] = config
    app.config["MAX_CONTENT_LENGTH"] = 2 * 1024 * 1024
    extensions.init_app(app, database_url, redis_url)
    guard.init_app(app, config)
    webhook_jobs.init_app(app, config, feeds=(announce_changes,))
    api = create_api(app, config)
    for routes in ROUTES:
        api.register_blueprint(routes.blueprint)
    pages.init_app(app)
    health.init_app(app)
    dashboard.init_app(app, redis_url)
    problems.init_app(app, {kind: t for r in ROUTES for kind, t in r.PROBLEM_TYPES.items()})
    cli.register(app)
    return app
