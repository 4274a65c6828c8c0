"""Webhooks over HTTP: made, changed, tested, sent again, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app import page_bytes
from app.extensions import db
from app.webhooks.egress import Guard
from app.webhooks.events import EventType
from app.webhooks.housekeeping import CHORES
from app.webhooks.jobs import current_setup, wake
from tests.chores import do_now
from tests.webhooks.conftest import Days, happen, list_deliveries, see, subscribe
from tests.webhooks.receiver import Receiver, Reply

URL = "http://127.0.0.1:9999/hooks"
RunJobs = Callable[[], None]


def test_a_webhook_is_made_with_its_defaults_and_a_secret(client: FlaskClient) -> None:
    answer = client.post("/api/webhooks", json={"url": URL})
    body = answer.get_json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/webhooks/{body['id']}"
    assert body.pop("secret").startswith("whsec_")
    assert body.pop("created_at") == body.pop("updated_at")
    assert body == {
        "id": body["id"], "url": URL, "description": "", "events": ["*"], "each_row": False,
        "enabled": True, "last_status": None, "last_latency_ms": None, "failing_since": None,
        "disabled_reason": None, "latency_ms": {"p50": None, "p95": None},
    }  # fmt: skip
    assert "secret" not in see(client, body)
    assert "secret" not in client.get("/api/webhooks").get_json()["items"][0]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("url", None), ("url", ""), ("url", 5), ("url", "ftp://example.com/"), ("url", "\ud800"),
        ("url", "http://user@127.0.0.1:8080/"), ("url", "http://10.0.0.1/"), ("url", "x" * 3000),
        ("url", "http://[::1]/"), ("url", "http://169.254.169.254/latest"), ("url", "http://0/"),
        ("description", "x" * 501), ("description", "a\x00b"), ("description", "\ud800"),
        ("description", None), ("events", []), ("events", ["product.eaten"]), ("events", "*"),
        ("events", None), ("events", [None]), ("events", [["*"]]),
        ("each_row", "yes"), ("each_row", 1), ("enabled", None), ("enabled", "true"),
        ("secret", "whsec_mine"), ("id", 5), ("colour", "red"), ("disabled_reason", ""),
    ],
)  # fmt: skip
def test_a_value_that_breaks_a_rule_is_refused_with_a_pointer(
    client: FlaskClient, field: str, value: object
) -> None:
    webhook = subscribe(client, URL)
    for answer in (
        client.post("/api/webhooks", json={"url": URL, field: value}),
        client.put(f"/api/webhooks/{webhook['id']}", json={"url": URL, field: value}),
        client.patch(f"/api/webhooks/{webhook['id']}", json={field: value}),
    ):
        assert answer.status_code == 422, answer.get_json()
        assert answer.mimetype == "application/problem+json"
        assert answer.get_json()["errors"][0]["pointer"].startswith(f"/{field}")


@pytest.mark.parametrize(
    "text", ["Göttingen, 2\u00a0kg", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "𝒳\u3000店"]
)
def test_a_description_is_any_text_of_one_line(client: FlaskClient, text: str) -> None:
    assert subscribe(client, URL, description=text)["description"] == text


@pytest.mark.parametrize("text", ["two\nlines", "two\u2028lines", "\x7f", "\x9f"])
def test_a_description_of_several_lines_is_refused(client: FlaskClient, text: str) -> None:
    answer = client.post("/api/webhooks", json={"url": URL, "description": text})
    assert answer.get_json()["errors"][0]["pointer"] == "/description"


def test_a_deleted_webhook_is_answered_by_nothing_at_all(client: FlaskClient) -> None:
    answer = client.delete(f"/api/webhooks/{subscribe(client, URL)['id']}")
    assert (answer.status_code, answer.data) == (204, b"")


def test_without_an_allowed_network_loopback_is_refused(app: Flask) -> None:
    answer = app.test_client().post("/api/webhooks", json={"url": URL})
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["pointer"] == "/url"
    assert "WEBHOOK_ALLOW_CIDRS" in answer.get_json()["detail"]


def test_a_name_that_resolves_inside_is_refused(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    guard = Guard(resolve=lambda host, seconds: ["93.184.215.14", "10.0.0.8"])
    monkeypatch.setattr(current_setup(), "guard", guard)
    answer = app.test_client().post("/api/webhooks", json={"url": "https://erp.example.com/"})
    assert answer.status_code == 422


def test_names_of_events_are_kept_once_and_a_star_alone(client: FlaskClient) -> None:
    one = subscribe(client, URL, events=["product.created", "product.updated", "product.created"])
    assert one["events"] == ["product.created", "product.updated"]
    assert subscribe(client, URL, events=["product.created", "*"])["events"] == ["*"]


def test_patch_changes_what_is_given_and_put_all(client: FlaskClient) -> None:
    webhook = subscribe(client, URL, description="Shop", events=["import.failed"], each_row=True)
    address = f"/api/webhooks/{webhook['id']}"
    changed = client.patch(address, json={"description": "Search"}).get_json()
    assert (changed["description"], changed["events"]) == ("Search", ["import.failed"])
    assert changed["each_row"] is True
    assert changed["updated_at"] > webhook["updated_at"]
    assert client.patch(address, json={"description": "Search"}).get_json() == changed
    replaced = client.put(address, json={"url": f"{URL}/2"}).get_json()
    assert (replaced["url"], replaced["events"]) == (f"{URL}/2", ["*"])
    assert (replaced["description"], replaced["each_row"]) == ("", False)
    assert "secret" not in replaced


def test_webhooks_are_listed_newest_first_in_pages(client: FlaskClient) -> None:
    made = [subscribe(client, f"{URL}/{number}")["id"] for number in range(5)]
    first = client.get("/api/webhooks?limit=3").get_json()
    rest = client.get(f"/api/webhooks?limit=3&cursor={first['next_cursor']}").get_json()
    assert [item["id"] for item in first["items"] + rest["items"]] == made[::-1]
    assert (first["total"], rest["next_cursor"]) == (5, None)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("PUT", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/test"),
     ("POST", "/rotate-secret"), ("POST", "/recover"), ("GET", "/deliveries")],
)  # fmt: skip
def test_a_webhook_that_is_not_there_is_a_404(client: FlaskClient, method: str, path: str) -> None:
    body = {"since": "2026-01-01T00:00:00Z"} if path == "/recover" else {"url": URL}
    json = body if path in ("", "/recover") and method != "GET" else None
    answer = client.open(f"/api/webhooks/{uuid4()}{path}", method=method, json=json)
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize(
    "path",
    ["/api/webhooks/1", "/api/deliveries/x", f"/api/deliveries/{UUID(int=1)}", "/api/webhooks/%00"],
)
def test_an_id_that_is_none_is_a_404(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=501", "limit=x", "cursor=x", "x=1", "type=product.eaten", "type=",
     "cursor=WyItaWQiLCJuIiwieCJd", "cursor=%00"],
)  # fmt: skip
def test_a_query_that_is_not_understood_is_a_422(client: FlaskClient, query: str) -> None:
    assert client.get(f"/api/events?{query}").status_code == 422


def test_a_test_event_takes_the_way_of_all_others(
    client: FlaskClient, receiver: Receiver, run_jobs: RunJobs
) -> None:
    webhook = subscribe(client, receiver.url, events=["import.failed"])
    subscribe(client, f"{receiver.url}/other")
    answer = client.post(f"/api/webhooks/{webhook['id']}/test")
    delivery = answer.get_json()
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"/api/deliveries/{delivery['id']}"
    assert (delivery["status"], delivery["event_type"]) == ("pending", "webhook.test")
    assert delivery["attempts"] == []
    run_jobs()
    [received] = receiver.received
    received.verify(webhook["secret"])
    assert received.message["data"] == {"webhook_id": webhook["id"]}
    shown = client.get(f"/api/deliveries/{delivery['id']}").get_json()
    assert (shown["status"], shown["attempts"][0]["status_code"]) == ("delivered", 200)


def test_a_rotated_secret_is_shown_once_and_the_old_one_signs_for_a_day(
    client: FlaskClient, receiver: Receiver, days: Days
) -> None:
    webhook = subscribe(client, receiver.url)
    answer = client.post(f"/api/webhooks/{webhook['id']}/rotate-secret")
    rotated = answer.get_json()
    assert answer.status_code == 200
    assert rotated["secret"] != webhook["secret"]
    happen()
    days.deliver()
    receiver.received[0].verify(webhook["secret"])
    receiver.received[0].verify(rotated["secret"])
    happen()
    days.pass_by(hours=25)
    signature = receiver.received[1].headers["webhook-signature"]
    assert signature.count("v1,") == 1


def test_a_disabled_webhook_gets_nothing_and_what_was_pending_is_cancelled(
    client: FlaskClient, receiver: Receiver, days: Days
) -> None:
    webhook = subscribe(client, receiver.url)
    happen()
    client.patch(f"/api/webhooks/{webhook['id']}", json={"enabled": False})
    assert happen() == 0
    days.deliver()
    assert receiver.received == []
    [delivery] = list_deliveries(client, webhook)
    assert (delivery["status"], delivery["next_attempt_at"]) == ("cancelled", None)
    assert see(client, webhook)["disabled_reason"] is None
    for path in (f"webhooks/{webhook['id']}/test", f"deliveries/{delivery['id']}/redeliver"):
        answer = client.post(f"/api/{path}")
        assert answer.status_code == 409
        assert answer.get_json()["type"] == "/problems/webhook-disabled"


def test_the_deliveries_of_a_deleted_webhook_are_cancelled_and_can_still_be_seen(
    client: FlaskClient, receiver: Receiver, days: Days
) -> None:
    webhook = subscribe(client, receiver.url)
    happen()
    [delivery] = list_deliveries(client, webhook)
    assert client.delete(f"/api/webhooks/{webhook['id']}").status_code == 204
    days.deliver()
    assert receiver.received == []
    shown = client.get(f"/api/deliveries/{delivery['id']}").get_json()
    assert shown["status"] == "cancelled"
    assert client.post(f"/api/deliveries/{delivery['id']}/redeliver").status_code == 409
    assert client.get(f"/api/webhooks/{webhook['id']}").status_code == 404


def test_a_delivery_is_sent_again_with_the_same_event_id(
    client: FlaskClient, receiver: Receiver, run_jobs: RunJobs
) -> None:
    webhook = subscribe(client, receiver.url)
    happen()
    [delivery] = list_deliveries(client, webhook)
    wake(client.application.extensions["redis"])
    run_jobs()
    answer = client.post(f"/api/deliveries/{delivery['id']}/redeliver")
    assert answer.status_code == 202
    assert answer.get_json()["status"] == "pending"
    run_jobs()
    first, second = receiver.received
    assert first.event_id == second.event_id == delivery["event_id"]
    shown = client.get(f"/api/deliveries/{delivery['id']}").get_json()
    assert (shown["status"], len(shown["attempts"])) == ("delivered", 2)


def test_a_delivery_sent_again_has_all_its_retries(
    client: FlaskClient, receiver: Receiver, days: Days
) -> None:
    receiver.reply = lambda _: Reply(500)
    webhook = subscribe(client, receiver.url)
    happen()
    days.deliver()
    for _ in range(10):
        days.pass_by(days=1.1)
        if not see(client, webhook)["enabled"]:
            client.patch(f"/api/webhooks/{webhook['id']}", json={"enabled": True})
            break
    [delivery] = list_deliveries(client, webhook)
    assert delivery["status"] == "cancelled"
    receiver.reply = lambda _: Reply()
    client.post(f"/api/deliveries/{delivery['id']}/redeliver")
    days.deliver()
    assert list_deliveries(client, webhook)[0]["status"] == "delivered"


def test_what_was_missed_since_a_moment_is_recovered_with_the_same_ids(
    client: FlaskClient, receiver: Receiver, days: Days
) -> None:
    receiver.reply = lambda _: Reply(410)
    webhook = subscribe(client, receiver.url, events=["product.created"])
    address = f"/api/webhooks/{webhook['id']}"
    happen()
    days.deliver()
    happen()
    happen(EventType.PRODUCT_DELETED)
    happen(EventType.PRODUCT_CREATED, only_each_row=True)
    since = datetime.now(UTC) - timedelta(minutes=1)
    body = {"since": since.isoformat()}
    assert client.post(f"{address}/recover", json=body).status_code == 409
    receiver.reply = lambda _: Reply()
    client.patch(address, json={"enabled": True})
    answer = client.post(f"{address}/recover", json=body)
    assert (answer.status_code, answer.get_json()) == (202, {"deliveries": 2})
    days.deliver()
    assert [d["status"] for d in list_deliveries(client, webhook)] == ["delivered"] * 2
    created = client.get("/api/events?type=product.created").get_json()["items"]
    assert {r.event_id for r in receiver.received} == {e["id"] for e in created[1:]}
    again = client.post(f"{address}/recover", json=body)
    assert again.get_json() == {"deliveries": 0}


def test_recovering_reaches_back_to_the_moment_and_no_further(
    client: FlaskClient, receiver: Receiver, days: Days
) -> None:
    receiver.reply = lambda _: Reply(410)
    webhook = subscribe(client, receiver.url)
    address = f"/api/webhooks/{webhook['id']}"
    happen()
    days.deliver()
    client.patch(address, json={"enabled": True})
    later = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
    assert client.post(f"{address}/recover", json={"since": later}).get_json()["deliveries"] == 0


@pytest.mark.parametrize("since", [None, "", "yesterday", 5, "2026-13-01T00:00:00Z", [], "\ud800"])
def test_a_moment_that_is_none_is_refused(client: FlaskClient, since: object) -> None:
    webhook = subscribe(client, URL)
    answer = client.post(f"/api/webhooks/{webhook['id']}/recover", json={"since": since})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "since",
    [
        "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-01-01T00:00:00",
        "2026-01-01", "1220-11-02T22:13:34.872490-22:12",
    ],
)  # fmt: skip
def test_any_moment_at_all_is_understood(client: FlaskClient, since: str) -> None:
    webhook = subscribe(client, URL)
    answer = client.post(f"/api/webhooks/{webhook['id']}/recover", json={"since": since})
    assert answer.status_code == 202


def test_latency_and_the_last_status_are_those_of_the_latest_attempts(
    client: FlaskClient, receiver: Receiver, days: Days
) -> None:
    webhook = subscribe(client, receiver.url)
    with db.engine.begin() as connection:
        connection.execute(
            sa.text(
                "WITH e AS (INSERT INTO events (type, body, only_each_row) "
                "VALUES ('webhook.test', '{}', false) RETURNING id), d AS ("
                "INSERT INTO deliveries (event_id, webhook_id, status) "
                "SELECT id, :id, 'delivered' FROM e RETURNING id) INSERT INTO delivery_attempts "
                "SELECT d.id, n, :id, now() - make_interval(secs => 200 - n), "
                "CASE WHEN n < 200 THEN 200 ELSE 503 END, n, NULL, '', '{}' "
                "FROM d, generate_series(1, 200) AS n"
            ),
            {"id": webhook["id"]},
        )
    shown = see(client, webhook)
    assert (shown["last_status"], shown["last_latency_ms"]) == (503, 200)
    assert shown["latency_ms"] == {"p50": 150, "p95": 195}


def test_deliveries_are_listed_by_status(
    client: FlaskClient, receiver: Receiver, days: Days
) -> None:
    webhook = subscribe(client, receiver.url)
    happen()
    days.deliver()
    happen()
    address = f"/api/webhooks/{webhook['id']}/deliveries"
    assert client.get(address).get_json()["total"] == 2
    for status, count in (("pending", 1), ("delivered", 1), ("failed", 0)):
        assert client.get(f"{address}?status={status}").get_json()["total"] == count
    assert client.get(f"{address}?status=lost").status_code == 422


def age(days: int) -> None:
    with db.engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE events SET created_at = created_at - make_interval(days => :days)"),
            {"days": days},
        )


def test_events_are_kept_for_30_days_and_those_not_sent_yet_for_longer(
    client: FlaskClient, receiver: Receiver, days: Days
) -> None:
    subscribe(client, receiver.url, events=["product.created"])
    happen()
    days.deliver()
    happen()
    happen(EventType.PRODUCT_DELETED)
    age(29)
    do_now(*CHORES)
    assert client.get("/api/events").get_json()["total"] == 3
    age(2)
    do_now(*CHORES)
    assert client.get("/api/events").get_json()["total"] == 1
    days.deliver()
    do_now(*CHORES)
    assert client.get("/api/events").get_json()["total"] == 0
    with db.engine.connect() as connection:
        left: Any = connection.execute(sa.text("SELECT count(*) FROM delivery_attempts"))
        assert left.scalar() == 0


def test_the_sweep_cancels_what_was_left_behind(client: FlaskClient) -> None:
    webhook = subscribe(client, URL)
    happen()
    with db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE webhooks SET enabled = false"))
    do_now(*CHORES)
    assert list_deliveries(client, webhook)[0]["status"] == "cancelled"


def test_what_receivers_have_answered_counts_among_the_bytes_of_a_page(
    client: FlaskClient, receiver: Receiver, days: Days, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_bytes, "PAGE_BYTES", 2000)
    receiver.reply = lambda _: Reply(500, b"x" * 600)
    webhook = subscribe(client, receiver.url)
    for _ in range(5):
        happen()
    days.deliver()
    days.pass_by(minutes=1)
    pages: list[list[str]] = []
    cursor: Any = ""
    while cursor is not None:
        path = f"/api/webhooks/{webhook['id']}/deliveries?limit=500{cursor and '&cursor='}{cursor}"
        page = client.get(path).get_json()
        pages.append([delivery["id"] for delivery in page["items"]])
        assert [len(delivery["attempts"]) for delivery in page["items"]] == [2] * len(pages[-1])
        cursor = page["next_cursor"]
    # Two attempts of 600 bytes each, and the message.
    assert [len(page) for page in pages] == [2, 2, 1]
    assert len({delivery for page in pages for delivery in page}) == 5
