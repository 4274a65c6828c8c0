"""No address is open by mistake: each says who may call it, and the public ones are listed here."""

from __future__ import annotations

from flask import Flask

from app.access import Access, access_of

PUBLIC = {
    "/healthz", "/readyz", "/login.html", "/api/docs", "/api/session",
    "/<any(css, js, img):folder>/<path:name>",
}  # fmt: skip


def test_every_route_says_who_may_call_it(app: Flask) -> None:
    silent = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if access_of(app.view_functions[rule.endpoint]) is None
    ]
    assert silent == []


def test_nothing_is_public_but_health_the_login_and_pages_without_data(app: Flask) -> None:
    public = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if access_of(app.view_functions[rule.endpoint]) is Access.PUBLIC
    }
    assert public == PUBLIC


def test_the_job_dashboard_is_for_administrators(app: Flask) -> None:
    asked = {
        access_of(app.view_functions[rule.endpoint])
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/rq")
    }
    assert asked == {Access.ADMIN}
