"""Random sequences of imports, edits, bulk operations and undos, against a plain model of them.

After each step catalog, versions, counts, histories and feed agree with the model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import hypothesis.strategies as st
import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from app.changes import undo
from app.extensions import db
from app.imports import windows
from app.products import bulk
from tests.changes.factories import Catalog
from tests.conftest import empty_tables
from tests.thorough import THOROUGH

SKUS = st.sampled_from(["a", "A", "b", "B", "É", "é", "d"])
NAMES = st.sampled_from(["N1", "N2", "N3"])
PRICES = st.sampled_from([None, "1.00", "2.50"])
Values = tuple[str, str, str | None, bool]


@dataclass(frozen=True)
class Stored:
    """What the model knows of a product."""

    sku: str
    name: str
    price: str | None
    active: bool
    version: int

    @property
    def values(self) -> Values:
        return self.sku, self.name, self.price, self.active


@dataclass(frozen=True)
class Done:
    """What the model knows of a change."""

    product_id: int
    action: str
    version: int
    before: Values | None
    after: Values | None


class Model:
    """A catalog as a dictionary, and all that happened to it."""

    def __init__(self) -> None:
        self.products: dict[int, Stored] = {}
        self.changes: list[Done] = []

    def owner(self, sku: str) -> int | None:
        return next((i for i, p in self.products.items() if p.sku.lower() == sku.lower()), None)

    def put(self, product_id: int, new: Stored, *, version: int | None = None) -> Done | None:
        """Create or update; None if nothing changes."""
        old = self.products.get(product_id)
        if old is not None and old.values == new.values:
            return None
        made = version or (old.version + 1 if old else 1)
        self.products[product_id] = replace(new, version=made)
        done = Done(
            product_id,
            "updated" if old else "created",
            made,
            old.values if old else None,
            new.values,
        )
        self.changes.append(done)
        return done

    def drop(self, product_id: int) -> Done:
        old = self.products.pop(product_id)
        done = Done(product_id, "deleted", old.version + 1, old.values, None)
        self.changes.append(done)
        return done

    def undo(self, changes: Iterable[Done]) -> tuple[list[Done], int]:
        """What an undo does, and how many products it keeps."""
        made: list[Done | None] = []
        kept = 0
        for change in changes:
            now = self.products.get(change.product_id)
            untouched = now is not None and now.values == change.after
            if change.action == "deleted":
                assert change.before is not None
                if now is None and self.owner(change.before[0]) is None:
                    back = Stored(*change.before, version=0)
                    made.append(self.put(change.product_id, back, version=change.version + 1))
                else:
                    kept += 1
            elif untouched and change.action == "created":
                made.append(self.drop(change.product_id))
            elif untouched and change.before is not None:
                made.append(self.put(change.product_id, Stored(*change.before, version=0)))
            elif change.action == "updated" or now is not None:
                kept += 1
        return [done for done in made if done], kept


class Machine(RuleBasedStateMachine):
    """Does everything twice: over the API, and to the model."""

    catalog: Catalog

    def __init__(self) -> None:
        super().__init__()
        with db.engine.begin() as connection:
            empty_tables(connection)
        self.model = Model()
        self.sets: dict[str, list[Done]] = {}
        self.undone: set[str] = set()

    @rule(sku=SKUS, name=NAMES, price=PRICES)
    def create(self, sku: str, name: str, price: str | None) -> None:
        answer = self.catalog.client.post(
            "/api/products", json={"sku": sku, "name": name, "price": price}
        )
        owner = self.model.owner(sku)
        if owner is not None:
            assert (answer.status_code, answer.get_json()["existing_id"]) == (409, owner)
            return
        assert answer.status_code == 201
        self.model.put(answer.get_json()["id"], Stored(sku, name, price, True, 0))

    @precondition(lambda self: self.model.products)
    @rule(data=st.data(), sku=SKUS, name=NAMES, price=PRICES)
    def edit(self, data: st.DataObject, sku: str, name: str, price: str | None) -> None:
        product = data.draw(st.sampled_from(sorted(self.model.products)))
        answer = self.catalog.client.patch(
            f"/api/products/{product}", json={"sku": sku, "name": name, "price": price}
        )
        owner = self.model.owner(sku)
        if owner not in (None, product):
            assert answer.status_code == 409
            return
        old = self.model.products[product]
        self.model.put(product, replace(old, sku=sku, name=name, price=price))
        assert answer.get_json()["version"] == self.model.products[product].version

    @precondition(lambda self: self.model.products)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        product = data.draw(st.sampled_from(sorted(self.model.products)))
        self.catalog.delete(product)
        self.model.drop(product)

    @rule(
        rows=st.lists(st.tuples(SKUS, NAMES, PRICES), min_size=1, max_size=9),
        mode=st.sampled_from(["upsert", "create_only", "update_only"]),
    )
    def load(self, rows: list[tuple[str, str, str | None]], mode: str) -> None:
        text = "\n".join(f"{sku},{name},{price or ''}" for sku, name, price in rows)
        made = self.catalog.load(f"sku,name,price\n{text}\n", mode=mode)
        last = {sku.lower(): (sku, name, price) for sku, name, price in rows}
        created = {p["sku"].lower(): p["id"] for p in self.catalog.items("/api/products")}
        done: list[Done | None] = []
        for key, (sku, name, price) in last.items():
            owner = self.model.owner(sku)
            if owner is None and mode != "update_only":
                done.append(self.model.put(created[key], Stored(sku, name, price, True, 0)))
            elif owner is not None and mode != "create_only":
                old = self.model.products[owner]
                done.append(self.model.put(owner, replace(old, name=name, price=price)))
        self.remember(made, [change for change in done if change])

    @rule(action=st.sampled_from(["delete", "activate", "deactivate"]), data=st.data())
    def bulk(self, action: str, data: st.DataObject) -> None:
        ids = sorted(self.model.products)
        chosen = data.draw(st.lists(st.sampled_from(ids), unique=True) if ids else st.just([]))
        if chosen:
            made = self.catalog.bulk(action=action, ids=chosen)
        else:
            made, chosen = self.catalog.bulk(action=action, all=True), ids
        done: list[Done | None] = []
        for product in sorted(chosen):
            if action == "delete":
                done.append(self.model.drop(product))
            else:
                old = self.model.products[product]
                done.append(self.model.put(product, replace(old, active=action == "activate")))
        self.remember(made["id"], [change for change in done if change])

    @precondition(lambda self: set(self.sets) - self.undone)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        undone = data.draw(st.sampled_from(sorted(set(self.sets) - self.undone)))
        foreseen = self.catalog.client.get(f"/api/change-sets/{undone}/undo").get_json()
        made = self.catalog.undo(undone)
        done, kept = self.model.undo(self.sets[undone])
        self.undone.add(undone)
        self.remember(made["id"], done, kept=kept)
        assert foreseen == made["counts"]

    def remember(self, made: str, done: list[Done], *, kept: int = 0) -> None:
        """Compare a change set's counts with what the model did, and keep it to be undone."""
        self.sets[made] = done
        stored = self.catalog.client.get(f"/api/change-sets/{made}").get_json()
        actions = [change.action for change in done]
        expected = {name: actions.count(name) for name in ("created", "updated", "deleted")}
        assert stored["counts"] == {**expected, "kept": kept}

    @invariant()
    def catalog_and_feed_are_those_of_the_model(self) -> None:
        stored = {
            p["id"]: Stored(p["sku"], p["name"], p["price"], p["active"], p["version"])
            for p in self.catalog.items("/api/products")
        }
        assert stored == self.model.products
        self.compare_feed(limit=500)

    def teardown(self) -> None:
        """At the end the feed is walked page by page as well."""
        self.compare_feed(limit=7)

    def compare_feed(self, limit: int) -> None:
        """All that the feed tells is what the model did."""
        fed = [
            Done(
                item["product_id"],
                item["action"],
                item["version"],
                pick(item["before"]),
                pick(item["after"]),
            )
            for item in self.catalog.items(f"/api/changes?limit={limit}")
        ]
        by_product = {product: of(fed, product) for product in {c.product_id for c in fed}}
        assert len(fed) == len(self.model.changes)
        for product, changes in by_product.items():
            assert changes == of(self.model.changes, product)


def of(changes: list[Done], product: int) -> list[Done]:
    """One product's changes, in their order."""
    return [change for change in changes if change.product_id == product]


def pick(values: dict[str, Any] | None) -> Values | None:
    """The values that the model knows."""
    if values is None:
        return None
    return values["sku"], values["name"], values["price"], values["active"]


def test_catalog_journal_and_feed_agree_with_a_plain_model(
    app: Flask, run_jobs: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (windows, undo, bulk):
        monkeypatch.setattr(module, "WINDOW_ROWS", 2)

    class Bound(Machine):
        catalog = Catalog(app.test_client(), run_jobs)

    run_state_machine_as_test(
        Bound,
        settings=settings(
            max_examples=8 * THOROUGH,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
