"""The upsert against writers at the same time."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask

from app.changes.journal import begin_revision
from app.changes.turns import try_turn
from app.extensions import db
from app.products import edits, queries
from app.products.upsert import Field, Mode, Rule, Written, write_rows
from tests.conftest import wait_until
from tests.waiting import PATIENCE


def rows_of(*pairs: tuple[str, str]) -> sa.Subquery:
    """Rows of SKU and name, as a staging table would give them."""
    values = sa.values(sa.column("sku", sa.Text), sa.column("name", sa.Text), name="v")
    return sa.select(values.data(pairs)).subquery("rows")


RULE = Rule((Field.SKU, Field.NAME), Mode.UPSERT)


def write(
    connection: sa.Connection, rows: sa.Subquery, *, all_new: bool = False, rule: Rule = RULE
) -> Written:
    """Write `rows` in a revision of their own."""
    return write_rows(connection, begin_revision(connection, "test"), rows, rule, all_new=all_new)


@pytest.fixture
def other(app: Flask) -> Iterator[sa.Connection]:
    """Somebody else's connection."""
    with db.engine.connect() as connection:
        yield connection


def test_counts_tell_new_changed_and_equal_rows(connection: sa.Connection) -> None:
    write(connection, rows_of(("a", "A"), ("b", "B")))
    written = write(connection, rows_of(("A", "A"), ("B", "New"), ("c", "C")))
    assert written == Written(created=1, updated=1, unchanged=1)


@pytest.mark.parametrize(
    ("mode", "written"),
    [
        (Mode.UPSERT, Written(created=1, updated=1, unchanged=1)),
        (Mode.CREATE_ONLY, Written(created=1, skipped=2)),
        (Mode.UPDATE_ONLY, Written(updated=1, unchanged=1, skipped=1)),
    ],
)
def test_who_wrongly_thinks_that_all_is_new_is_told_the_truth(
    connection: sa.Connection, mode: Mode, written: Written
) -> None:
    write(connection, rows_of(("a", "A"), ("b", "B")), all_new=True)
    rows = rows_of(("A", "A"), ("B", "New"), ("c", "C"))
    assert write(connection, rows, all_new=True, rule=Rule(RULE.fields, mode)) == written


@pytest.mark.parametrize("all_new", [False, True])
def test_a_sku_that_somebody_creates_at_the_same_time_is_updated(
    connection: sa.Connection, other: sa.Connection, all_new: bool
) -> None:
    other.begin()
    edits.create_product(other, {"sku": "X", "name": "Theirs"}, "them")
    connection.execute(sa.text("SET lock_timeout = 0"))
    rows = rows_of(("w", "Ours"), ("x", "Ours"))
    with ThreadPoolExecutor() as pool:
        writing = pool.submit(write, connection, rows, all_new=all_new)
        wait_until(lambda: is_anybody_waiting(other))
        other.commit()
        assert writing.result(timeout=PATIENCE) == Written(created=1, updated=1)


def is_anybody_waiting(connection: sa.Connection) -> bool:
    """Whether some transaction waits for another to end."""
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    return bool(connection.execute(sa.text(waiting)).scalar())


def test_a_changed_row_is_never_older_than_the_edit_before_it(
    connection: sa.Connection, other: sa.Connection
) -> None:
    connection.execute(sa.select(sa.func.now()))  # the import's transaction begins
    with other.begin():
        edited = edits.create_product(other, {"sku": "A", "name": "Edited"}, "them")
    write(connection, rows_of(("a", "Imported")))
    stored = queries.get_product(connection, edited.id)
    assert stored.updated_at > edited.updated_at


def test_a_sku_does_not_move_while_many_products_are_written(
    connection: sa.Connection, other: sa.Connection
) -> None:
    with other.begin():
        product = edits.create_product(other, {"sku": "A", "name": "N"}, "them")
    assert try_turn(connection)
    other.execute(sa.text("SET lock_timeout = 50"))
    with pytest.raises(sa.exc.OperationalError, match="lock timeout"):
        edits.update_product(other, product.id, {"sku": "B"}, "them")
    other.rollback()
    with other.begin():
        assert edits.update_product(other, product.id, {"name": "New"}, "them").version == 2
