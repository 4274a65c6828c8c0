"""Signatures by the Standard Webhooks specification, checked by somebody else's code."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from app.webhooks.signing import generate_secret, sign

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE = "msg_p5jXN8AQM9LWM0D4loKWxJek"


@pytest.fixture
def now() -> int:
    """The present second, which a receiver compares with its own."""
    return int(datetime.now(UTC).timestamp())


def headers(signature: str, timestamp: int) -> dict[str, str]:
    return {
        "webhook-id": MESSAGE,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature,
    }


def test_the_specifications_vector_is_met() -> None:
    signature = sign([SECRET], MESSAGE, 1614265330, b'{"test": 2432232314}')
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_secret_is_32_random_bytes_with_the_prefix() -> None:
    first, second = generate_secret(), generate_secret()
    assert first != second
    assert first.startswith("whsec_")
    assert len(base64.b64decode(first.removeprefix("whsec_"))) == 32


@pytest.mark.parametrize("body", [b"{}", '{"name":"Stühle 椅子"}'.encode()])
def test_a_receiver_accepts_what_is_signed(body: bytes, now: int) -> None:
    secret = generate_secret()
    Webhook(secret).verify(body, headers(sign([secret], MESSAGE, now, body), now))


def test_during_a_rotation_either_secret_verifies(now: int) -> None:
    new, old, stranger = generate_secret(), generate_secret(), generate_secret()
    signature = sign([new, old], MESSAGE, now, b"{}")
    assert signature.count("v1,") == 2
    for secret in (new, old):
        Webhook(secret).verify(b"{}", headers(signature, now))
    with pytest.raises(WebhookVerificationError):
        Webhook(stranger).verify(b"{}", headers(signature, now))


@pytest.mark.parametrize(("body", "seconds_off"), [(b'{"a": 1}', 0), (b"{}", -3600), (b"{}", 1)])
def test_another_body_or_time_does_not_verify(body: bytes, seconds_off: int, now: int) -> None:
    secret = generate_secret()
    signature = sign([secret], MESSAGE, now, b"{}")
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, headers(signature, now + seconds_off))
