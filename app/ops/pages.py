"""The plain pages of static/, and the headers every answer carries."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, Response, request, send_from_directory

from app.access import Access, requires

STATIC = Path(__file__).resolve().parent.parent.parent / "static"
UNUSED = (
    *("accelerometer", "autoplay", "browsing-topics", "camera", "display-capture"),
    *("fullscreen", "geolocation", "gyroscope", "hid", "magnetometer", "microphone", "midi"),
    *("payment", "picture-in-picture", "publickey-credentials-get", "screen-wake-lock", "serial"),
    *("usb", "xr-spatial-tracking"),
)
HEADERS = {
    # With trusted types a text that becomes markup is an error, whatever it holds.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in UNUSED),
    # Whatever does not say otherwise may hold data: no browser and no proxy is to keep it.
    "Cache-Control": "no-store",
}
# A year; sent on https alone, where it is known to work.
TRANSPORT_SECURITY = "max-age=31536000"


def init_app(app: Flask) -> None:
    """Serve the pages and set the headers where a view has not set its own."""

    @app.get("/", defaults={"name": "index"})
    @app.get("/<name>.html")
    @requires(Access.READ)
    def show_page(name: str) -> Response:
        return send_from_directory(STATIC, f"{name}.html")

    @app.get("/login.html")
    @requires(Access.PUBLIC)
    def show_login() -> Response:
        return send_from_directory(STATIC, "login.html")

    @app.get("/<any(samples):folder>/<path:name>")
    @requires(Access.READ)
    def send_sample(folder: str, name: str) -> Response:
        return send_from_directory(STATIC / folder, name)

    @app.get("/<any(css, js, img):folder>/<path:name>")
    @requires(Access.PUBLIC)
    def send_asset(folder: str, name: str) -> Response:
        return send_from_directory(STATIC / folder, name)

    @app.after_request
    def set_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.is_secure:
            response.headers.setdefault("Strict-Transport-Security", TRANSPORT_SECURITY)
        return response
