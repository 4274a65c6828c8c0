"""Known secrets are sent through everything, and looked for wherever they must not be."""

from __future__ import annotations

import logging
import zlib
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import Any

import pytest
import redis
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.config import SECRET, Config, ConfigError
from app.extensions import db
from app.webhooks.dispatcher import Dispatcher
from app.webhooks.jobs import current_setup
from app.webhooks.models import webhooks
from app.webhooks.outbox import claim_due, read_clock
from app.webhooks.vault import Vault
from tests.webhooks.conftest import LOOPBACK, happen
from tests.webhooks.receiver import Receiver, Reply

PASSWORD = "hunter2-the-right-password"
GUESS = "hunter3-nearly-the-right-password"
SECRET_KEY = "secret-key-of-today-0123456789"
OLD_KEY = "secret-key-of-yesterday-0123456789"
TOKEN = "tok-3n-in-a-receivers-url"
NOWHERE = "postgresql+psycopg2://somebody:database-passw0rd@127.0.0.1:1/shop"


class Leaks:
    """What was known and shown, to be compared."""

    def __init__(self) -> None:
        self.secrets = {PASSWORD, GUESS, SECRET_KEY, OLD_KEY, "database-passw0rd"}
        self.problems: list[str] = []

    def keep(self, secret: str) -> str:
        """Remember a secret that has been made; a webhook's without its prefix as well."""
        self.secrets |= {secret, secret.removeprefix("whsec_")}
        return secret

    def find_in(self, text: str) -> set[str]:
        """The secrets that `text` holds."""
        return {secret for secret in self.secrets if secret in text}


@pytest.fixture
def leaks() -> Leaks:
    """Nothing shown yet."""
    return Leaks()


@pytest.fixture
def closed_app(app: Flask, config: Config) -> Iterator[Flask]:
    """An application with a login, that delivers to this machine."""
    closed_config = replace(
        config,
        admin_password=PASSWORD,
        secret_key=SECRET_KEY,
        secret_key_fallbacks=(OLD_KEY,),
    )
    closed = create_app(closed_config)
    closed.extensions["webhooks"].guard = LOOPBACK
    with closed.app_context():
        yield closed
        db.engine.dispose()


@pytest.fixture
def client(closed_app: Flask, leaks: Leaks) -> FlaskClient:
    """A client whose refusals are kept."""

    def keep_problem(response: Any) -> Any:
        if response.status_code >= 400:
            leaks.problems.append(response.get_data(as_text=True))
        return response

    closed_app.after_request_funcs.setdefault(None, []).append(keep_problem)
    return closed_app.test_client()


def log_in(client: FlaskClient, leaks: Leaks) -> None:
    """Wrong, broken and right."""
    assert client.post("/api/session", json={"password": GUESS}).status_code == 401
    broken = f'{{"password": "{PASSWORD}'
    assert client.post("/api/session", data=broken, content_type="application/json").status_code
    extra = {"password": PASSWORD, "other": GUESS}
    assert client.post("/api/session", json=extra).status_code == 422
    assert client.post("/api/session", json={"password": [PASSWORD]}).status_code == 422
    assert client.post("/api/session", json={"password": PASSWORD}).status_code == 204
    cookies = client._cookies or {}
    for cookie in cookies.values():
        leaks.keep(cookie.value)


def use_key(client: FlaskClient, leaks: Leaks) -> None:
    """A key that is right, then broken, then revoked."""
    made = client.post("/api/api-keys", json={"name": "robot", "scope": "read"}).get_json()
    key = leaks.keep(made["key"])
    for text in (key, key[:-1] + "0", f"{key} {key}"):
        client.get("/api/products", headers={"Authorization": f"Bearer {text}"})
    client.get(f"/api/products?key={key}")
    client.delete(f"/api/api-keys/{made['id']}")
    assert (
        client.get("/api/products", headers={"Authorization": f"Bearer {key}"}).status_code == 401
    )


def use_webhooks(client: FlaskClient, leaks: Leaks, url: str) -> None:
    """Made, rotated, and sent to, in vain."""
    made = client.post("/api/webhooks", json={"url": f"{url}?token={TOKEN}"}).get_json()
    leaks.keep(made["secret"])
    address = f"/api/webhooks/{made['id']}"
    leaks.keep(client.post(f"{address}/rotate-secret").get_json()["secret"])
    client.patch(address, json={"secret": made["secret"]})
    client.post(f"{address}/test")
    happen()
    deliver()
    with db.engine.begin() as connection:
        foreign = Vault([GUESS]).seal(made["secret"], made["id"])
        connection.execute(sa.update(webhooks).values(secret=foreign))
    happen()
    deliver()


def deliver() -> None:
    """Send what is due."""
    with Dispatcher(db.engine, LOOPBACK, current_setup().vault) as dispatcher:
        dispatcher.run_until_idle()


def dump_redis(client: redis.Redis) -> str:
    """All that Redis holds, as text; what RQ has compressed is unpacked."""
    found: list[bytes] = []
    readers: dict[Any, Callable[[Any], Any]] = {
        b"string": lambda key: [client.get(key)],
        b"hash": lambda key: [part for pair in client.hgetall(key).items() for part in pair],
        b"list": lambda key: client.lrange(key, 0, -1),
        b"set": client.smembers,
        b"zset": lambda key: client.zrange(key, 0, -1),
        b"stream": lambda key: [repr(client.xrange(key)).encode()],
    }
    for key in client.scan_iter():
        found += [key, *(part for part in readers[client.type(key)](key) if part)]
    return "\n".join(unpack(part).decode("utf-8", "replace") for part in found)


