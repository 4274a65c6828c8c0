"""/api/docs: the API for people. The page makes itself out of the OpenAPI document."""

from __future__ import annotations

from flask import Flask, Response, send_from_directory

from app.access import Access, requires
from app.ops.pages import STATIC


def init_app(app: Flask) -> None:
    """Register the address."""
    app.add_url_rule("/api/docs", "docs", show_docs)


@requires(Access.PUBLIC)
def show_docs() -> Response:
    """The page. It holds nothing itself; the document is for those who may read."""
    return send_from_directory(STATIC, "docs.html")
