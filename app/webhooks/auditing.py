"""What the audit log is told of webhooks."""

from __future__ import annotations

from urllib.parse import urlsplit

import sqlalchemy as sa

from app.api import current_caller
from app.audit.entries import Action, record_entry


def record_webhook(
    connection: sa.Connection, action: Action, webhook_id: str, url: str, **detail: object
) -> None:
    """Write down what the caller does to a webhook, called by its URL's origin.

    The rest of the URL is left out: many receivers put a secret into path or query.
    """
    parts = urlsplit(url)
    record_entry(
        connection,
        action,
        current_caller(),
        subject=f"{parts.scheme}://{parts.netloc}",
        detail={"webhook_id": webhook_id, **detail},
    )
