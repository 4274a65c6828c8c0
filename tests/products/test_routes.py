"""Products over HTTP: find, create, change, delete, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient


def create(client: FlaskClient, sku: str, **fields: Any) -> Any:
    """A stored product, as the API shows it."""
    answer = client.post("/api/products", json={"sku": sku, "name": f"Name of {sku}", **fields})
    assert answer.status_code == 201, answer.get_json()
    return answer.get_json()


def test_a_product_is_created_with_its_defaults(client: FlaskClient) -> None:
    answer = client.post("/api/products", json={"sku": " A-1 ", "name": "Chair"})
    body = answer.get_json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/products/{body['id']}"
    assert answer.headers["ETag"] == '"1"'
    assert body.pop("created_at") == body.pop("updated_at")
    assert body == {
        "id": 1, "sku": "A-1", "name": "Chair", "description": "",
        "price": None, "active": True, "version": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "stored"),
    [("12.9", "12.90"), (12.9, "12.90"), (7, "7.00"), ("0", "0.00"), ("1.500", "1.50"),
     ("9999999999.99", "9999999999.99"), (None, None), ("-0", "0.00")],
)  # fmt: skip
def test_a_price_comes_back_with_two_decimals(
    client: FlaskClient, given: object, stored: str | None
) -> None:
    assert create(client, "A", price=given)["price"] == stored


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sku", ""), ("sku", "   "), ("sku", "x" * 101), ("sku", None), ("sku", 5),
        ("sku", "a\x00b"), ("sku", "\ud800"), ("name", ""), ("name", "x" * 501), ("name", "a\x1bb"),
        ("description", "x" * 50_001), ("description", None), ("description", "\x85x\x85y"),
        ("price", "abc"), ("price", -1), ("price", "1.234"), ("price", "1e3"), ("price", True),
        ("price", "10000000000"), ("price", "NaN"), ("price", "Infinity"), ("price", ""),
        ("price", [1]), ("price", 1e400), ("price", "9" * 400), ("active", "yes"), ("active", None),
        ("active", 1), ("colour", "red"), ("id", 5),
    ],
)  # fmt: skip
def test_a_value_that_breaks_a_rule_is_refused_with_a_pointer(
    client: FlaskClient, field: str, value: object
) -> None:
    answer = client.post("/api/products", json={"sku": "A", "name": "N", field: value})
    body = answer.get_json()
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert body["type"] == "/problems/invalid-input"
    assert [error["pointer"] for error in body["errors"]] == [f"/{field}"]


@pytest.mark.parametrize("field", ["sku", "name", "description"])
def test_text_at_its_limit_is_taken(client: FlaskClient, field: str) -> None:
    longest = {"sku": 100, "name": 500, "description": 50_000}[field]
    body = {"sku": "A", "name": "N", field: "é" * longest}
    assert client.post("/api/products", json=body).get_json()[field] == "é" * longest


@pytest.mark.parametrize("sku", ["É1", "é1"])
def test_a_sku_taken_in_another_case_is_a_conflict_that_names_the_product(
    client: FlaskClient, sku: str
) -> None:
    existing = create(client, "É1")
    answer = client.post("/api/products", json={"sku": sku, "name": "N"})
    assert answer.status_code == 409
    assert answer.get_json()["type"] == "/problems/duplicate-sku"
    assert answer.get_json()["existing_id"] == existing["id"]


def test_moving_a_product_to_a_taken_sku_is_a_conflict(client: FlaskClient) -> None:
    first, second = create(client, "A"), create(client, "B")
    answer = client.patch(f"/api/products/{second['id']}", json={"sku": "a"})
    assert answer.status_code == 409
    assert answer.get_json()["existing_id"] == first["id"]


def test_a_sku_may_change_its_own_case(client: FlaskClient) -> None:
    product = create(client, "abc")
    changed = client.patch(f"/api/products/{product['id']}", json={"sku": "ABC"}).get_json()
    assert (changed["sku"], changed["version"]) == ("ABC", 2)


def test_a_patch_changes_what_it_names_and_counts_the_version(client: FlaskClient) -> None:
    product = create(client, "A", price="5")
    answer = client.patch(f"/api/products/{product['id']}", json={"name": "New"})
    changed = answer.get_json()
    assert (changed["name"], changed["price"], changed["version"]) == ("New", "5.00", 2)
    assert answer.headers["ETag"] == '"2"'
    assert changed["updated_at"] > product["updated_at"]


def test_a_put_gives_what_it_leaves_out_its_default(client: FlaskClient) -> None:
    product = create(client, "A", price="5", description="Oak", active=False)
    changed = client.put(f"/api/products/{product['id']}", json={"sku": "A", "name": "N"})
    body = changed.get_json()
    assert (body["price"], body["description"], body["active"]) == (None, "", True)


@pytest.mark.parametrize("method", ["put", "patch"])
def test_a_change_that_changes_nothing_keeps_version_and_time(
    client: FlaskClient, method: str
) -> None:
    product = create(client, "A", price="5")
    same = {name: product[name] for name in ("sku", "name", "description", "price", "active")}
    assert (
        getattr(client, method)(f"/api/products/{product['id']}", json=same).get_json() == product
    )


def test_an_if_match_of_another_version_is_refused(client: FlaskClient) -> None:
    path = f"/api/products/{create(client, 'A')['id']}"
    for tag in ('"7"', 'W/"1"', '"7", "8"', '"nonsense"'):
        for method in (client.patch, client.delete):
            answer = method(path, json={"name": "X"}, headers={"If-Match": tag})
            assert answer.status_code == 412
            assert answer.get_json()["type"] == "/problems/version-mismatch"
    for tag in ('"1"', '"7",, W/"a,b" , "2"'):
        answer = client.patch(path, json={"name": tag}, headers={"If-Match": tag})
        assert answer.status_code == 200, tag
    assert client.delete(path, headers={"If-Match": "*"}).status_code == 204


@pytest.mark.parametrize("tag", ["", " ", ",", "1", '"1', '*, "1"', '"1" "1"', 'w/"1"', "nonsense"])
def test_an_if_match_that_says_nothing_is_refused_and_writes_nothing(
    client: FlaskClient, tag: str
) -> None:
    product = create(client, "A")
    path = f"/api/products/{product['id']}"
    for answer in (
        client.patch(path, json={"name": "X"}, headers={"If-Match": tag}),
        client.delete(path, headers={"If-Match": tag}),
    ):
        assert (answer.status_code, answer.get_json()["type"]) == (400, "/problems/bad-request")
    assert client.get(path).get_json() == product


def test_a_deleted_product_is_gone(client: FlaskClient) -> None:
    path = f"/api/products/{create(client, 'A')['id']}"
    assert client.delete(path).status_code == 204
    assert client.get(path).status_code == 404
    assert client.delete(path).status_code == 404


@pytest.mark.parametrize("product_id", ["0", "99", str(2**63), "9" * 60])
def test_an_unknown_product_is_a_404_problem(client: FlaskClient, product_id: str) -> None:
    for method in (client.get, client.delete):
        answer = method(f"/api/products/{product_id}")
        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_pages_walk_the_whole_list_both_ways(client: FlaskClient) -> None:
    ids = [create(client, f"S{n}")["id"] for n in range(7)]
    seen, cursor, previous = [], None, None
    while True:
        query = f"?limit=3&cursor={cursor}" if cursor else "?limit=3"
        page = client.get(f"/api/products{query}").get_json()
        seen.append([item["id"] for item in page["items"]])
        assert (page["total"], page["total_is_estimate"]) == (7, False)
        previous, cursor = page["prev_cursor"], page["next_cursor"]
        if cursor is None:
            break
    assert seen == [ids[6:3:-1], ids[3:0:-1], ids[:1]]
    back = client.get(f"/api/products?limit=3&cursor={previous}").get_json()
    assert [item["id"] for item in back["items"]] == seen[1]
    first = client.get(f"/api/products?limit=3&cursor={back['prev_cursor']}").get_json()
    assert [item["id"] for item in first["items"]] == seen[0]
    assert first["prev_cursor"] is None


@pytest.mark.parametrize(
    ("query", "skus"),
    [
        ("q=chair", {"A-1", "B-2"}), ("q=CHAIR", {"A-1", "B-2"}), ("q=b-2", {"B-2"}),
        ("q=ÉCLAIR", {"C%3"}), ("q=100%25", {"C%3"}), ("q=_", set()), ("q=\\", set()),
        ("sku=%25", {"C%3"}), ("sku=a", {"A-1"}), ("q=oak&sku=b", {"B-2"}),
        ("q=", {"A-1", "B-2", "C%3"}),
    ],
)  # fmt: skip
def test_a_search_finds_what_contains_the_text_in_any_case(
    client: FlaskClient, query: str, skus: set[str]
) -> None:
    create(client, "A-1", name="Chair", description="Steel")
    create(client, "B-2", name="Stool", description="A chair of oak")
    create(client, "C%3", name="éclair", description="100% butter")
    page = client.get(f"/api/products?{query}").get_json()
    assert {item["sku"] for item in page["items"]} == skus
    assert page["total"] == len(skus)


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=501", "limit=x", "cursor=x", "cursor=W10", "cursor=WyItaWQiLCJuIiwxLDJd",
     "cursor=WyItaWQiLCJuIix0cnVlXQ", "cursor=WyItaWQiLCJuIiw5OTk5OTk5OTk5OTk5OTk5OTk5OV0",
     "colour=red", "q=%00", "q=" + "x" * 201],
)  # fmt: skip
def test_a_list_query_that_means_nothing_is_refused(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/api/products?{query}")
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["pointer"] == "/" + query.partition("=")[0]


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"data": "{", "content_type": "application/json"}, 400),
        ({"data": "", "content_type": "application/json"}, 422),
        ({"json": []}, 422),
        ({"json": "text"}, 422),
        ({"json": None}, 422),
        ({"data": "sku=1", "content_type": "text/plain"}, 415),
        ({"data": '{"sku": "A", "name": "N"}', "content_type": None}, 415),
        ({"data": '{"price": %s}' % ("1" * 5000), "content_type": "application/json"}, 400),
        ({"data": b"\xff\xfe", "content_type": "application/json"}, 400),
        ({"data": "[" * 100_000, "content_type": "application/json"}, 400),
        (
            {"data": b'{"sku": "' + b"x" * 3_000_000 + b'"}', "content_type": "application/json"},
            413,
        ),
    ],
)
def test_a_body_that_is_no_json_object_is_a_problem(
    client: FlaskClient, options: dict[str, Any], status: int
) -> None:
    answer = client.post("/api/products", **options)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")


def test_every_wrong_address_or_method_below_api_is_a_problem(client: FlaskClient) -> None:
    for method in (client.get, client.post, client.put, client.delete):
        answer = method("/api/nothing")
        assert (answer.status_code, answer.get_json()["type"]) == (404, "/problems/not-found")
    answer = client.put("/api/products")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert answer.get_json()["type"] == "/problems/method-not-allowed"
    assert client.get("/api/products/1?x=1").status_code == 422


def test_going_back_to_what_is_gone_begins_the_list_anew(client: FlaskClient) -> None:
    ids = [create(client, f"S{n}")["id"] for n in range(4)]
    first = client.get("/api/products?limit=2").get_json()
    second = client.get(f"/api/products?limit=2&cursor={first['next_cursor']}").get_json()
    for product_id in ids[2:]:
        client.delete(f"/api/products/{product_id}")
    back = client.get(f"/api/products?limit=2&cursor={second['prev_cursor']}").get_json()
    assert [item["id"] for item in back["items"]] == [ids[1], ids[0]]


def test_a_stray_query_parameter_is_refused_where_none_are_taken(client: FlaskClient) -> None:
    assert client.post("/api/products?x=1", json={"sku": "A", "name": "N"}).status_code == 422