def unpack(part: bytes) -> bytes:
    """The bytes, unpacked if they were packed."""
    try:
        return zlib.decompress(part)
    except zlib.error:
        return part


def dump_database() -> str:
    """Every row of every table, as text."""
    with db.engine.connect() as connection:
        return "\n".join(
            str(row[0])
            for name in db.metadata.tables
            for row in connection.execute(sa.text(f"SELECT t::text FROM {name} AS t"))
        )


def describe_record(record: logging.LogRecord) -> str:
    """All that a formatter could make of it."""
    trace = logging.Formatter().formatException(record.exc_info) if record.exc_info else ""
    return f"{vars(record)!r}\n{record.getMessage()}\n{trace}"


def test_no_secret_is_in_logs_problems_the_queue_or_the_database(
    client: FlaskClient, leaks: Leaks, caplog: pytest.LogCaptureFixture, closed_app: Flask
) -> None:
    caplog.set_level(logging.DEBUG)
    with Receiver(lambda _: Reply(500, b"no")) as receiver:
        log_in(client, leaks)
        use_key(client, leaks)
        use_webhooks(client, leaks, receiver.url)
        use_webhooks(client, leaks, "http://127.0.0.1:1999/")
    logs = "\n".join(map(describe_record, caplog.records))
    assert (len(leaks.secrets), len(leaks.problems)) >= (12, 6)
    assert "a webhook's secret cannot be opened" in logs
    assert leaks.find_in(logs) == set()
    assert leaks.find_in("\n".join(leaks.problems)) == set()
    assert leaks.find_in(dump_redis(closed_app.extensions["redis"])) == set()
    assert leaks.find_in(dump_database()) == set()


def test_the_audit_log_tells_no_token_of_a_receivers_url(
    client: FlaskClient, leaks: Leaks, closed_app: Flask
) -> None:
    log_in(client, leaks)
    use_webhooks(client, leaks, "http://127.0.0.1:1999/")
    entries = client.get("/api/audit").get_data(as_text=True)
    assert "webhook_secret_rotated" in entries
    assert TOKEN not in entries
    assert leaks.find_in(entries) == set()


def test_a_database_that_is_away_does_not_make_its_password_known(
    config: Config, leaks: Leaks, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(replace(config, database_url=NOWHERE))
    answer = app.test_client().get("/api/products")
    assert answer.status_code == 503
    assert "database unavailable" in caplog.text
    logs = "\n".join(map(describe_record, caplog.records))
    assert leaks.find_in(logs + answer.get_data(as_text=True)) == set()


def test_a_failed_statement_does_not_tell_its_parameters(app: Flask) -> None:
    statement = sa.text("SELECT CAST(:secret AS text), 1 / 0")
    with pytest.raises(sa.exc.DBAPIError) as failure, db.engine.connect() as connection:
        connection.execute(statement, {"secret": PASSWORD})
    assert "division by zero" in str(failure.value)
    assert PASSWORD not in str(failure.value)


def test_what_python_shows_of_the_settings_has_no_secret(leaks: Leaks) -> None:
    assert {field.name.upper() for field in fields(Config) if not field.repr} == SECRET
    config = Config(
        database_url=NOWHERE, redis_url=f"redis://:{GUESS}@h/0", admin_password=PASSWORD,
        secret_key=SECRET_KEY, secret_key_fallbacks=(OLD_KEY,),
    )  # fmt: skip
    assert leaks.find_in(f"{config!r} {config}") == set()


@pytest.mark.parametrize(
    "environ",
    [
        {"DATABASE_URL": f"mysql://u:{PASSWORD}@h/d"},
        {"DATABASE_URL": f"postgresql://u:p@h:{PASSWORD}/d"},
        {"REDIS_URL": f"redis://:{PASSWORD}/x@h/0"},
        {"REDIS_URL": f"http://:{PASSWORD}@h/0"},
        {"ADMIN_PASSWORD": f"$argon2id${PASSWORD}"},
    ],
)
def test_a_setting_that_is_refused_is_not_repeated(environ: dict[str, str]) -> None:
    with pytest.raises(ConfigError) as refusal:
        Config.from_env(environ)
    shown = repr(refusal.value) + repr(refusal.value.__cause__)
    assert PASSWORD not in shown
    assert next(iter(environ)) in str(refusal.value)


def test_what_python_shows_of_a_delivery_has_no_secret(client: FlaskClient, leaks: Leaks) -> None:
    log_in(client, leaks)
    made = client.post("/api/webhooks", json={"url": "http://127.0.0.1:1999/"}).get_json()
    leaks.keep(made["secret"])
    happen()
    with db.engine.begin() as connection:
        [claim] = claim_due(connection, read_clock(connection), [], shared=1, capacity=1)
    vault = current_setup().vault
    message = replace(claim.message, keys=vault.unseal_keys(claim.sealed, claim.webhook_id))
    assert message.keys == (made["secret"],)
    assert leaks.find_in(f"{claim!r} {message!r} {vault!r} {current_setup()!r}") == set()
    assert claim.sealed[0] not in repr(claim)
