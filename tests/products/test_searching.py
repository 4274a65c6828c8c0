"""Random catalogs, written to at random and indexed now and then: every search finds the truth."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import datetime
from decimal import Decimal
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.extensions import db
from app.products import choosing, totals, zoning
from app.products.index_jobs import catch_up
from app.texts import UNICODE
from tests.products.catalog import COSTS, create, small_zones, walk
from tests.thorough import THOROUGH

TEXTS = ("sku", "name", "description")
SORTS = ("id", "sku", "name", "price", "created_at", "updated_at")
WORDS = (
    "oak", "椅子", "Éclair", "100%", "a_b", "zq", "🪴", "İst", "ß", "\\o", "chair", "CHAIR", "Dž",
    "ΟΔΟΣ", "\U0010ffff", "ﬁ", "…", "cafe\u0301", "café", "a\u00a0b", "１００％", "Ａ＿b",
)  # fmt: skip
PIECES = (
    "a", "é", "椅", "🪴", "zq", "%", "_", "\\", "ha", "chair", "İ", "i", "ß", "σ", "ς", "air o",
    "dž", "\U0010ffff", "\u001e", "nowhere", "%_", "5", "s1", "fi", "ﬁ", "cafe\u0301", "AFÉ",
    "a b", "a\u00a0b", "100", "０％", "＿", "\u0301",
)  # fmt: skip
PRICES = (None, None, "0", "1.50", "1.51", "5", "99999", "9999999999.99")
BOUNDS = ("0", "1.5", "5", "99999", "9999999999.99")
STARTS = ("S", "s", "\U0010ffff", "A", "é", "Ａ", "Ｓ")
Row = Mapping[str, Any]


class Writer:
    """Somebody who writes to the catalog at random."""

    def __init__(self, client: FlaskClient, run_jobs: Callable[[], None], seed: int) -> None:
        self.client, self.run_jobs = client, run_jobs
        self.chance = random.Random(seed)
        self.ids: list[int] = []
        self.skus = 0

    def write(self) -> None:
        deed = self.chance.choices((self.add, self.edit, self.swap, self.remove, self.bulk), DEEDS)
        deed[0]()

    def add(self) -> None:
        self.skus += 1
        sku = f"{self.chance.choice(STARTS)}{self.skus}"
        self.ids.append(create(self.client, sku, **self.fields())["id"])

    def edit(self) -> None:
        fields = self.fields() | {"active": self.chance.random() < 0.5}
        self.patch(self.chance.choice(self.ids), fields)

    def swap(self) -> None:
        """The SKUs of two products."""
        first, second = self.chance.sample(self.ids, 2)
        skus = [self.client.get(f"/api/products/{i}").get_json()["sku"] for i in (first, second)]
        for product_id, sku in ((first, "away"), (second, skus[0]), (first, skus[1])):
            self.patch(product_id, {"sku": sku})

    def remove(self) -> None:
        if len(self.ids) > 5:
            product_id = self.ids.pop(self.chance.randrange(len(self.ids)))
            assert self.client.delete(f"/api/products/{product_id}").status_code == 204

    def bulk(self) -> None:
        ids = self.chance.sample(self.ids, min(len(self.ids), 10))
        body = {"action": self.chance.choice(["activate", "deactivate"]), "ids": ids}
        assert self.client.post("/api/products/bulk", json=body).status_code == 202
        self.run_jobs()

    def patch(self, product_id: int, fields: dict[str, Any]) -> None:
        answer = self.client.patch(f"/api/products/{product_id}", json=fields)
        assert answer.status_code == 200, answer.get_json()

    def fields(self) -> dict[str, Any]:
        return {
            "name": " ".join(self.chance.choices(WORDS, k=self.chance.randrange(1, 4))),
            "description": " ".join(self.chance.choices(WORDS, k=self.chance.randrange(3))),
            "price": self.chance.choice(PRICES),
        }


# How often each of Writer's deeds is done.
DEEDS = (40, 35, 3, 18, 4)


@pytest.mark.parametrize("seed", range(4))
def test_every_search_finds_what_there_is(
    app: Flask, client: FlaskClient, run_jobs: Callable[[], None], seed: int
) -> None:
    writer = Writer(client, run_jobs, seed)
    with ExitStack() as stack:
        stack.enter_context(patch.object(totals, "SMALL_PAGES", -1))
        stack.enter_context(small_zones())
        if seed % 2:
            stack.enter_context(patch.object(zoning, "REDO_SHARE", 0.5))
        for _ in range(writer.chance.randrange(10, 40)):
            writer.add()
        for _ in range(5 * THOROUGH):
            for _ in range(writer.chance.randrange(1, 12)):
                writer.write()
            if writer.chance.random() < 0.6:
                catch_up(db.engine)
            rows = read_products()
            for _ in range(5):
                search(writer, rows)


def search(writer: Writer, rows: list[Row]) -> None:
    """Ask for something, in some order, in some way, and compare all pages both ways."""
    chance = writer.chance
    query, sort = make_query(chance, rows), chance.choice(SORTS)
    way, limit = chance.choice([*COSTS, "any"]), chance.choice([1, 3, 7, 7, 100, 100])
    expected = sorted((row for row in rows if passes(row, query)), key=lambda row: key(row, sort))
    sign = chance.choice(["", "-"])
    given = urlencode({"sort": f"{sign}{sort}", **query})
    with ExitStack() as stack:
        for name, cost in COSTS.get(way, {}).items():
            stack.enter_context(patch.object(choosing, name, cost))
        found = [item["id"] for item in walk(writer.client, given, limit)]
        page = writer.client.get(f"/api/products?{given}").get_json()
    ids = [row["id"] for row in expected]
    assert found == (ids[::-1] if sign else ids), (way, limit, given)
    assert page["total_is_estimate"] or page["total"] == len(ids), (way, given)


def make_query(chance: random.Random, rows: list[Row]) -> dict[str, str]:
    query = {}
    if chance.random() < 0.75:
        query[chance.choice(["q", "q", *TEXTS])] = chance.choice(PIECES)
    if chance.random() < 0.2:
        query[chance.choice(TEXTS)] = chance.choice(PIECES)
    if chance.random() < 0.25:
        query["active"] = chance.choice(["true", "false"])
    if chance.random() < 0.3:
        query[chance.choice(["price_min", "price_max"])] = chance.choice(BOUNDS)
    if chance.random() < 0.3:
        column = chance.choice(["created", "updated"])
        moment: datetime = chance.choice(rows)[f"{column}_at"]
        query[f"{column}_{chance.choice(['after', 'before'])}"] = moment.isoformat()
    return query


def read_products() -> list[Row]:
    """All products, with their texts folded as well, and the SKU in lower case."""
    folded = [f"lower(normalize({name}, NFKC)) AS folded_{name}" for name in TEXTS]
    with db.engine.connect() as connection:
        columns = ", ".join([*folded, "lower(sku) AS sort_sku"])
        statement = sa.text(f"SELECT *, {columns} FROM products")
        return [dict(row) for row in connection.execute(statement).mappings()]


def passes(row: Row, query: Mapping[str, str]) -> bool:
    return all(passes_one(row, name, value) for name, value in query.items())


def passes_one(row: Row, name: str, value: str) -> bool:
    if name in ("q", *TEXTS):
        return any(fold(value) in row[f"folded_{text}"] for text in TEXTS if name in ("q", text))
    if name == "active":
        return row["active"] is (value == "true")
    column, _, end = name.partition("_")
    if column == "price":
        bound, price = Decimal(value), row["price"]
        return price is not None and (price >= bound if end == "min" else price <= bound)
    moment = datetime.fromisoformat(value)
    at: datetime = row[f"{column}_at"]
    return at >= moment if end == "after" else at < moment


def fold(text: str) -> str:
    """As PostgreSQL does it."""
    with db.engine.connect() as connection:
        statement = sa.text(f"SELECT lower(normalize(:text, NFKC) COLLATE {UNICODE})")
        return str(connection.execute(statement, {"text": text}).scalar_one())


def key(row: Row, sort: str) -> tuple[Any, ...]:
    if sort == "price":
        return (-1 if row["price"] is None else row["price"], row["id"])
    names = {"sku": "sort_sku", "name": "folded_name"}
    return (row[names.get(sort, sort)], row["id"])
