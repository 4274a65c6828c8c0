"""How much a caller may ask for in a minute, and how large a request's body may be.

Rates are counted in Redis, with one round trip a request: for each API key, and for everybody
else by address. What costs the server more counts for more. What the gate refuses has a count of
its own for each address, so that it costs nobody anything who is let in from there. Without
Redis nobody is counted and everybody may go on, for the count keeps off excess, not strangers;
logins have a throttle of their own (`app/accounts/throttle.py`).

What is deliberately absent: the size of uploads, which `app/imports/receiving.py` bounds, and slow
clients, which `app/pacing.py` does.
"""

from __future__ import annotations

import ipaddress
import logging
import time
from dataclasses import dataclass

import redis
from flask import Flask, Response, current_app, g, request
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from werkzeug.exceptions import LengthRequired, RequestEntityTooLarge

from app.access import Access, access_of
from app.config import Config
from app.errors import DomainError
from app.problems import ProblemType

log = logging.getLogger(__name__)
WINDOW_SECONDS = 60
# Longer than this no request waits for the count; after a failure nobody asks for a while.
REDIS_SECONDS = 0.25
PAUSE_SECONDS = 5

# Files that everybody gets, and what only says that the process lives.
UNCOUNTED = frozenset({"show_page", "show_login", "send_asset", "send_sample", "healthz"})
# Dear enough for who tries keys, cheap enough for a client whose own has expired.
COST_OF_REFUSED = 5
# What an ordinary request counts as is 1.
COSTS = {
    "imports.create_import": 100,
    "imports.check_again": 100,
    "imports.start_import": 100,
    "imports.download_file": 100,
    "imports.download_rejects": 100,
    "products.export_products": 100,
    "bulk.change_products": 100,
    "bulk.delete_all_products": 100,
    "changes.undo_change_set": 100,
}

BODY_BYTES = 256 * 1024
MEGABYTE = 1024 * 1024
BODIES = {
    "session.create_session": 16 * 1024,
    # A description of 50,000 characters, each escaped as two times six bytes.
    "products.create_product": MEGABYTE,
    "products.replace_product": MEGABYTE,
    "products.change_product": MEGABYTE,
    # 100,000 ids
    "bulk.change_products": 2 * MEGABYTE,
}
# These read their body themselves, and bound it by MAX_UPLOAD_BYTES.
UPLOADS = frozenset({"imports.create_import"})


class RateExceeded(DomainError):
    """The caller has asked for as much as is allowed in a minute."""

    def __init__(self, limit: int, seconds: int) -> None:
        super().__init__(
            f"More than {limit:,} requests a minute are not answered; uploads, downloads and bulk "
            f"operations count for {max(COSTS.values())} each, refused ones for {COST_OF_REFUSED}. "
            f"Go on in {seconds} seconds.",
            data={"retry_after": seconds},
        )


PROBLEM_TYPES: dict[type[DomainError], ProblemType] = {
    RateExceeded: ProblemType("too-many-requests", 429, "Too many requests"),
}


@dataclass(frozen=True)
class Count:
    """What a caller has used of the `limit` in a window that ends in `seconds`."""

    used: int
    limit: int
    seconds: int


class RequestCounter:
    """Counts requests in Redis, by windows of a minute."""

    def __init__(self, client: redis.Redis, limit: int) -> None:
        self._client = client
        self._limit = limit
        self._paused_until = 0.0

    def count(self, caller: str, cost: int) -> Count | None:
        """Add `cost`; None where nobody is counted: there is no limit, or Redis is away."""
        if not self._limit or time.monotonic() < self._paused_until:
            return None
        window, passed = divmod(int(time.time()), WINDOW_SECONDS)
        key = f"rate:{window}:{caller}"
        try:
            with self._client.pipeline(transaction=False) as pipeline:
                pipeline.incrby(key, cost)
                pipeline.expire(key, 2 * WINDOW_SECONDS, nx=True)
                used = int(pipeline.execute()[0])
        except RedisError as error:
            self._paused_until = time.monotonic() + PAUSE_SECONDS
            log.warning("requests are not counted: redis unavailable", exc_info=error)
            return None
        return Count(used, self._limit, WINDOW_SECONDS - passed)


def init_app(app: Flask, config: Config) -> None:
    """What comes before the gate: the sizes of bodies."""
    _, redis_url = config.services()
    client = redis.Redis.from_url(
        redis_url,
        retry=Retry(NoBackoff(), 0),
        socket_timeout=REDIS_SECONDS,
        socket_connect_timeout=REDIS_SECONDS,
    )
    app.extensions["request_counter"] = RequestCounter(client, config.rate_limit)
    app.config["MAX_CONTENT_LENGTH"] = BODY_BYTES
    app.before_request(bound_body)
    app.after_request(tell_rate)


def init_callers(app: Flask) -> None:
    """What comes behind the gate, which tells who is asking."""
    app.before_request(bound_rate)


def current_counter() -> RequestCounter:
    """The running application's."""
    counter: RequestCounter = current_app.extensions["request_counter"]
    return counter


def bound_body() -> None:
    """Raise RequestEntityTooLarge as soon as a body is said, or turns out, to be too large.

    Raises LengthRequired where whoever is not known yet does not say how much is to come.
    """
    endpoint = request.endpoint or ""
    if endpoint in UPLOADS:
        return
    request.max_content_length = largest = BODIES.get(endpoint, BODY_BYTES)
    if (request.content_length or 0) > largest:
        raise RequestEntityTooLarge
    is_public = access_of(current_app.view_functions.get(endpoint)) is Access.PUBLIC
    if is_public and "Transfer-Encoding" in request.headers:
        raise LengthRequired


def bound_rate() -> None:
    """Count the request; raises RateExceeded."""
    endpoint = request.endpoint or ""
    if endpoint not in UNCOUNTED:
        charge(name_caller(), COSTS.get(endpoint, 1))


def count_refused() -> None:
    """Count what the gate is about to refuse; raises RateExceeded, which is said instead."""
    charge(f"refused:{current_network()}", COST_OF_REFUSED)


def charge(caller: str, cost: int) -> None:
    """Add `cost` to what the caller has used in this minute; raises RateExceeded."""
    count = g.request_count = current_counter().count(caller, cost)
    if count is not None and count.used > count.limit:
        raise RateExceeded(count.limit, count.seconds)


def name_caller() -> str:
    """Whose count it is: a key's wherever it is used, or else that of an address.

    There a person who is logged in and strangers are two.
    """
    key_id = g.get("key_id")
    return f"key:{key_id}" if key_id else f"{g.get('actor')}:{current_network()}"


def current_network() -> str:
    """Where the request comes from.

    Of an IPv6 address the network of 64 bits counts, for whoever has one has them all.
    """
    return network_of(request.remote_addr or "")


def network_of(address: str) -> str:
    """The address, or the network it stands for.

    IPv4 within IPv6, as a server listening on `::` sees it, is IPv4: it shares one such network.
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    found = getattr(found, "ipv4_mapped", None) or found
    return str(ipaddress.ip_network((found, 64 if found.version == 6 else 32), strict=False))


def tell_rate(response: Response) -> Response:
    """What is left, as draft-ietf-httpapi-ratelimit-headers writes it."""
    count: Count | None = g.get("request_count")
    if count is not None:
        left = max(0, count.limit - count.used)
        response.headers["RateLimit-Policy"] = f'"minute";q={count.limit};w={WINDOW_SECONDS}'
        response.headers["RateLimit"] = f'"minute";r={left};t={count.seconds}'
    return response
