"""An import as a stream of events: what is told, when it ends, and who gets a place."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient

from app.imports import events
from app.imports.events import HEARTBEAT_SECONDS, LOOK_SECONDS, MOST_STREAMS, Snapshot, write_events
from tests.conftest import LiveApp
from tests.imports.factories import upload
from tests.waiting import PATIENCE

ROWS = 60_000


@pytest.fixture
def client(app: Flask, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A client whose streams end at once, changes or not."""
    monkeypatch.setitem(app.config, "EVENT_STREAM_SECONDS", 0)
    return app.test_client()


def read_events(lines: Iterator[str]) -> list[dict[str, str]]:
    """The events of a stream, each by its fields; comments and `retry` are passed over."""
    found: list[dict[str, str]] = [{}]
    for line in lines:
        if not line:
            found.append({})
        elif not line.startswith(":"):
            name, _, value = line.partition(": ")
            found[-1][name] = value
    return [event for event in found if "data" in event]


def write(
    snapshots: list[Snapshot | None], seconds: float = 60, known: str | None = None
) -> list[str]:
    """The stream of what is seen one after the other, under a clock that stands between looks."""
    ticks = count()
    remaining = iter(snapshots)
    return list(
        write_events(
            lambda: next(remaining),
            known=known,
            seconds=seconds,
            clock=lambda: next(ticks) * LOOK_SECONDS,
            sleep=lambda _: None,
        )
    )


def test_each_change_is_told_once_and_the_end_ends_it() -> None:
    first, second, last = Snapshot("1", False), Snapshot("2", False), Snapshot("3", True)

    told = write([first, first, second, None, second, last])

    assert told[0] == "retry: 1000\n\n"
    assert [event.partition("data: ")[2] for event in told[1:]] == ["1\n\n", "2\n\n", "3\n\n"]


def test_who_comes_back_is_not_told_again_what_is_known() -> None:
    known, news = Snapshot("1", False), Snapshot("2", True)
    assert len(write([known, known, news], known=known.name)) == 2


def test_where_nothing_changes_there_is_a_sign_of_life_and_an_end() -> None:
    seconds = 3 * HEARTBEAT_SECONDS
    looks = int(seconds / LOOK_SECONDS) + 10
    told = write([Snapshot("1", False)] * looks, seconds)
    assert told.count(": still here\n\n") in (2, 3)
    assert told[-1] == ": still here\n\n"


def test_an_import_that_has_ended_is_one_event(
    client: FlaskClient, run_jobs: Callable[[], None]
) -> None:
    import_id = upload(client, "sku,name\nA,One\n").get_json()["id"]
    run_jobs()

    answer = client.get(f"/api/imports/{import_id}/events", buffered=True)

    assert answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
    [event] = read_events(iter(answer.text.splitlines()))
    assert json.loads(event["data"]) == client.get(f"/api/imports/{import_id}").get_json()
    assert json.loads(event["data"])["status"] == "completed"


def test_a_browser_that_has_the_last_event_is_told_not_to_come_again(
    client: FlaskClient, run_jobs: Callable[[], None]
) -> None:
    import_id = upload(client, "sku,name\nA,One\n").get_json()["id"]
    address = f"/api/imports/{import_id}/events"
    answer = client.get(address, buffered=True)
    [waiting] = read_events(iter(answer.text.splitlines()))
    run_jobs()

    answer = client.get(address, headers={"Last-Event-ID": waiting["id"]}, buffered=True)
    [last] = read_events(iter(answer.text.splitlines()))

    assert json.loads(last["data"])["status"] == "completed"
    assert client.get(address, headers={"Last-Event-ID": last["id"]}).status_code == 204


def test_an_unknown_import_is_a_problem(client: FlaskClient) -> None:
    answer = client.get(f"/api/imports/{uuid4()}/events")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


def test_beyond_so_many_streams_there_is_a_503_and_a_place_that_is_left_is_free_again(
    client: FlaskClient,
) -> None:
    import_id = upload(client, "sku,name\nA,One\n").get_json()["id"]
    address = f"/api/imports/{import_id}/events"
    open_streams = [client.get(address) for _ in range(MOST_STREAMS)]

    refused = client.get(address)
    assert refused.status_code == 503
    assert refused.content_type == "application/problem+json"
    assert refused.headers["Retry-After"] == "5"

    for stream in open_streams:
        stream.close()
    assert client.get(address, buffered=True).status_code == 200
    assert client.head(address, buffered=True).status_code == 200
    assert [events.places.acquire(blocking=False) for _ in range(MOST_STREAMS)] == (
        [True] * MOST_STREAMS
    )
    for _ in range(MOST_STREAMS):
        events.places.release()


def test_a_whole_import_is_followed_from_the_real_server_to_its_end(live_app: LiveApp) -> None:
    rows = "".join(f"{uuid4().hex},Lamp {n},{n}.90\n" for n in range(ROWS))
    answer = requests.post(
        f"{live_app.url}/api/imports",
        files={"file": ("lamps.csv", f"sku,name,price\n{rows}")},
        timeout=PATIENCE,
    )
    address = f"{live_app.url}{answer.headers['Location']}"

    with requests.get(f"{address}/events", stream=True, timeout=PATIENCE) as stream:
        told = read_events(line.decode() for line in stream.iter_lines())

    states: list[dict[str, Any]] = [json.loads(event["data"]) for event in told]
    percents = [state["progress"]["percent"] for state in states]
    assert len(states) > 2
    assert percents == sorted(percents)
    assert states[-1]["status"] == "completed"
    assert states[-1] == requests.get(address, timeout=PATIENCE).json()
    assert states[-1]["counts"]["created"] == ROWS
