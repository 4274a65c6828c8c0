"""Zones: every product is in one, in every order, and its zone knows all its grams."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.extensions import db
from app.locks import try_number
from app.products import index_jobs, zoning
from app.products.grams import slots_in
from app.products.index_jobs import catch_up
from app.products.indexing import INDEXING
from app.products.models import catalog_grams, catalog_index, catalog_zones, indexed
from app.products.orders import ORDERS, Order
from app.products.zones import find_zones
from tests.products.catalog import count, create, small_zones
from tests.thorough import THOROUGH
from tests.waiting import PATIENCE

WORDS = ("oak", "椅子", "Éclair", "100%", "a_b", "zq", "🪴")
# What the tests make zones of.
ROWS, PART = 4, 8


@pytest.fixture(autouse=True)
def zoned(app: Flask) -> Iterator[None]:
    """Small zones everywhere, and connections."""
    with small_zones():
        yield


def test_whatever_is_written_its_zone_knows_it(client: FlaskClient) -> None:
    chance = random.Random(9)
    ids = [create(client, f"S{n}", **fields(chance))["id"] for n in range(30)]
    catch_up(db.engine)
    for step in range(25 * THOROUGH):
        if chance.random() < 0.5:
            ids.append(create(client, f"New{step}", **fields(chance))["id"])
        elif chance.random() < 0.8:
            client.patch(f"/api/products/{chance.choice(ids)}", json=fields(chance))
        else:
            client.delete(f"/api/products/{ids.pop(chance.randrange(len(ids)))}")
        catch_up(db.engine)
        for order in ORDERS.values():
            assert_whole(order)
    with db.engine.connect() as connection:
        per_order = sa.select(catalog_zones.c.sort, sa.func.count()).group_by(catalog_zones.c.sort)
        numbers = {row[0]: row[1] for row in connection.execute(per_order)}
    # Eight zones at the beginning; what is new comes last in these, so that they have grown.
    assert {name: numbers[name] > PART for name in ("id", "created_at", "updated_at")} == {
        "id": True,
        "created_at": True,
        "updated_at": True,
    }


def fields(chance: random.Random) -> dict[str, Any]:
    return {
        "name": " ".join(chance.choices(WORDS, k=3)),
        "description": " ".join(chance.choices(WORDS, k=chance.randrange(3))),
        "price": chance.choice([None, "0", "1.50", "99999"]),
    }


def assert_whole(order: Order) -> None:
    """Every row is in one zone of the order, and that knows its grams."""
    texts = zoning._texts().label("texts")
    inside = sa.select(catalog_index.c.id, catalog_zones.c.zone, texts).join_from(
        catalog_index, catalog_zones, order.is_in_zone()
    )
    with db.engine.connect() as connection:
        found = connection.execute(inside.where(catalog_zones.c.sort == order.name)).all()
        own = catalog_grams.c.sort == order.name
        bits = {
            (row.part, row.slot): int.from_bytes(row.zones, "little")
            for row in connection.execute(sa.select(catalog_grams).where(own))
        }
    assert len({row.id for row in found}) == len(found) == count(catalog_index)
    for row in found:
        for slot in slots_in(row.texts).tolist():
            assert bits[row.zone // PART, slot] >> row.zone % PART & 1, (order.name, row)


def test_zones_are_passed_over_that_have_not_all_the_grams(client: FlaskClient) -> None:
    for number in range(40):
        create(client, f"S{number:02d}", name="chair" if 20 <= number < 24 else "table")
    catch_up(db.engine)
    assert find("id", "CHAIR") == 1 << 5
    assert find("id", "ch") == 1 << 5
    assert find("name", "chair") == 1 << 0
    assert find("id", "table", "s3") == 0b111 << 7
    assert find("id", "chair", "s3") == 0
    assert find("id", "nowhere") == 0


def find(sort: str, *needles: str) -> int:
    with db.engine.connect() as connection:
        return find_zones(connection, needles)[sort]


def test_zones_are_made_of_large_catalogs_only(client: FlaskClient) -> None:
    create(client, "A")
    with patch.object(zoning, "LEAST_ZONED", 2):
        catch_up(db.engine)
        assert count(catalog_zones) == 0
        create(client, "B")
        catch_up(db.engine)
        assert count(catalog_zones) == len(ORDERS)


def test_zones_are_made_anew_when_much_has_come(client: FlaskClient) -> None:
    for number in range(8):
        create(client, f"S{number}")
    catch_up(db.engine)
    with patch.object(zoning, "REDO_SHARE", 0.25):
        create(client, "S8", name="zq")
        create(client, "S9", name="zq")
        catch_up(db.engine)
        assert state() == (8, 2)
        create(client, "S10", name="zq")
        catch_up(db.engine)
    assert state() == (11, 0)
    for order in ORDERS.values():
        assert_whole(order)


def test_zones_are_made_anew_when_much_has_come_into_one(client: FlaskClient) -> None:
    for number in range(20):
        create(client, f"S{number:02d}", price="5")
    catch_up(db.engine)
    with patch.object(zoning, "MOST_ADDED", 12):
        for number in range(5):
            create(client, f"S05-{number}", price="7")
        catch_up(db.engine)
        assert state() == (20, 5)
        for number in range(5, 13):
            create(client, f"S05-{number}", price="7")
        catch_up(db.engine)
    assert state() == (33, 0)
    with db.engine.connect() as connection:
        inside = sa.select(catalog_zones.c.zone, sa.func.count()).join_from(
            catalog_index, catalog_zones, ORDERS["sku"].is_in_zone()
        )
        own = inside.where(catalog_zones.c.sort == "sku").group_by(catalog_zones.c.zone)
        assert {row[1] for row in connection.execute(own)} == {4, 1}


def test_an_index_that_somebody_has_emptied_has_no_zones_and_stops_nothing(
    client: FlaskClient,
) -> None:
    create(client, "A")
    catch_up(db.engine)
    with db.engine.begin() as connection:
        connection.execute(sa.text("TRUNCATE catalog_index, catalog_zones, catalog_grams"))
        connection.execute(sa.update(indexed).values(zoned=0))
    catch_up(db.engine)
    assert (state(), count(catalog_zones)) == ((0, 0), 0)
    create(client, "B")
    catch_up(db.engine)
    assert state() == (1, 0)
    assert_whole(ORDERS["name"])


def test_the_thread_outlives_a_fault(client: FlaskClient) -> None:
    create(client, "A")
    calls: list[int] = []
    done = threading.Event()

    def fail(engine: sa.Engine, at_least: int) -> bool:
        calls.append(at_least)
        if len(calls) == 1:
            raise AssertionError("a fault of ours")
        done.set()
        return False

    with (
        patch.object(index_jobs, "POLL_SECONDS", 0.01),
        patch.object(index_jobs, "catch_up", fail),
        index_jobs.running_indexer(),
    ):
        assert done.wait(PATIENCE)


def test_without_numpy_zones_that_others_made_are_dropped_rather_than_wrong(
    client: FlaskClient,
) -> None:
    create(client, "A")
    catch_up(db.engine)
    create(client, "B", name="zq")
    with patch.object(zoning, "np", None):
        catch_up(db.engine)
        assert (state(), count(catalog_zones)) == ((0, 0), 0)
    catch_up(db.engine)
    assert state() == (2, 0)
    assert_whole(ORDERS["id"])


def test_one_process_at_a_time_makes_zones(client: FlaskClient) -> None:
    create(client, "A")
    with patch.object(zoning, "LEAST_ZONED", 2):
        catch_up(db.engine)
    with patch.object(zoning, "LEAST_ZONED", 1), db.engine.begin() as elsewhere:
        assert try_number(elsewhere, INDEXING)
        catch_up(db.engine)
        assert count(catalog_zones) == 0


def state() -> tuple[int, int]:
    """For how many products the zones were made, and how many were added since."""
    with db.engine.connect() as connection:
        row = connection.execute(sa.select(indexed.c.zoned, indexed.c.zoned_since)).one()
    return (row.zoned, row.zoned_since)
