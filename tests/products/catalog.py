"""A catalog in the tests' hands: products of all kinds, and the index driven by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.extensions import db
from app.products import zones, zoning
from app.products.index_jobs import catch_up

# What makes each of the ways the cheapest where it can be gone.
FREE, DEAR = -1.0, 1e9
EVERYWHERE = {"WALK_AT_LEAST": DEAR, "BLOCKS_AT_LEAST": DEAR, "RANGES_AT_LEAST": DEAR}
COSTS = {
    "walked": EVERYWHERE | {"WALK_AT_LEAST": FREE, "ROW": 0, "ROW_ELSEWHERE": 0},
    "by trigrams": EVERYWHERE | {"BLOCKS_AT_LEAST": FREE, "BLOCK": 0},
    "by zones of ids": EVERYWHERE | {"ROW": 0},
    "by other zones": EVERYWHERE | {"ROW_ELSEWHERE": 0},
    "by ranges": EVERYWHERE | {"RANGES_AT_LEAST": FREE, "RANGE_ROW": 0},
}


def create(client: FlaskClient, sku: str, **fields: Any) -> Any:
    """A stored product, as the API shows it."""
    answer = client.post("/api/products", json={"sku": sku, "name": f"Name of {sku}", **fields})
    assert answer.status_code == 201, answer.get_json()
    return answer.get_json()


@contextmanager
def small_zones() -> Iterator[None]:
    """Zones of four products in every catalog, eight of them in a part; never made anew."""
    with ExitStack() as stack:
        for module, name, value in (
            (zoning, "LEAST_ZONED", 0),
            (zoning, "ZONE_ROWS", 4),
            (zoning, "FETCHED", 8),
            (zoning, "REDO_SHARE", 100),
            (zoning, "PART_ZONES", 8),
            (zones, "PART_ZONES", 8),
        ):
            stack.enter_context(patch.object(module, name, value))
        yield


class Kept:
    """All rows of all tables as they are once something was made, to have them again at once."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {}
        self.numbers: dict[str, int] = {}

    def bring(self, make: Callable[[], None]) -> None:
        """Make it over the API the first time; from then on put the same rows into the tables."""
        if self.rows:
            self._put_back()
        else:
            make()
            self._keep()

    def _keep(self) -> None:
        with db.engine.connect() as connection:
            for name, table in db.metadata.tables.items():
                self.rows[name] = [
                    dict(row) for row in connection.execute(table.select()).mappings()
                ]
            last = sa.text("SELECT sequencename, last_value FROM pg_sequences")
            self.numbers = {name: n for name, n in connection.execute(last).all() if n is not None}

    def _put_back(self) -> None:
        with db.engine.begin() as connection:
            connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
            for name, rows in self.rows.items():
                if rows:
                    connection.execute(db.metadata.tables[name].delete())
                    connection.execute(db.metadata.tables[name].insert(), rows)
            following = sa.text("SELECT setval(CAST(:name AS regclass), :number)")
            for name, number in self.numbers.items():
                connection.execute(following, {"name": name, "number": number})


def index(app: Flask) -> None:
    """What the indexer's thread does when it comes round."""
    catch_up(db.engine)


def walk(client: FlaskClient, query: str, limit: int) -> list[dict[str, Any]]:
    """All items of a list, page by page, and back again to its beginning."""
    page = client.get(f"/api/products?limit={limit}&{query}").get_json()
    pages = [page]
    while page["next_cursor"]:
        page = client.get(
            f"/api/products?limit={limit}&{query}&cursor={page['next_cursor']}"
        ).get_json()
        pages.append(page)
    for expected in reversed(pages[:-1]):
        path = f"/api/products?limit={limit}&{query}&cursor={page['prev_cursor']}"
        page = client.get(path).get_json()
        assert page["items"] == expected["items"]
    assert page["prev_cursor"] is None
    return [item for page in pages for item in page["items"]]


def count(table: sa.Table) -> int:
    with db.engine.connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
