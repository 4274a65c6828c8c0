"""Builds what the imports' tests need."""

from __future__ import annotations

import io

from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart


def upload(
    client: FlaskClient, text: str | bytes, filename: str = "products.csv", **fields: str
) -> TestResponse:
    """Upload `text` as a file, with the form's other fields."""
    content = text.encode() if isinstance(text, str) else text
    # Encoded here because the test client spools large forms to files it never closes.
    boundary, body = encode_multipart(
        {**fields, "file": FileStorage(io.BytesIO(content), filename)}
    )
    return client.post(
        "/api/imports", data=body, content_type=f"multipart/form-data; boundary={boundary}"
    )
