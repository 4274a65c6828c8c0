"""The developer's tool box: commands of `flask`, for people and not for deployments."""

from __future__ import annotations

from typing import Any

import click
from flask import Flask
from flask.cli import with_appcontext

from app.accounts.passwords import hash_password
from app.extensions import db
from app.sample import Recipe, save_sample
from app.webhooks import resealing
from app.webhooks.jobs import current_setup


def register(app: Flask) -> None:
    """Add the commands to `flask`."""
    add_tools(app)
    app.cli.add_command(reseal_secrets)


def add_tools(app: Flask) -> None:
    """Add those that need neither database nor Redis."""
    app.cli.add_command(sample_csv)
    app.cli.add_command(print_password_hash)


def create_toolbox() -> Flask:
    """An application of nothing but the commands, for a shell without database and Redis."""
    app = Flask(__name__)
    add_tools(app)
    return app


@click.command("hash-password")
@click.password_option(help="Asked for where it is left out, which keeps it out of the history.")
def print_password_hash(password: str) -> None:
    """Print an argon2 hash that ADMIN_PASSWORD may be set to instead of the password."""
    click.echo(hash_password(password))
    click.echo("Set it between single quotes: ADMIN_PASSWORD='$argon2id$…'", err=True)


@click.command("reseal-secrets")
@with_appcontext
def reseal_secrets() -> None:
    """Encrypt the webhooks' secrets anew with SECRET_KEY, where an old key or none did."""
    vault = current_setup().vault
    if not vault.has_key:
        raise click.ClickException("SECRET_KEY is not set.")
    has_more = True
    while has_more:
        with db.engine.begin() as connection:
            has_more = resealing.reseal_secrets(connection, vault).has_more
    with db.engine.connect() as connection:
        counts = resealing.count_secrets(connection, vault)
    click.echo(f"{counts.current} secrets are sealed with SECRET_KEY.")
    if counts.stale:
        click.echo(f"{counts.stale} are not yet: somebody holds them just now. Run this again.")
    if counts.lost:
        click.echo(f"{counts.lost} are opened by no key. Their webhooks need new secrets.")
    if not counts.stale:
        click.echo("No secret needs SECRET_KEY_FALLBACKS.")


@click.command("sample-csv")
@click.argument("rows", type=click.IntRange(min=1))
@click.argument("file", default="-")
@click.option("--bad", type=click.FloatRange(0, 1), default=0.0, help="Share of bad rows.")
@click.option("--duplicates", type=click.FloatRange(0, 1), default=0.0, help="Share repeated.")
@click.option("--seed", default=1, help="Another number, another catalog.")
@click.option("--revision", default=0, help="The same rows at other prices.")
def sample_csv(file: str, **recipe: Any) -> None:
    """Write a made-up catalog of ROWS rows to FILE, or to standard output."""
    try:
        summary = save_sample(Recipe(**recipe), file)
    except (ValueError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(
        f"{summary.rows:,} rows: {summary.products:,} products, "
        f"{summary.duplicates:,} duplicates, {summary.bad:,} bad.",
        err=True,
    )
