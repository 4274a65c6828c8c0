"""Check that a webhook comes from your Product Importer. Python's standard library is enough."""

import base64
import hmac
import json
import time

TOLERANCE_SECONDS = 300


def verify(secret, headers, body):
    """The message, or ValueError. `body`: bytes as they came; `headers`: names in lower case."""
    message_id = headers["webhook-id"]
    timestamp = headers["webhook-timestamp"]
    if abs(time.time() - int(timestamp)) > TOLERANCE_SECONDS:
        raise ValueError("The message is too old, or a clock is wrong.")
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{timestamp}.".encode() + body
    wanted = b"v1," + base64.b64encode(hmac.digest(key, signed, "sha256"))
    # While a secret is being replaced there are two signatures, and one that fits is enough.
    given = headers["webhook-signature"].encode().split()
    if not any(hmac.compare_digest(wanted, signature) for signature in given):
        raise ValueError("The signature is wrong.")
    return json.loads(body)
