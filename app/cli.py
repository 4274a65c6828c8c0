"""The developer's tool box: commands of `flask`, for people and not for deployments."""

from __future__ import annotations

from typing import Any

import click
from flask import Flask

from app.sample import Recipe, save_sample


def register(app: Flask) -> None:
    """Add the commands to `flask`."""
    app.cli.add_command(sample_csv)


def create_toolbox() -> Flask:
    """An application of nothing but the commands, for a shell without database and Redis."""
    app = Flask(__name__)
    register(app)
    return app


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
