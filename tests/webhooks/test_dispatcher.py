"""Deliveries: sent once, tried again by the schedule, given up, kept apart from each other."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import partial

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app.extensions import db
from app.webhooks.delivery import Answer, Message, Request
from app.webhooks.dispatcher import Dispatcher, start_in_thread
from app.webhooks.events import EventType, record_event
from app.webhooks.feeding import Feed
from app.webhooks.jobs import current_setup
from app.webhooks.models import deliveries
from app.webhooks.outbox import LEASE, Claim, Result, claim_due, read_clock, record_results
from app.webhooks.pace import Load
from tests.conftest import wait_until
from tests.waiting import PATIENCE
from tests.webhooks.conftest import (
    LOOPBACK,
    Days,
    happen,
    list_deliveries,
    see,
    subscribe,
)
from tests.webhooks.receiver import Received, Receiver, Reply

RETRIES = [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]


@contextmanager
def dispatching(*feeds: Feed) -> Iterator[Dispatcher]:
    """A dispatcher at work beside the test, under the real clock."""
    with Dispatcher(db.engine, LOOPBACK, current_setup().vault, feeds) as dispatcher:
        thread = start_in_thread(dispatcher)
        try:
            yield dispatcher
        finally:
            dispatcher.stop()
            thread.join(PATIENCE)
        assert not thread.is_alive()


def failing(status: int = 500, **headers: str) -> Reply:
    return Reply(status, b"no", headers)


def test_an_event_is_sent_once_and_its_signature_holds(
    client: FlaskClient, receiver: Receiver, days: Days
) -> None:
    webhook = subscribe(client, receiver.url)
    assert happen(data={"id": 7, "sku": "É1"}) == 1
    days.deliver()
    days.pass_by(days=1)
    [received] = receiver.received
    received.verify(webhook["secret"])
    assert received.message["type"] == "product.created"
    assert received.message["data"] == {"id": 7, "sku": "É1"}
    assert received.headers["x-webhook-event"] == "product.created"
    [delivery] = list_deliveries(client, webhook)
    assert delivery["status"] == "delivered"
    assert delivery["next_attempt_at"] is None
    assert delivery["event_id"] == received.event_id
    assert delivery["payload"] == received.message
    [attempt] = delivery["attempts"]
    assert (attempt["status_code"], attempt["error"]) == (200, None)
    assert attempt["response_excerpt"] == "thanks"
    assert attempt["request_headers"]["webhook-id"] == received.event_id


def test_a_failure_is_tried_again_by_the_schedule_and_given_up_in_the_end(
    client: FlaskClient, receiver: Receiver, days: Days
) -> None:
    receiver.reply = lambda _: failing()
    webhook = subscribe(client, receiver.url)
    happen()
    days.deliver()
    for count, seconds in enumerate(RETRIES, start=1):
        assert len(receiver.received) == count
        days.pass_by(seconds=seconds - 1)
        assert len(receiver.received) == count
        days.pass_by(seconds=2)
    days.pass_by(days=2)
    assert len(receiver.received) == len(RETRIES) + 1
    [delivery] = list_deliveries(client, webhook)
    assert (delivery["status"], delivery["next_attempt_at"]) == ("failed", None)
    assert [a["status_code"] for a in delivery["attempts"]] == [500] * 10


def test_a_retry_has_the_same_id_and_body_a_new_time_and_a_valid_signature(
    client: FlaskClient, receiver: Receiver, days: Days
) -> None:
    receiver.reply = lambda _: failing()
    webhook = subscribe(client, receiver.url)
    happen()
    days.deliver()
    days.pass_by(seconds=6)
    first, second = receiver.received
    assert (first.event_id, first.body) == (second.event_id, second.body)
    assert int(second.headers["webhook-timestamp"]) >= int(first.headers["webhook-timestamp"]) + 5
    first.verify(webhook["secret"])
    second.verify(webhook["secret"])


def test_retry_after_is_honoured(client: FlaskClient, receiver: Receiver, days: Days) -> None:
    receiver.reply = lambda _: failing(429, **{"Retry-After": "3600"})
    subscribe(client, receiver.url)
    happen()
    days.deliver()
    days.pass_by(seconds=3590)
    assert len(receiver.received) == 1
    days.pass_by(seconds=20)
    assert len(receiver.received) == 2


def test_an_endpoint_that_is_gone_is_disabled_at_once(
    client: FlaskClient, receiver: Receiver, days: Days
) -> None:
    webhook = subscribe(client, receiver.url)
    happen()
    days.deliver()
    receiver.reply = lambda _: failing(503)
    happen()
    days.deliver()
    receiver.reply = lambda _: failing(410)
    happen()
    days.deliver()
    shown = see(client, webhook)
    assert shown["enabled"] is False
    assert shown["disabled_reason"] == "The endpoint answered 410 Gone."
    assert shown["last_status"] == 410
    statuses = [delivery["status"] for delivery in list_deliveries(client, webhook)]
    assert statuses == ["failed", "cancelled", "delivered"]
    assert happen() == 0


def test_five_days_of_nothing_but_failures_disable_visibly_and_enabling_forgets_them(
    client: FlaskClient, receiver: Receiver, days: Days
) -> None:
    receiver.reply = lambda _: failing()
    webhook = subscribe(client, receiver.url)
    happen()
    days.deliver()
    assert see(client, webhook)["failing_since"] is not None
    for _ in range(4):
        days.pass_by(days=1)
        happen()
    assert see(client, webhook)["enabled"] is True
    days.pass_by(days=1, minutes=1)
    shown = see(client, webhook)
    assert shown["enabled"] is False
    assert "five days" in shown["disabled_reason"]
    assert {d["status"] for d in list_deliveries(client, webhook)} <= {"failed", "cancelled"}
    receiver.reply = lambda _: Reply()
    answer = client.patch(f"/api/webhooks/{webhook['id']}", json={"enabled": True})
    shown = answer.get_json()
    assert (shown["enabled"], shown["disabled_reason"], shown["failing_since"]) == (
        True,
        None,
        None,
    )
    happen()
    days.deliver()
    assert list_deliveries(client, webhook)[0]["status"] == "delivered"


def test_one_success_in_between_begins_the_five_days_anew(
    client: FlaskClient, receiver: Receiver, days: Days
) -> None:
    webhook = subscribe(client, receiver.url)
    for number in range(8):
        reply = Reply() if number == 4 else failing()
        receiver.reply = partial(_always, reply)
        happen()
        days.pass_by(days=1)
    assert see(client, webhook)["enabled"] is True


def test_what_a_killed_worker_had_claimed_is_sent_when_its_lease_is_over(
    client: FlaskClient, receiver: Receiver, days: Days
) -> None:
    subscribe(client, receiver.url)
    happen()
    with db.engine.begin() as connection:
        now = read_clock(connection)
        assert len(claim_due(connection, now, [], shared=8, capacity=8)) == 1
    days.deliver()
    assert receiver.received == []
    days.pass_by(seconds=LEASE.total_seconds() + 1)
    assert len(receiver.received) == 1


def test_two_workers_never_claim_the_same_delivery(client: FlaskClient, receiver: Receiver) -> None:
    load = Load(subscribe(client, receiver.url)["id"], latency_ms=1)
    for _ in range(30):
        happen()
    with db.engine.connect() as one, db.engine.connect() as other:
        now = read_clock(one)
        claimed = [
            [claim.delivery_id for claim in claim_due(c, now, [load], shared=64, capacity=64)]
            for c in (one, other)
        ]
    assert [len(ids) for ids in claimed] == [24, 6]
    assert len({*claimed[0], *claimed[1]}) == 30


def test_a_late_result_does_not_undo_what_somebody_else_found(
    client: FlaskClient, receiver: Receiver, days: Days
) -> None:
    webhook = subscribe(client, receiver.url)
    happen()
    with db.engine.begin() as connection:
        [stale] = claim_due(connection, read_clock(connection), [], shared=1, capacity=1)
    days.pass_by(seconds=LEASE.total_seconds() + 1)
    with db.engine.begin() as connection:
        record_results(connection, days.now, [_result(stale, 500)])
    [delivery] = list_deliveries(client, webhook)
    assert delivery["status"] == "delivered"
    assert [attempt["status_code"] for attempt in delivery["attempts"]] == [500, 200]


@pytest.mark.parametrize(("status", "becomes"), [(204, "delivered"), (500, "pending")])
def test_writing_the_same_results_down_twice_changes_nothing(
    client: FlaskClient, receiver: Receiver, days: Days, status: int, becomes: str
) -> None:
    webhook = subscribe(client, receiver.url)
    happen()
    with db.engine.begin() as connection:
        [claim] = claim_due(connection, read_clock(connection), [], shared=1, capacity=1)
    stored = []
    for _ in range(2):
        with db.engine.begin() as connection:
            record_results(connection, days.now, [_result(claim, status)])
            stored.append(connection.execute(sa.select(deliveries)).one())
    [delivery] = list_deliveries(client, webhook)
    assert (delivery["status"], len(delivery["attempts"])) == (becomes, 1)
    assert stored[0] == stored[1]


def _always(reply: Reply, _: Received) -> Reply:
    return reply


def _result(claim: Claim, status: int) -> Result:
    request = Request(claim.message.url, {}, b"{}")
    return Result(claim, request, Answer(latency_ms=1, status_code=status), 0.5)


def test_a_slow_endpoint_does_not_hold_up_the_others(client: FlaskClient) -> None:
    with ExitStack() as stack:
        slow = stack.enter_context(Receiver(lambda _: Reply(seconds=PATIENCE)))
        fast = [stack.enter_context(Receiver()) for _ in range(5)]
        for endpoint in (slow, *fast):
            subscribe(client, endpoint.url)
        with dispatching() as dispatcher:
            for number in range(20):
                happen(data={"id": number})
                dispatcher.poke()
            # All of it while the slow one has not answered once.
            wait_until(lambda: all(len(e.received) == 20 for e in fast))
            assert 1 <= len(slow.received) <= 8
            slow.let_go()


def test_many_slow_endpoints_leave_room_for_a_fast_one(client: FlaskClient) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(Receiver(lambda _: Reply(seconds=PATIENCE))) for _ in range(12)]
        for endpoint in slow:
            subscribe(client, endpoint.url)
        with dispatching() as dispatcher:
            for _ in range(10):
                happen()
            dispatcher.poke()
            wait_until(lambda: sum(len(e.received) for e in slow) == 32)
            assert all(endpoint.received for endpoint in slow)
            fast = stack.enter_context(Receiver())
            subscribe(client, fast.url)
            happen()
            dispatcher.poke()
            wait_until(lambda: fast.received)
            for endpoint in slow:
                endpoint.let_go()


def test_a_retry_that_becomes_due_needs_no_word_from_anybody(
    client: FlaskClient, receiver: Receiver
) -> None:
    subscribe(client, receiver.url)
    with dispatching():
        happen()
        wait_until(lambda: receiver.received)


def test_a_feeds_events_are_sent_at_once_and_its_failure_harms_nobody(
    client: FlaskClient, receiver: Receiver
) -> None:
    subscribe(client, receiver.url)
    left = [3]

    def feed(engine: sa.Engine) -> bool:
        if not left[0]:
            return False
        left[0] -= 1
        with engine.begin() as connection:
            record_event(connection, EventType.PRODUCTS_CHANGED, {"items": []})
        return True

    def broken(_: sa.Engine) -> bool:
        raise RuntimeError("as it may happen")

    with dispatching(broken, feed):
        wait_until(lambda: len(receiver.received) == 3)


def test_what_fails_to_count_an_attempt_keeps_nobody_from_being_told(
    client: FlaskClient, receiver: Receiver
) -> None:
    webhook = subscribe(client, receiver.url)

    def fail(_: Result) -> None:
        raise RuntimeError("as it may happen")

    vault = current_setup().vault
    with Dispatcher(db.engine, LOOPBACK, vault, observe=fail) as dispatcher:
        for _ in range(2):
            happen()
            dispatcher.run_until_idle()
    assert {d["status"] for d in list_deliveries(client, webhook)} == {"delivered"}


def test_a_stopped_dispatcher_writes_down_what_was_under_way(client: FlaskClient) -> None:
    with Receiver(lambda _: Reply(seconds=1)) as receiver:
        webhook = subscribe(client, receiver.url)
        happen()
        with dispatching():
            wait_until(lambda: receiver.received)
        [delivery] = list_deliveries(client, webhook)
    assert delivery["status"] == "delivered"


def test_a_database_that_went_away_loses_nothing(client: FlaskClient, receiver: Receiver) -> None:
    webhook = subscribe(client, receiver.url)
    away = threading.Event()

    def clock(connection: sa.Connection) -> datetime:
        if away.is_set():
            connection.execute(sa.text("SELECT pg_terminate_backend(pg_backend_pid())"))
        return read_clock(connection)

    receiver.reply = lambda _: Reply(seconds=0.3)
    with Dispatcher(db.engine, LOOPBACK, current_setup().vault, clock=clock) as dispatcher:
        thread = start_in_thread(dispatcher)
        happen()
        dispatcher.poke()
        wait_until(lambda: receiver.received)
        away.set()
        time.sleep(0.6)
        away.clear()
        wait_until(lambda: list_deliveries(client, webhook)[0]["attempts"])
        dispatcher.stop()
        thread.join(PATIENCE)
    assert len(receiver.received) == 1


def test_a_message_that_cannot_be_made_is_a_failed_attempt(
    client: FlaskClient, receiver: Receiver, days: Days, monkeypatch: pytest.MonkeyPatch
) -> None:
    webhook = subscribe(client, receiver.url)
    happen()
    with monkeypatch.context() as broken:
        broken.setattr(Message, "make_request", lambda *_: 1 / 0)
        days.deliver()
    [delivery] = list_deliveries(client, webhook)
    assert delivery["status"] == "pending"
    assert "The server failed" in delivery["attempts"][0]["error"]


def test_an_endpoint_gets_no_more_than_its_share_at_once(client: FlaskClient) -> None:
    with Receiver(lambda _: Reply(seconds=PATIENCE)) as slow:
        subscribe(client, slow.url)
        for _ in range(30):
            happen()
        with dispatching() as dispatcher:
            wait_until(lambda: len(slow.received) == 8)
            for _ in range(10):
                dispatcher.poke()
            time.sleep(0.3)
            assert len(slow.received) == 8
            dispatcher.stop()
            slow.let_go()


def test_claiming_from_many_thousand_due_deliveries_stays_quick(
    client: FlaskClient, receiver: Receiver, connection: sa.Connection
) -> None:
    webhook = subscribe(client, receiver.url)
    happen()
    connection.execute(
        sa.text(
            "INSERT INTO deliveries (event_id, webhook_id, next_attempt_at) "
            "SELECT e.id, :webhook, clock_timestamp() FROM events e, generate_series(1, 50000)"
        ),
        {"webhook": webhook["id"]},
    )
    began = time.monotonic()
    for _ in range(20):
        now = read_clock(connection)
        assert len(claim_due(connection, now, [], shared=64, capacity=64)) == 8
    assert time.monotonic() - began < 60
    pending = sa.select(sa.func.count()).where(deliveries.c.leased_until.is_not(None))
    assert connection.scalar(pending) == 160


def test_random_answers_end_with_every_event_delivered(
    client: FlaskClient, receiver: Receiver, days: Days
) -> None:
    chance = random.Random(7)
    receiver.reply = lambda _: Reply() if chance.random() < 0.5 else failing()
    webhook = subscribe(client, receiver.url)
    for _ in range(60):
        happen()
    for seconds in RETRIES:
        days.pass_by(seconds=seconds * 1.3)
    known = {delivery["event_id"] for delivery in list_deliveries(client, webhook)}
    received = [request.event_id for request in receiver.received]
    assert set(received) >= known
    assert all(received.count(event) <= 10 for event in known)
