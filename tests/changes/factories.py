"""Doing and undoing over the API, with the jobs run at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient

from tests.imports.factories import upload


@dataclass(frozen=True)
class Catalog:
    """The API as a person uses it, who waits for each thing to be done."""

    client: FlaskClient
    run_jobs: Callable[[], None]

    def create(self, sku: str, **values: Any) -> int:
        """A new product's id."""
        answer = self.client.post("/api/products", json={"sku": sku, "name": sku, **values})
        assert answer.status_code == 201, answer.text
        return int(answer.get_json()["id"])

    def edit(self, product_id: int, **values: Any) -> dict[str, Any]:
        """The product after a change."""
        answer = self.client.patch(f"/api/products/{product_id}", json=values)
        assert answer.status_code == 200, answer.text
        return dict(answer.get_json())

    def delete(self, product_id: int) -> None:
        """Delete one product."""
        assert self.client.delete(f"/api/products/{product_id}").status_code == 204

    def load(self, text: str, **options: Any) -> str:
        """Import a file; the change set's id."""
        location = upload(self.client, text, **options).headers["Location"]
        self.run_jobs()
        done = self.client.get(location).get_json()
        assert done["status"] == "completed", done
        return str(done["change_set_id"])

    def bulk(self, **wanted: Any) -> dict[str, Any]:
        """A bulk operation's change set, when it is done."""
        return self._done(self.client.post("/api/products/bulk", json=wanted))

    def delete_all(self) -> dict[str, Any]:
        """The change set of deleting everything."""
        return self._done(self.client.delete("/api/products?confirm=all"))

    def undo(self, change_set_id: str) -> dict[str, Any]:
        """The undo's change set, when it is done."""
        return self._done(self.client.post(f"/api/change-sets/{change_set_id}/undo"))

    def _done(self, answer: Any) -> dict[str, Any]:
        assert answer.status_code == 202, answer.text
        self.run_jobs()
        done = self.client.get(answer.headers["Location"]).get_json()
        assert done["status"] == "completed", done
        return dict(done)

    def items(self, path: str) -> list[dict[str, Any]]:
        """Everything of a list, page by page."""
        found: list[dict[str, Any]] = []
        cursor = None
        while True:
            mark = f"{'&' if '?' in path else '?'}cursor={cursor}" if cursor else ""
            page = self.client.get(f"{path}{mark}").get_json()
            found += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return found

    def values(self) -> dict[int, tuple[Any, ...]]:
        """Id → what is stored of the product, but for its version and times."""
        return {
            p["id"]: tuple(p[name] for name in ("sku", "name", "description", "price", "active"))
            for p in self.items("/api/products?limit=500")
        }
