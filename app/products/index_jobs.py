"""The thread that keeps the catalog's index behind the journal, and divided into zones.

Not an RQ job: nothing is lost if it does not run, searches only take longer, and an
import that comes next should not have to wait for it. Several may run; one at
a time does the work.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import sqlalchemy as sa

from app.changes.recent import count_recent
from app.extensions import db
from app.locks import try_number
from app.products.indexing import INDEXING, index_changes, indexed_position
from app.products.models import catalog_grams, catalog_index, catalog_zones, product_blocks
from app.products.zoning import make_zones
from app.vital import start_vital_thread

POLL_SECONDS = 1
# So many changes are indexed at once; fewer, which cost a search next to nothing, after a while.
MANY = 1_000
LATEST_SECONDS = 60
STOP_SECONDS = 2
log = logging.getLogger(__name__)


@contextmanager
def running_indexer() -> Iterator[None]:
    """Follow the journal as long as the block lasts."""
    stop = threading.Event()
    thread = start_vital_thread("indexer", partial(follow_journal, db.engine, stop))
    try:
        yield
    finally:
        stop.set()
        thread.join(STOP_SECONDS)


def follow_journal(engine: sa.Engine, stop: threading.Event) -> None:
    """Index what changes, until told to stop. The database being away is waited out."""
    last = time.monotonic()
    while not stop.wait(POLL_SECONDS):
        overdue = time.monotonic() - last > LATEST_SECONDS
        try:
            catch_up(engine, at_least=1 if overdue else MANY)
        except sa.exc.DBAPIError as error:
            log.warning("catalog not indexed yet", exc_info=error)
        except Exception:  # a fault of ours must not end the thread: what comes next may go well
            log.exception("catalog not indexed yet")
        if overdue:
            last = time.monotonic()


def catch_up(engine: sa.Engine, at_least: int = 1) -> bool:
    """Index all changes, if there are so many; whether it was done. Safe to repeat."""
    is_done = _index(engine, at_least)
    if is_done:
        # What was added to the trigrams is put where it is found fast, and rows that are
        # known to be visible need not be looked up beside an index.
        _vacuum(engine, catalog_index, product_blocks, catalog_zones, catalog_grams)
    with engine.begin() as connection:
        is_zoned = try_number(connection, INDEXING) and make_zones(connection)
    if is_zoned:
        _vacuum(engine, catalog_zones, catalog_grams)
    return is_done


def _index(engine: sa.Engine, at_least: int) -> bool:
    snapshot = engine.execution_options(isolation_level="REPEATABLE READ")
    with snapshot.begin() as connection:
        # Before anything is read: what is seen is of the moment of the first statement, and a
        # position seen while another process moves it on would have its work done again.
        if not try_number(connection, INDEXING):
            return False
        waiting = count_recent(connection, indexed_position(connection), at_least)
        return waiting >= at_least and index_changes(connection)


def _vacuum(engine: sa.Engine, *tables: sa.Table) -> None:
    names = ", ".join(table.name for table in tables)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text(f"VACUUM (ANALYZE) {names}"))
