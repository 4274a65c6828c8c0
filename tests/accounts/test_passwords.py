"""The password: compared or hashed, and how long that takes."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial

import pytest
from click.testing import CliRunner

from app.accounts.passwords import hash_password, is_marked, is_right_password, mark_of
from app.cli import print_password_hash
from app.config import Config, ConfigError

PASSWORD = "correct horse"
HASH = hash_password(PASSWORD)


@pytest.mark.parametrize("expected", [PASSWORD, HASH], ids=["plain", "argon2"])
def test_only_the_password_itself_is_right(expected: str) -> None:
    assert is_right_password(expected, PASSWORD)
    for wrong in ("", "correct hors", "correct horse ", "Correct horse", "\ud800", "\x00"):
        assert not is_right_password(expected, wrong)


def test_the_hash_itself_is_not_the_password() -> None:
    assert not is_right_password(HASH, HASH)


def test_the_same_password_is_hashed_with_another_salt_each_time() -> None:
    assert hash_password(PASSWORD) != HASH


def test_the_command_prints_a_hash_that_the_password_matches() -> None:
    done = CliRunner().invoke(print_password_hash, input=f"{PASSWORD}\n{PASSWORD}\n")
    printed = done.stdout.splitlines()[-1]
    config = Config.from_env({"ADMIN_PASSWORD": printed})
    assert config.admin_password is not None
    assert is_right_password(config.admin_password, PASSWORD)


@pytest.mark.parametrize("text", ["$argon2id$v=19$nonsense", "$argon2", "$argon2id$" + "x" * 80])
def test_a_hash_that_is_none_is_refused_and_not_shown(text: str) -> None:
    with pytest.raises(ConfigError, match="ADMIN_PASSWORD is refused") as refused:
        Config.from_env({"ADMIN_PASSWORD": text})
    assert text not in str(refused.value)


def test_a_hash_whose_dollars_a_shell_has_replaced_is_refused_and_it_is_said_why() -> None:
    with pytest.raises(ConfigError, match="single quotes"):
        Config.from_env({"ADMIN_PASSWORD": "=19=19456,t=2,p=1"})


def test_a_wrong_password_takes_as_long_as_the_right_one_when_it_is_hashed() -> None:
    right = median_seconds(lambda: is_right_password(HASH, PASSWORD))
    for wrong in ("", "x" * 1000):
        assert median_seconds(partial(is_right_password, HASH, wrong)) > right / 3


def median_seconds(run: Callable[[], object]) -> float:
    """How long it takes, usually."""
    times = []
    for _ in range(7):
        begun = time.process_time()
        run()
        times.append(time.process_time() - begun)
    return statistics.median(times)


def test_a_mark_holds_for_this_password_and_a_key_that_is_known() -> None:
    mark = mark_of(PASSWORD, "new")
    assert is_marked(mark, PASSWORD, ["newest", "new"])
    assert not is_marked(mark, PASSWORD, ["newest"])
    assert not is_marked(mark, "another", ["new"])
    assert PASSWORD not in mark
