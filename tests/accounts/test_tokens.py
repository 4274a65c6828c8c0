"""Keys: their form, their checksum, and that no two are alike."""

from __future__ import annotations

import string

import pytest

from app.accounts.tokens import CHECK_DIGITS, PREFIX, generate_key, hash_token, hint_of, is_key


def test_a_key_has_a_prefix_43_digits_and_a_checksum() -> None:
    key = generate_key()
    assert key.startswith(PREFIX)
    assert len(key) == len(PREFIX) + 43 + CHECK_DIGITS
    assert is_key(key)


def test_a_known_key_has_its_known_checksum() -> None:
    """Fixed for ever: keys that are out there have to stay valid."""
    assert is_key("pi_live_" + "0" * 42 + "1" + "27bB6S")
    assert not is_key("pi_live_" + "0" * 42 + "1" + "27bB60")


def test_no_two_keys_are_alike() -> None:
    assert len({generate_key() for _ in range(200)}) == 200


def test_whatever_single_character_is_changed_the_checksum_tells() -> None:
    key = generate_key()
    for place in range(len(key)):
        other = next(digit for digit in string.ascii_letters if digit != key[place])
        assert not is_key(key[:place] + other + key[place + 1 :])


@pytest.mark.parametrize(
    "text",
    ["", "x", PREFIX, "pi_test_", "é" * 57, "\x00", "pi_live_" + "0" * 49, "pi_live_" + "٣" * 49],
)
def test_what_has_not_the_form_is_no_key(text: str) -> None:
    assert not is_key(text)


def test_a_newline_behind_a_key_makes_it_none() -> None:
    assert not is_key(generate_key() + "\n")


def test_neither_the_hash_nor_the_hint_gives_the_key_away() -> None:
    key = generate_key()
    assert key.encode() not in hash_token(key)
    assert len(hint_of(key)) == 4
