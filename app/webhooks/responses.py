"""Answers in HTTP/1.1 as `http.client` reads them, with interim answers passed over."""

from __future__ import annotations

from http import HTTPStatus
from http.client import HTTPException, HTTPResponse, parse_headers

# A receiver may announce more than one thing; without end it would only keep a thread busy.
MOST_INTERIM = 20
REDIRECTS = frozenset({301, 302, 303, 307, 308})
MAX_LOCATION = 500


class FinalResponse(HTTPResponse):
    """Waits for the final answer: 1xx are interim, any number of them (RFC 9110, section 15.2).

    `http.client` knows 100 alone, and takes 102 and 103 for the answer. Nobody has asked for
    101, so that nothing that makes sense would follow it.
    """

    def _read_status(self) -> tuple[str, int, str]:
        for _ in range(MOST_INTERIM + 1):
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if status == HTTPStatus.SWITCHING_PROTOCOLS or status // 100 != 1:
                return version, status, reason
            parse_headers(self.fp)
        raise HTTPException("nothing but interim answers")


def explain_redirect(status: int, location: str | None) -> str | None:
    """What the webhook's owner has to know of an answer that leads elsewhere; None of any other.

    `location` is the header as it came: whatever cannot be shown is replaced.
    """
    if status not in REDIRECTS:
        return None
    if not location:
        return "Redirects are not followed, and this one does not say where it leads."
    shown = "".join(c if c.isprintable() else "\ufffd" for c in location[:MAX_LOCATION])
    return f"Redirects are not followed. This one leads to {shown} – if that is right, enter it."
