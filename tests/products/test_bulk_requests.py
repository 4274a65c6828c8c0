"""What a bulk operation may be asked for."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize("product_id", [7, 7.0, 2**63 - 1])
def test_an_id_is_a_whole_number_as_json_knows_it(client: FlaskClient, product_id: float) -> None:
    response = client.post("/api/products/bulk", json={"action": "activate", "ids": [product_id]})
    assert (response.status_code, response.get_json()["subject"]) == (202, "1 chosen product")


@pytest.mark.parametrize("product_id", [True, "7", 7.5, 0, 2**63, 1e300, None])
def test_what_is_no_id_is_refused_with_its_place(client: FlaskClient, product_id: object) -> None:
    response = client.post(
        "/api/products/bulk", json={"action": "activate", "ids": [1, product_id]}
    )
    assert response.status_code == 422
    assert response.get_json()["errors"][0]["pointer"] == "/ids/1"
