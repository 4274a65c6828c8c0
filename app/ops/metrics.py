"""/metrics: what Prometheus asks for, read from the database and Redis at that moment.

Nothing is kept in this process, so every web process on every machine answers the same.
Where one of the two is away its metrics are left out, and `product_importer_up` says so.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

import redis
import sqlalchemy as sa
from flask import Flask, Response, request
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from app.access import Access, requires
from app.counters import current_counters
from app.extensions import db, redis_extension
from app.imports.status import AT_WORK, Status
from app.ops import database_state as database
from app.ops import queue_state
from app.ops.histograms import make_histogram, request_families
from app.queues import QueueName
from app.schema import is_at_head

PREFIX = "product_importer_"
log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Register the address."""
    app.add_url_rule("/metrics", "metrics", show_metrics)


@requires(Access.READ)
def show_metrics() -> Response:
    """Every metric, in the form that the caller prefers."""
    # What this process has counted is told in any case, and soonest.
    current_counters().flush()
    registry = CollectorRegistry()
    registry.register(Everything())
    encode, media_type = choose_encoder(request.headers.get("Accept", ""))
    return Response(encode(registry), content_type=media_type)


class Everything(Collector):
    """All metrics of one scrape."""

    def describe(self) -> Iterable[Metric]:
        """Nothing beforehand: registering would collect it all once more."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """See prometheus_client.registry.Collector."""
        up = gauge("up", "Whether a part that is needed answers.", "part")
        for part, read in {"database": _from_database, "redis": _from_redis}.items():
            families = _try_reading(part, read)
            up.add_metric([part], families is not None)
            yield from families or ()
        yield up


def _try_reading(part: str, read: Callable[[], Iterator[Metric]]) -> list[Metric] | None:
    try:
        return list(read())
    except (SQLAlchemyError, RedisError) as error:
        log.warning("metrics are incomplete", extra={"part": part}, exc_info=error)
        return None


def gauge(name: str, text: str, *labels: str) -> GaugeMetricFamily:
    """An empty gauge of ours."""
    return GaugeMetricFamily(PREFIX + name, text, labels=labels)


def counter(name: str, text: str, *labels: str) -> CounterMetricFamily:
    """An empty counter of ours; `_total` comes after its name."""
    return CounterMetricFamily(PREFIX + name, text, labels=labels)


def _from_database() -> Iterator[Metric]:
    with db.engine.connect() as connection:
        database.limit_time(connection)
        now: datetime = connection.execute(sa.select(sa.func.now())).scalar_one()
        yield from _describe_imports(database.read_imports(connection), now)
        yield from _describe_deliveries(connection, now)
        yield from _describe_tables(database.read_tables(connection))
        yield from _describe_server(database.read_server(connection), now)
        head = gauge("schema_at_head", "Whether the schema is that of this release.")
        head.add_metric([], is_at_head(connection))
        yield head


def _describe_imports(states: list[database.ImportState], now: datetime) -> Iterator[Metric]:
    imports = gauge("imports", "Imports by status, of all time.", "status")
    rows = counter("import_rows", "Rows of completed imports, by what became of them.", "result")
    age = gauge("import_oldest_unfinished_seconds", "How long ago the oldest unfinished one began.")
    oldest = [s.oldest_at for s in states if s.status in AT_WORK and s.oldest_at]
    age.add_metric([], seconds_since(min(oldest), now) if oldest else 0)
    by_status = {state.status: state for state in states}
    for status in Status:
        imports.add_metric([status.value], by_status.get(status, database.NO_IMPORTS).imports)
    completed = by_status.get(Status.COMPLETED, database.NO_IMPORTS)
    for result, number in completed.rows.items():
        rows.add_metric([result], number)
    yield make_histogram(
        PREFIX + "import_duration_seconds",
        "How long completed imports took, from their start.",
        {str(end): number for end, number in completed.within.items()},
        completed.imports,
        completed.seconds,
    )
    yield from (imports, rows, age)


def _describe_deliveries(connection: sa.Connection, now: datetime) -> Iterator[Metric]:
    state = database.read_deliveries(connection)
    pending = gauge("deliveries_pending", "Deliveries to be made or made again; 100000 at most.")
    pending.add_metric([], state.pending)
    overdue = gauge("deliveries_overdue_seconds", "How long the first delivery has been due.")
    overdue.add_metric([], max(0.0, seconds_since(state.next_at, now)))
    webhooks = gauge("webhooks", "Webhooks by how they fare.", "state")
    for name, number in database.read_webhooks(connection).items():
        webhooks.add_metric([name], number)
    yield from (pending, overdue, webhooks)


def _describe_tables(tables: Iterable[database.TableState]) -> Iterator[Metric]:
    size = gauge("table_bytes", "Room that a table takes on disk.", "table", "part")
    rows = gauge("table_rows", "About how many rows a table has.", "table")
    for table in tables:
        size.add_metric([table.name, "data"], table.data_bytes)
        size.add_metric([table.name, "indexes"], table.index_bytes)
        rows.add_metric([table.name], table.rows)
    yield from (size, rows)


def _describe_server(server: database.ServerState, now: datetime) -> Iterator[Metric]:
    figures = {
        "database_bytes": (server.bytes, "Room that the database takes."),
        "database_connections": (server.connections, "Connections to the server, of everybody."),
        "database_connections_max": (server.max_connections, "Connections that it allows."),
        "catalog_unindexed_seconds": (
            max(0.0, seconds_since(server.unindexed_since, now)),
            "Age of the first change of the catalog that its index does not have yet.",
        ),
        "announcements_waiting": (
            server.announcements,
            "Imports and bulk operations of which webhooks are still to be told.",
        ),
    }
    for name, (value, text) in figures.items():
        family = gauge(name, text)
        family.add_metric([], value)
        yield family


def _from_redis() -> Iterator[Metric]:
    client = redis_extension.client
    yield from _describe_queues(client)
    yield from request_families(PREFIX, client)


def _describe_queues(client: redis.Redis) -> Iterator[Metric]:
    now = datetime.now(UTC)
    jobs = gauge("queue_jobs", "Jobs in a queue.", "queue", "state")
    oldest = gauge("queue_oldest_seconds", "How long the next job has waited.", "queue")
    for queue in queue_state.read_queues(client):
        for state in ("waiting", "running", "failed"):
            jobs.add_metric([queue.name, state], getattr(queue, state))
        oldest.add_metric([queue.name], max(0.0, seconds_since(queue.oldest_at, now)))
    workers = gauge("workers", "Workers that give signs of life.", "queue", "state")
    counts: dict[tuple[str, str], int] = {}
    for name in QueueName:
        counts |= {(name.value, "idle"): 0, (name.value, "busy"): 0}
    for worker in queue_state.read_workers(client):
        state = "busy" if worker.job else "idle"
        counts[worker.queue, state] = counts.get((worker.queue, state), 0) + 1
    for labels, number in counts.items():
        workers.add_metric(labels, number)
    yield from (jobs, oldest, workers)


def seconds_since(moment: datetime | None, now: datetime) -> float:
    """Negative for what is yet to come; 0 for nothing."""
    return 0.0 if moment is None else (now - moment).total_seconds()
