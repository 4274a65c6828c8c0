"""What is written into the audit log by whoever uses the API, and how it is read."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from rq.job import JobStatus

from app.access import Access, access_of
from app.audit.entries import Action, record_entry
from app.caller import Caller
from app.extensions import db
from app.queues import QueueName, open_queue
from app.webhooks.egress import Guard
from app.webhooks.jobs import current_setup
from tests.audit.factories import actions, entries
from tests.conftest import PROJECT

CSV = b"sku,name\nA-1,Lamp\nA-2,\n"
SECRET_URL = "https://hooks.example.com/services/T0/very-secret?token=also"


@pytest.fixture
def client(app: Flask, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A client of an application that looks no names up."""
    guard = Guard(resolve=lambda host, seconds: ["93.184.215.14"])
    monkeypatch.setattr(current_setup(), "guard", guard)
    return app.test_client()


@pytest.fixture
def webhook(client: FlaskClient) -> Any:
    """A stored webhook."""
    return client.post("/api/webhooks", json={"url": SECRET_URL}).get_json()


def upload(client: FlaskClient, **fields: str) -> Any:
    """An import of a row that is good and one that is not."""
    data = {"file": (io.BytesIO(CSV), "goods.csv"), **fields}
    return client.post("/api/imports", data=data).get_json()


def test_a_webhook_is_called_by_its_origin_alone(client: FlaskClient, webhook: Any) -> None:
    entry = entries(client)[0]
    assert entry["action"] == "webhook_created"
    assert entry["subject"] == "https://hooks.example.com"
    assert entry["detail"] == {"webhook_id": webhook["id"]}
    assert (entry["actor"], entry["address"]) == ("local", "127.0.0.1")


def test_each_thing_done_to_a_webhook_is_written_down(client: FlaskClient, webhook: Any) -> None:
    address = f"/api/webhooks/{webhook['id']}"
    delivery = client.post(f"{address}/test").get_json()
    client.post(f"/api/deliveries/{delivery['id']}/redeliver")
    client.post(f"{address}/rotate-secret")
    client.post(f"{address}/recover", json={"since": "2026-01-01T00:00:00Z"})
    client.patch(address, json={"enabled": False})
    client.delete(address)
    assert actions(client) == [
        "webhook_deleted", "webhook_changed", "webhook_recovered", "webhook_secret_rotated",
        "webhook_redelivered", "webhook_tested", "webhook_created",
    ]  # fmt: skip


def test_the_page_has_a_sentence_for_every_action() -> None:
    wording = (PROJECT / "static/js/audit/wording.js").read_text()
    assert [action for action in Action if f"\n  {action}: {{" not in wording] == []


def test_a_changed_webhook_names_what_was_changed(client: FlaskClient, webhook: Any) -> None:
    change = {"enabled": False, "each_row": False}
    client.patch(f"/api/webhooks/{webhook['id']}", json=change)
    assert entries(client)[0]["detail"] == {
        "webhook_id": webhook["id"], "changed": ["enabled"], "enabled": False,
    }  # fmt: skip


def test_what_changes_nothing_or_fails_is_not_written_down(
    client: FlaskClient, webhook: Any
) -> None:
    client.patch(f"/api/webhooks/{webhook['id']}", json={"enabled": True})
    client.patch(f"/api/webhooks/{webhook['id']}", json={"url": "ftp://x"})
    client.delete("/api/webhooks/0192e4a0-0000-7000-8000-000000000000")
    assert actions(client) == ["webhook_created"]


def test_imports_and_downloads_are_written_down(
    client: FlaskClient, run_jobs: Callable[[], None]
) -> None:
    first = upload(client, preview="true")
    run_jobs()
    address = f"/api/imports/{first['id']}"
    client.post(f"{address}/start")
    run_jobs()
    client.get(f"{address}/file").close()
    client.get(f"{address}/rejects.csv").close()
    client.get("/api/products/export.csv?active=true").close()
    client.post(f"/api/imports/{upload(client)['id']}/cancel")
    found = entries(client)
    assert [entry["action"] for entry in found] == [
        "import_cancelled", "import_created", "export_made", "file_downloaded", "file_downloaded",
        "import_started", "import_created",
    ]  # fmt: skip
    assert {entry["subject"] for entry in found} == {"goods.csv", None}
    assert [entry["detail"].get("what") for entry in found[3:5]] == ["rejects", "file"]
    assert found[2]["detail"] == {"filter": {"active": "true"}}


