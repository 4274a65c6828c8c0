"""How much a caller may ask for in a minute, and how large a request's body may be.

Rates are counted in Redis, with one round trip a request: for each API key, and for everybody
else by address. What costs the server more counts for more, and so does what the gate refuses:
an address that sends too much of that is not listened to before the minute is over. Without
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
REFUSED = frozenset({401, 403})
COST_OF_REFUSED = 50
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
            f"operations count for {max(COSTS.values())} each. Go on in {seconds} seconds.",
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
        self._shut_out: frozenset[tuple[int, str]] = frozenset()  # addresses, each in one window

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

    def shut_out(self, address: str) -> None:
        """Answer nothing more to `address` in this window."""
        window = int(time.time()) // WINDOW_SECONDS
        kept = (entry for entry in self._shut_out if entry[0] == window)
        self._shut_out = frozenset((*kept, (window, address)))

    def find_shut_out(self, address: str) -> Count | None:
        """The exhausted count of an address that was shut out."""
        window, passed = divmod(int(time.time()), WINDOW_SECONDS)
        if (window, address) in self._shut_out:
            return Count(self._limit, self._limit, WINDOW_SECONDS - passed)
        return None


def init_app(app: Flask, config: Config) -> None:
    """What comes before the gate: the sizes of bodies, and who is not listened to any more."""
    _, redis_url = config.services()
    client = redis.Redis.from_url(
        redis_url,
        retry=Retry(NoBackoff(), 0),
        socket_timeout=REDIS_SECONDS,
        socket_connect_timeout=REDIS_SECONDS,
    )
    app.extensions["request_counter"] = RequestCounter(client, config.rate_limit)
    app.config["MAX_CONTENT_LENGTH"] = BODY_BYTES
    app.before_request(refuse_shut_out)
    app.before_request(bound_body)
    app.after_request(tell_rate)
    app.after_request(count_refused)


def init_callers(app: Flask) -> None:
    """What comes behind the gate, which tells who is asking."""
    app.before_request(bound_rate)


def current_counter() -> RequestCounter:
    """The running application's."""
    counter: RequestCounter = current_app.extensions["request_counter"]
    return counter


def refuse_shut_out() -> None:
    """Raise RateExceeded for an address whose refused requests have used up its minute."""
    count = current_counter().find_shut_out(network_of(request.remote_addr or ""))
    if count is not None:
        g.request_count = count
        raise RateExceeded(count.limit, count.seconds)


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
    if endpoint in UNCOUNTED:
        return
    count = g.request_count = current_counter().count(name_caller(), COSTS.get(endpoint, 1))
    if count is not None and count.used > count.limit:
        raise RateExceeded(count.limit, count.seconds)


def name_caller() -> str:
    """Whose count it is: a key's wherever it is used, or else that of an address.

    Of an IPv6 address the network of 64 bits counts, for whoever has one has them all.
    """
    actor = str(g.get("actor", ""))
    return actor if actor.startswith("key:") else network_of(request.remote_addr or "")


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


def count_refused(response: Response) -> Response:
    """Count what the gate has refused, which nobody has counted yet, for the address."""
    if response.status_code in REFUSED and "request_count" not in g:
        address = network_of(request.remote_addr or "")
        count = current_counter().count(address, COST_OF_REFUSED)
        if count is not None and count.used > count.limit:
            current_counter().shut_out(address)
    return response
