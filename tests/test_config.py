"""What the environment may say, and what it may not."""

from __future__ import annotations

import runpy
from collections.abc import Callable

import pytest

import worker
from app.config import Config, ConfigError
from tests.conftest import PROJECT


def test_every_variable_has_a_default() -> None:
    assert Config.from_env({}) == Config()


def test_an_empty_variable_counts_as_not_set() -> None:
    assert Config.from_env({"PORT": " ", "DATABASE_URL": ""}) == Config()


@pytest.mark.parametrize("url", ["postgres://u:p@h/d", "postgresql://u:p@h/d"])
def test_a_database_url_names_its_driver(url: str) -> None:
    config = Config.from_env({"DATABASE_URL": url})
    assert config.database_url == "postgresql+psycopg2://u:p@h/d"


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("PORT", "eighty"), ("PORT", "70000"), ("PORT", "-1"), ("WORKERS", "0"), ("WORKERS", "٣"),
        ("MAX_UPLOAD_BYTES", "512MB"), ("DATABASE_URL", "mysql://x"), ("REDIS_URL", "http://x"),
        ("WEBHOOK_ALLOW_CIDRS", "127.0.0.1/99"),
    ],
)  # fmt: skip
def test_a_value_that_is_not_understood_is_refused_by_name(variable: str, text: str) -> None:
    with pytest.raises(ConfigError, match=variable):
        Config.from_env({variable: text})


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "localhost", "::1"])
def test_loopback_needs_no_password(host: str) -> None:
    Config(host=host).require_safe_exposure()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.com"])
def test_any_other_address_needs_a_password(host: str) -> None:
    with pytest.raises(ConfigError, match="ADMIN_PASSWORD"):
        Config(host=host).require_safe_exposure()


def test_a_process_without_a_database_says_what_is_missing() -> None:
    with pytest.raises(ConfigError, match="DATABASE_URL"):
        Config(redis_url="redis://x").services()


def test_former_keys_come_after_the_one_of_today() -> None:
    config = Config.from_env({"SECRET_KEY": "new", "SECRET_KEY_FALLBACKS": "old, older,"})
    assert config.secret_keys == ("new", "old", "older")


def test_a_former_key_is_no_key_of_today() -> None:
    with pytest.raises(ConfigError, match="SECRET_KEY is not set"):
        Config(secret_key_fallbacks=("old",)).require_secret_key()


@pytest.mark.parametrize(
    "start",
    [lambda: worker.main("webhooks"), lambda: runpy.run_path(str(PROJECT / "wsgi.py"))],
    ids=["worker", "web"],
)
def test_neither_web_nor_worker_starts_without_a_secret_key(
    start: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SECRET_KEY", "FLASK_RUN_FROM_CLI"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ConfigError, match="SECRET_KEY is not set"):
        start()
