"""A database as the first release left it is upgraded, and everything works."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import downgrade, upgrade
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from app import create_app
from app.config import Config, normalise_database_url
from app.extensions import db
from app.imports.queueing import sweep_imports
from app.products.comparing import COMPARING
from app.products.index_jobs import catch_up
from app.queues import QueueName, open_queue
from tests.chores import do_now
from tests.migrations import first_release
from tests.migrations.conftest import Database
from tests.migrations.first_release import PRODUCTS, add_import

KEYS = "SELECT id, name, price::text, active FROM {} ORDER BY id"
PROBLEM = {"type": "/problems/empty-file", "title": "Empty", "status": 422, "detail": "Empty."}


class Upgraded:
    """The application on an upgraded database."""

    def __init__(self, app: Flask, database: Database, imports: dict[str, str]) -> None:
        self.client: FlaskClient = app.test_client()
        self.database, self.imports = database, imports
        self._redis = app.extensions["redis"]

    def get(self, path: str) -> Any:
        answer = self.client.get(f"/api/{path}")
        assert answer.status_code == 200, answer.get_json()
        return answer.get_json()

    def find(self, query: str) -> list[str]:
        """The SKUs of the products found."""
        return [item["sku"] for item in self.get(f"products?{query}")["items"]]

    def work(self) -> None:
        """What workers do until nothing is left."""
        sweep_imports()
        queues = [open_queue(name, self._redis) for name in QueueName]
        worker = SimpleWorker(queues, connection=self._redis, serializer=JSONSerializer)
        worker.work(burst=True, logging_level="ERROR")

    def see(self, status: str) -> Any:
        """The import that was in `status`, as it is now."""
        return self.get(f"imports/{self.imports[status]}")


def add_imports(database: Database) -> dict[str, str]:
    """One in every status there is; status → id."""
    columns = {"mapping": {"sku": "sku", "name": "name"}, "headers": ("sku", "name")}
    new = {f"new-{status}": status for status in ("queued", "checking", "running")}
    found = {
        status: add_import(database, status, f"sku,name\n{sku},Found\n")
        for sku, status in new.items()
    }
    found["ready"] = add_import(
        database,
        "ready",
        "sku,name\nnew-ready,Found\n",
        preview=True,
        counts={"rows": 1, "created": 1},
        **columns,  # type: ignore[arg-type]
    )
    text = "code,title\nnew-mapped,Found\n"
    found["needs_mapping"] = add_import(
        database, "needs_mapping", text, headers=("code", "title"), problem=PROBLEM
    )
    done = {"rows": 1, "created": 1}
    found["completed"] = add_import(database, "completed", "sku,name\nS1,A\n", counts=done)
    found["failed"] = add_import(database, "failed", "sku,name\nlate,Found\n", problem=PROBLEM)
    found["cancelled"] = add_import(database, "cancelled", "sku,name\nno,No\n")
    return found


@pytest.fixture
def upgraded(database: Database) -> Iterator[Upgraded]:
    """The application of today on what the first release left."""
    first_release.fill(database)
    imports = add_imports(database)
    database.upgrade()
    url = normalise_database_url(database.url)
    config = Config(database_url=url, redis_url=database.redis_url, secret_key="secret" * 8)
    app = create_app(config)
    app.testing = True
    with app.app_context():
        app.extensions["redis"].flushdb()
        yield Upgraded(app, database, imports)
        app.extensions["redis"].flushdb()
        db.engine.dispose()


def test_the_catalog_is_listed_sorted_searched_and_edited(upgraded: Upgraded) -> None:
    page = upgraded.get("products?limit=2")
    assert (page["total"], [item["sku"] for item in page["items"]]) == (
        PRODUCTS,
        [f"S{PRODUCTS}", f"S{PRODUCTS - 1}"],
    )
    assert upgraded.find("q=number+12345") == ["S12345"]
    assert upgraded.find("sort=-price&limit=1") == [f"S{PRODUCTS}"]
    assert upgraded.find("price_min=1.50&price_max=1.50") == ["S150"]
    answer = upgraded.client.patch("/api/products/7", json={"name": "Renamed since"})
    assert (answer.status_code, answer.get_json()["version"]) == (200, 2)
    assert upgraded.find("name=renamed+since") == ["S7"]
    [change] = upgraded.get("products/7/history")["items"]
    assert (change["before"]["name"], change["after"]["name"]) == ("Name of 7", "Renamed since")


def test_what_is_done_since_can_be_undone(upgraded: Upgraded) -> None:
    made = upgraded.client.post(
        "/api/products/bulk", json={"action": "delete", "filter": {"sku": "S123"}}
    ).get_json()
    upgraded.work()
    deleted = upgraded.get(f"change-sets/{made['id']}")
    assert (deleted["status"], deleted["counts"]["deleted"]) == ("completed", 111)
    undo = upgraded.client.post(f"/api/change-sets/{made['id']}/undo").get_json()
    upgraded.work()
    assert upgraded.get(f"change-sets/{undo['id']}")["counts"]["created"] == 111
    assert len(upgraded.find("sku=S123&limit=500")) == 111


def test_imports_in_every_status_are_shown_and_go_on(upgraded: Upgraded) -> None:
    for status in upgraded.imports:
        assert upgraded.see(status)["status"] == status
        assert upgraded.get(f"imports/{upgraded.imports[status]}/preview")["counts"]
    started = {
        "ready": {},
        "needs_mapping": {"mapping": {"sku": "code", "name": "title"}},
    }
    for status, options in started.items():
        address = f"/api/imports/{upgraded.imports[status]}/start"
        assert upgraded.client.post(address, json=options).status_code == 202
    again = f"/api/imports/{upgraded.imports['failed']}/preview"
    assert upgraded.client.post(again, json={}).status_code == 202
    upgraded.work()
    ends = {status: upgraded.see(status)["status"] for status in upgraded.imports}
    assert ends == {
        **dict.fromkeys(upgraded.imports, "completed"),
        "failed": "ready",
        "cancelled": "cancelled",
    }
    assert sorted(upgraded.find("name=found")) == [
        "new-checking",
        "new-mapped",
        "new-queued",
        "new-ready",
        "new-running",
    ]
    change_set = upgraded.see("queued")["change_set_id"]
    assert upgraded.get(f"change-sets/{change_set}")["counts"]["created"] == 1


def test_the_first_release_goes_on_writing_while_it_is_replaced(upgraded: Upgraded) -> None:
    database = upgraded.database
    [(product_id,)] = database.run(first_release.CREATE, "Side", "By side", "1.00")
    assert database.run(first_release.EDIT, "Edited before", 5) == [(2,)]
    assert database.run(first_release.UPSERT, "s6", "Edited before", "1.00") == [(2,)]
    database.run(first_release.DELETE, 8)
    with pytest.raises(psycopg2.errors.UniqueViolation):
        database.run(first_release.CREATE, "SIDE", "Again", "1.00")
    upgraded.imports["new"] = add_import(database, "queued", "sku,name\nside-2,By side\n")
    upgraded.work()
    assert upgraded.see("new")["status"] == "completed"
    catch_up(db.engine)
    do_now(COMPARING)
    assert upgraded.find("name=by+side") == ["side-2", "Side"]
    assert sorted(upgraded.find("name=edited+before")) == ["S5", "S6"]
    assert upgraded.find("name=name+of+8&sort=name&limit=1") == ["S80"]
    assert upgraded.get(f"products/{product_id}")["version"] == 1


def test_the_old_tables_are_given_back_as_their_successors_are(upgraded: Upgraded) -> None:
    run = upgraded.database.run
    upgraded.client.patch("/api/products/7", json={"name": "Renamed since", "price": "7.00"})
    run("UPDATE products SET name = 'Past the journal' WHERE id = 8")
    catch_up(db.engine)
    do_now(COMPARING)
    expected = run(KEYS.format("catalog_index"))
    position = run("SELECT position, total FROM catalog_index_state")
    assert (7, "renamed since", "7.00", True) in expected
    assert expected[7][:2] == (8, "past the journal")
    assert run(KEYS.format("product_index")) != expected
    db.engine.dispose()
    downgrade(revision="0008")
    assert run(KEYS.format("product_index")) == expected
    assert run("SELECT position, total FROM product_index_state") == position
    upgrade()
    assert run(KEYS.format("catalog_index")) == expected
    assert upgraded.find("name=renamed+since") == ["S7"]
