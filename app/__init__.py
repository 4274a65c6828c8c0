"""Product Importer: CSV files into a product catalog. `create_app` is the way in."""

from __future__ import annotations

from functools import partial

from flask import Flask

from app import cli, counters, extensions, forwarding, intake, limits, problems
from app.accounts import guard, key_routes
from app.accounts import routes as account_routes
from app.audit import retention
from app.audit import routes as audit_routes
from app.changes import routes as change_routes
from app.changes.announcing import announce_changes
from app.config import Config
from app.imports import event_routes
from app.imports import routes as import_routes
from app.openapi import create_api
from app.ops import dashboard, dashboard_audit, docs, health, metrics, pages, status_routes, traffic
from app.products import bulk_routes
from app.products import routes as product_routes
from app.webhooks import jobs as webhook_jobs
from app.webhooks import routes as webhook_routes

__all__ = ["create_app"]
ROUTES = (
    product_routes,
    bulk_routes,
    import_routes,
    event_routes,
    change_routes,
    webhook_routes,
    account_routes,
    key_routes,
    audit_routes,
    status_routes,
)
RAISING = (*ROUTES, limits, forwarding, intake)


def create_app(config: Config) -> Flask:
    """The application for one process: config → extensions → blueprints → problems → cli."""
    database_url, redis_url = config.services()
    app = Flask(__name__, static_folder=None)
    app.config["PRODUCT_IMPORTER"] = config
    extensions.init_app(app, database_url, redis_url)
    counters.init_app(app)
    traffic.init_app(app)
    retention.init_app(app, config)
    forwarding.init_app(app, config)
    limits.init_app(app, config)
    guard.init_app(app, config)
    limits.init_callers(app)
    intake.init_app(app)
    count_untold = app.extensions[counters.EXTENSION].count_untold
    announce = partial(announce_changes, count_untold=count_untold)
    webhook_jobs.init_app(app, config, feeds=(announce,))
    api = create_api(app, config)
    for routes in ROUTES:
        api.register_blueprint(routes.blueprint)
    pages.init_app(app)
    health.init_app(app)
    metrics.init_app(app)
    docs.init_app(app)
    dashboard.init_app(app, redis_url)
    dashboard_audit.init_app(app)
    problems.init_app(app, {kind: t for m in RAISING for kind, t in m.PROBLEM_TYPES.items()})
    cli.register(app)
    return app