def test_who_only_asks_about_a_download_is_not_written_down(
    client: FlaskClient, run_jobs: Callable[[], None]
) -> None:
    made = upload(client)
    run_jobs()
    for path in ("products/export.csv", f"imports/{made['id']}/file", "imports/%s/rejects.csv"):
        answer = client.head(f"/api/{path.replace('%s', made['id'])}")
        assert (answer.status_code, answer.mimetype, answer.data) == (200, "text/csv", b"")
    assert actions(client) == ["import_created"]


def test_bulk_operations_and_undos_are_written_down(
    client: FlaskClient, run_jobs: Callable[[], None]
) -> None:
    client.post("/api/products", json={"sku": "A-1", "name": "Lamp"})
    made = client.delete("/api/products?confirm=all").get_json()
    run_jobs()
    undo = client.post(f"/api/change-sets/{made['id']}/undo").get_json()
    newest, older = entries(client)
    assert (newest["action"], older["action"]) == ("undo_requested", "bulk_requested")
    assert newest["detail"] == {"change_set_id": undo["id"], "undo_of": made["id"]}
    assert older["detail"] == {"change_set_id": made["id"], "kind": "bulk_delete"}
    assert older["subject"] == "all products"


def test_jobs_requeued_in_the_dashboard_are_written_down(client: FlaskClient, app: Flask) -> None:
    queue = open_queue(QueueName.IMPORTS, app.extensions["redis"])
    job = queue.enqueue("operator.neg", 1)
    queue.remove(job)
    job.set_status(JobStatus.FAILED)
    queue.failed_job_registry.add(job, exc_string="x")
    headers = {"Sec-Fetch-Site": "same-origin"}
    client.post(f"/rq/job/{job.id}/requeue", headers=headers)
    client.post(f"/rq/job/{job.id}/delete", headers=headers)
    client.post("/rq/job/unknown/requeue", headers=headers)
    client.post("/rq/queue/no%00thing/failed/empty", headers=headers)
    found = entries(client)
    assert [(entry["action"], entry["subject"]) for entry in found] == [
        ("jobs_deleted", "no\ufffdthing"), ("jobs_deleted", job.id), ("jobs_requeued", job.id),
    ]  # fmt: skip


@pytest.fixture
def three(client: FlaskClient) -> FlaskClient:
    """Three entries, of two callers."""
    callers = ("admin", "key:robot", "admin")
    chosen = (Action.LOGIN, Action.EXPORT_MADE, Action.KEY_CREATED)
    for actor, action in zip(callers, chosen, strict=True):
        with db.engine.begin() as connection:
            record_entry(connection, action, Caller(actor, "192.0.2.1"))
    return client


def test_the_list_is_narrowed_by_action_and_by_actor(three: FlaskClient) -> None:
    assert actions(three, action="login") == ["login"]
    assert actions(three, actor="admin") == ["key_created", "login"]
    assert actions(three, actor="admin", action="export_made") == []


def test_the_list_is_narrowed_to_a_time_from_its_begin_to_before_its_end(
    three: FlaskClient,
) -> None:
    middle = entries(three)[1]["at"]
    assert actions(three, **{"from": middle}) == ["key_created", "export_made"]
    assert actions(three, to=middle) == ["login"]


def test_pages_follow_each_other_from_the_newest_on(three: FlaskClient) -> None:
    first = three.get("/api/audit?limit=2").get_json()
    second = three.get(f"/api/audit?limit=2&cursor={first['next_cursor']}").get_json()
    assert [entry["action"] for entry in first["items"]] == ["key_created", "export_made"]
    assert [entry["action"] for entry in second["items"]] == ["login"]
    assert (first["total"], second["next_cursor"]) == (3, None)


@pytest.mark.parametrize(
    "query",
    ["action=nonsense", "actor=%00", "from=yesterday", "from=2026-11-21", "who=me", "cursor=x"],
)
def test_what_the_list_does_not_know_is_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"/api/audit?{query}").status_code == 422


def test_the_log_is_for_administrators(app: Flask) -> None:
    assert access_of(app.view_functions["audit.list_entries"]) is Access.ADMIN
