"""The plain pages of static/, and the headers every answer carries."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, Response

STATIC = Path(__file__).resolve().parent.parent.parent / "static"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def init_app(app: Flask) -> None:
    """Serve index.html at the root and set the headers where a view has not set its own."""

    @app.get("/")
    def show_home() -> Response:
        return app.send_static_file("index.html")

    @app.after_request
    def set_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response
