"""The log: what a line says, what it never says, and one form for everybody who writes."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient

from app.config import Config, LogFormat, LogLevel
from app.logs import JsonFormatter, TextFormatter, bound, configure_logging, logging_config
from tests.conftest import wait_until
from tests.ops.running import running
from tests.waiting import PATIENCE


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What a logger of the name `tests.lines` writes as JSON."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    yield stream
    log.removeHandler(handler)


log = logging.getLogger("tests.lines")


def read(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_carries_what_is_bound_and_what_is_handed_over(lines: io.StringIO) -> None:
    with bound(request_id="r1"), bound(job_id="j1"):
        log.info("import %s", "completed", extra={"import_id": "i1", "counts": {"rows": 3}})
    log.info("outside")

    [inside, outside] = read(lines)
    assert inside.pop("time").endswith("Z")
    assert inside == {
        "level": "info",
        "logger": "tests.lines",
        "message": "import completed",
        "request_id": "r1",
        "job_id": "j1",
        "import_id": "i1",
        "counts": {"rows": 3},
    }
    assert "request_id" not in outside


def test_a_line_feed_in_a_value_begins_no_line_of_its_own() -> None:
    record = logging.makeLogRecord({"msg": "GET /a\nERROR forged", "path": "\r\n\x1b[2J"})
    for formatter in (TextFormatter(), JsonFormatter()):
        line = formatter.format(record)
        assert len(line.splitlines()) == 1
        assert "\x1b" not in line


def test_passwords_keys_and_secrets_are_masked_wherever_they_get_in(lines: io.StringIO) -> None:
    try:
        raise ValueError("postgresql://postgres:hunter2@127.0.0.1/x refused")
    except ValueError:
        log.exception("failed", extra={"secret": "whsec_aGVsbG8=", "header": "Bearer pi_abc"})
        log.error("pi_live_4xkz")
    text = lines.getvalue()
    assert "postgres:***@127.0.0.1" in text
    assert [told for told in ("hunter2", "aGVsbG8", "pi_abc", "4xkz") if told in text] == []


def test_text_is_for_people_and_names_its_fields() -> None:
    record = logging.makeLogRecord(
        {"msg": "hello", "name": "app.x", "levelname": "INFO", "ms": 1.5, "counts": {"a": 1}}
    )
    line = TextFormatter().format(record)
    assert line.endswith('INFO app.x: hello ms=1.5 counts={"a": 1}')


@pytest.mark.parametrize(
    ("chosen", "on_terminal", "expected"),
    [
        (LogFormat.AUTO, True, TextFormatter),
        (LogFormat.AUTO, False, JsonFormatter),
        (LogFormat.JSON, True, JsonFormatter),
        (LogFormat.TEXT, False, TextFormatter),
    ],
)
def test_the_form_is_chosen_by_the_setting_and_the_terminal(
    chosen: LogFormat,
    on_terminal: bool,
    expected: type[logging.Formatter],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: on_terminal, raising=False)
    assert logging_config(Config(log_format=chosen))["formatters"]["line"]["()"] is expected


def test_sql_and_addresses_are_not_told_even_at_the_lowest_level() -> None:
    root = logging.getLogger()
    before = root.level, list(root.handlers)
    try:
        configure_logging(Config(log_level=LogLevel.DEBUG))
        assert root.isEnabledFor(logging.DEBUG)
        assert not logging.getLogger("sqlalchemy.engine").isEnabledFor(logging.INFO)
        assert not logging.getLogger("urllib3.connectionpool").isEnabledFor(logging.DEBUG)
    finally:
        root.setLevel(before[0])
        root.handlers[:] = before[1]


def test_a_request_is_one_line_without_its_query(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "app.ops.traffic"):
        client.get("/api/products?q=top-secret", headers={"X-Request-ID": "order-7"})
    [record] = [r for r in caplog.records if r.name == "app.ops.traffic"]
    assert record.getMessage() == "GET /api/products 200"
    assert (record.__dict__["actor"], record.__dict__["status"]) == ("local", 200)
    assert record.__dict__["ms"] > 0


def test_what_is_written_after_a_request_does_not_name_it(
    client: FlaskClient, lines: io.StringIO
) -> None:
    client.get("/healthz")
    client.get("/api/products/export.csv").close()
    log.info("outside")
    assert "request_id" not in read(lines)[0]


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "a\tb", "<script>", "é"])
def test_an_id_that_could_do_harm_is_replaced(client: FlaskClient, given: str) -> None:
    answer = client.get("/healthz", headers={"X-Request-ID": given})
    assert answer.headers["X-Request-ID"] != given
    assert len(answer.headers["X-Request-ID"]) == 16


def test_a_harmless_id_is_kept_also_where_the_request_is_refused(client: FlaskClient) -> None:
    answer = client.get("/api/nothing", headers={"X-Request-ID": "order-7.a_B"})
    assert (answer.status_code, answer.headers["X-Request-ID"]) == (404, "order-7.a_B")


def test_web_and_worker_write_json_and_one_id_leads_from_the_request_to_the_import(
    app: Flask, config: Config, tmp_path: Path
) -> None:
    with running(config, tmp_path, with_worker=True) as processes:
        answer = requests.post(
            f"{processes.url}/api/imports",
            files={"file": ("lamps.csv", "sku,name\nA,Lamp\nB,\n")},
            headers={"X-Request-ID": "order-7"},
            timeout=PATIENCE,
        )
        import_id = answer.json()["id"]
        address = f"{processes.url}/api/imports/{import_id}"

        def is_completed() -> bool:
            status: str = requests.get(address, timeout=PATIENCE).json()["status"]
            return status == "completed"

        wait_until(is_completed)
        requests.get(f"{processes.url}/api/products?q=top-secret", timeout=PATIENCE)
        requests.get(f"{processes.url}/readyz", timeout=PATIENCE)
    web, worker = processes.read_log("web"), processes.read_log("worker")

    [asked] = [line for line in web if line["message"] == "POST /api/imports 202"]
    assert asked["request_id"] == "order-7"
    assert any(line["logger"] == "gunicorn.error" for line in web)
    own = [line for line in worker if line.get("import_id") == import_id]
    assert [line["message"] for line in own] == ["import started", "import completed"]
    assert {line["request_id"] for line in own} == {"order-7"}
    assert {line["job_id"] for line in own} == {f"run_import-{import_id}-1"}
    assert own[-1]["counts"]["created"] == own[-1]["counts"]["rejected"] == 1
    assert any(line["logger"] == "rq.worker" for line in worker)
    [listed] = [line for line in web if "/api/products" in str(line)]
    assert listed["message"] == "GET /api/products 200"
    assert "top-secret" not in str(web)
    assert [line for line in web if "readyz" in str(line)] == []
    written = {line["message"] for line in (*web, *worker)}
    assert [text for text in written if "cleaning registries" in text or "Context" in text] == []
