"""The lines on the page that check a signature: what they accept and what they refuse."""

from __future__ import annotations

import time

import pytest

from app.webhooks.signing import generate_secret, sign
from tests.pages.webhooks import Verify, verify_in_node, verify_in_python

SECRET, OLD, STRANGER = generate_secret(), generate_secret(), generate_secret()
BODY = '{"type":"product.created","data":{"name":"Stühle 椅子"}}'.encode()
MESSAGE = {"type": "product.created", "data": {"name": "Stühle 椅子"}}
ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"


@pytest.fixture(params=[verify_in_python, verify_in_node])
def verify(request: pytest.FixtureRequest) -> Verify:
    """Each of the samples."""
    sample: Verify = request.param
    return sample


def build_headers(*keys: str, age: int = 0) -> dict[str, str]:
    at = int(time.time()) - age
    return {
        "webhook-id": ID,
        "webhook-timestamp": str(at),
        "webhook-signature": sign(keys, ID, at, BODY),
    }


def test_a_signed_message_is_accepted(verify: Verify) -> None:
    assert verify(SECRET, build_headers(SECRET), BODY) == MESSAGE


def test_during_a_rotation_either_secret_will_do(verify: Verify) -> None:
    headers = build_headers(SECRET, OLD)
    assert verify(SECRET, headers, BODY) == MESSAGE
    assert verify(OLD, headers, BODY) == MESSAGE


def test_another_secret_is_refused(verify: Verify) -> None:
    with pytest.raises(ValueError, match="The signature is wrong"):
        verify(STRANGER, build_headers(SECRET, OLD), BODY)


def test_another_body_is_refused(verify: Verify) -> None:
    with pytest.raises(ValueError, match="The signature is wrong"):
        verify(SECRET, build_headers(SECRET), BODY.replace(b"created", b"deleted"))


@pytest.mark.parametrize("age", [3600, -3600])
def test_a_message_of_another_time_is_refused(verify: Verify, age: int) -> None:
    with pytest.raises(ValueError, match="too old"):
        verify(SECRET, build_headers(SECRET, age=age), BODY)


@pytest.mark.parametrize("signature", ["", "v1,", "v2,abc", "v1,ä"])
def test_a_signature_that_is_none_is_refused(verify: Verify, signature: str) -> None:
    headers = {**build_headers(SECRET), "webhook-signature": signature}
    with pytest.raises(ValueError, match="The signature is wrong"):
        verify(SECRET, headers, BODY)
