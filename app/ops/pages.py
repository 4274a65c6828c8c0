"""The plain pages of static/, and the headers every answer carries."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, Response, send_from_directory

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
    """Serve the pages and set the headers where a view has not set its own."""

    @app.get("/", defaults={"name": "index"})
    @app.get("/<name>.html")
    def show_page(name: str) -> Response:
        return send_from_directory(STATIC, f"{name}.html")

    @app.get("/<any(css, js, img, samples):folder>/<path:name>")
    def send_asset(folder: str, name: str) -> Response:
        return send_from_directory(STATIC / folder, name)

    @app.after_request
    def set_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response
