"""Writing many products in one statement, against the unique index on lower(sku).

The rows come as a SELECT over a staging table in which no two share a
lower-cased SKU: PostgreSQL refuses to touch a row twice in one statement. A
row equal to what is stored is not written: no new version, no new time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.exc import IntegrityError

from app.changes.journal import Revision, record_written, returned_columns
from app.products.merge import merge_rows
from app.products.models import products, sku_key


class Mode(StrEnum):
    """What an import may do to the catalog."""

    UPSERT = "upsert"
    CREATE_ONLY = "create_only"
    UPDATE_ONLY = "update_only"


class Field(StrEnum):
    """The fields of a product that a file can bring."""

    SKU = "sku"
    NAME = "name"
    DESCRIPTION = "description"
    PRICE = "price"
    ACTIVE = "active"


@dataclass(frozen=True)
class Rule:
    """How rows are to be written: the fields they have, and what they may do."""

    fields: Sequence[Field]
    mode: Mode

    @property
    def changed(self) -> list[Field]:
        """The fields that an update may change."""
        return [field for field in self.fields if field is not Field.SKU]


@dataclass(frozen=True)
class Written:
    """What became of the rows given; the counts add up to their number."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0

    @property
    def total(self) -> int:
        """The number of the rows given."""
        return self.created + self.updated + self.unchanged + self.skipped

    def __add__(self, other: Written) -> Written:
        return Written(
            self.created + other.created,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.skipped + other.skipped,
        )

    def __sub__(self, other: Written) -> Written:
        return self + Written(-other.created, -other.updated, -other.unchanged, -other.skipped)


class Columns(Protocol):
    """Columns by name: a table's, a subquery's, or an upsert's `excluded`."""

    def __getitem__(self, key: str, /) -> sa.ColumnElement[Any]: ...


def differs(given: Columns, fields: Sequence[Field]) -> sa.ColumnElement[bool]:
    """Whether a stored product differs from the `given` row in one of `fields`.

    The SKU is the key and not compared: a file that writes it in another case
    means the same product, and the stored spelling stays.
    """
    compared = [field for field in fields if field is not Field.SKU]
    if not compared:
        return sa.false()
    return sa.tuple_(*(products.c[field] for field in compared)).is_distinct_from(
        sa.tuple_(*(given[field] for field in compared))
    )


def write_rows(
    connection: sa.Connection,
    revision: Revision,
    rows: sa.Subquery,
    rule: Rule,
    *,
    all_new: bool = False,
) -> Written:
    """Create, update or leave alone one product for each of `rows`, and write it in the journal.

    `rows` has a column for each of the rule's fields. Fields not named keep their
    stored value on update and take their default on create. `all_new`: the caller thinks that
    none of them is in the catalog; whether he is right, the unique index will tell.
    """
    if all_new and rule.mode is not Mode.UPDATE_ONLY:
        try:
            with connection.begin_nested():
                created, _ = record_written(connection, revision, _insert_all(rows, rule))
            return Written(created)
        except IntegrityError:  # somebody has just created one of these SKUs
            pass
    given = connection.execute(sa.select(sa.func.count()).select_from(rows)).scalar_one()
    if rule.mode is Mode.UPDATE_ONLY:
        return _update(connection, revision, rows, rule, given)
    if rule.mode is Mode.CREATE_ONLY or not rule.changed:
        _, created = record_written(connection, revision, _insert_new(rows, rule))
        left = given - created
        skips = rule.mode is Mode.CREATE_ONLY
        return Written(created, unchanged=0 if skips else left, skipped=left if skips else 0)
    try:
        with connection.begin_nested():
            created, written = record_written(connection, revision, _merge(rows, rule))
    except IntegrityError:  # somebody has just created one of these SKUs
        created, written = record_written(connection, revision, _insert_or_update(rows, rule))
    return Written(created, written - created, unchanged=given - written)


def in_key_order(rows: sa.Subquery) -> sa.Select[Any]:
    """The rows in the order of the index, so that neighbouring entries share its pages."""
    return sa.select(*rows.c).order_by(sa.func.lower(rows.c.sku))


def _merge(rows: sa.Subquery, rule: Rule) -> sa.CTE:
    """The fastest way; raises IntegrityError (see merge.py)."""
    ordered = in_key_order(rows).subquery("given")
    statement = merge_rows(
        ordered,
        on=sku_key == sa.func.lower(ordered.c.sku),
        differs=differs(ordered.c, rule.changed),
        assignments=_assignments(ordered.c, rule.changed),
        columns=[field.value for field in rule.fields],
        returned=returned_columns(),
    )
    return statement.cte("written")


def _insert_or_update(rows: sa.Subquery, rule: Rule) -> sa.CTE:
    """The same, safe against whoever inserts at the same time."""
    statement = _insert(rows, rule)
    upsert = statement.on_conflict_do_update(
        index_elements=[sku_key],
        set_=_assignments(statement.excluded, rule.changed),
        where=differs(statement.excluded, rule.changed),
    )
    return upsert.returning(*returned_columns()).cte("written")


def _insert_all(rows: sa.Subquery, rule: Rule) -> sa.CTE:
    """Create them without a look; raises IntegrityError where one is there."""
    return _insert(rows, rule).returning(*returned_columns()).cte("written")


def _insert_new(rows: sa.Subquery, rule: Rule) -> sa.CTE:
    """Create what is not there."""
    statement = _insert(rows, rule).on_conflict_do_nothing(index_elements=[sku_key])
    return statement.returning(*returned_columns()).cte("written")


def _insert(rows: sa.Subquery, rule: Rule) -> Insert:
    names = [field.value for field in rule.fields]
    ordered = in_key_order(rows).with_only_columns(*(rows.c[name] for name in names))
    return insert(products).from_select(names, ordered)


def _update(
    connection: sa.Connection, revision: Revision, rows: sa.Subquery, rule: Rule, given: int
) -> Written:
    # In one statement, whose parts all see the same products: counted before, one that
    # somebody creates in between would be updated and not counted.
    same_product = sku_key == sa.func.lower(rows.c.sku)
    matched = sa.select(sa.func.count()).select_from(products.join(rows, same_product))
    written = (
        sa.update(products)
        .where(same_product, differs(rows.c, rule.changed))
        .values(_assignments(rows.c, rule.changed))
        .returning(*returned_columns())
        .cte("written")
    )
    _, updated, found = record_written(connection, revision, written, matched.scalar_subquery())
    return Written(updated=updated, unchanged=found - updated, skipped=given - found)


def _assignments(given: Columns, changed: Sequence[Field]) -> dict[str, Any]:
    return {
        **{field.value: given[field] for field in changed},
        "version": products.c.version + 1,
        "updated_at": sa.func.clock_timestamp(),
    }


def compare_rows(connection: sa.Connection, rows: sa.Subquery, rule: Rule) -> Written:
    """What `write_rows` would do to the catalog as it is now, without doing it."""
    joined = rows.outerjoin(products, sku_key == sa.func.lower(rows.c.sku))
    is_new = products.c.id.is_(None)
    is_other = sa.and_(products.c.id.is_not(None), differs(rows.c, rule.fields))
    new, other, total = connection.execute(
        sa.select(
            sa.func.count().filter(is_new), sa.func.count().filter(is_other), sa.func.count()
        ).select_from(joined)
    ).one()
    if rule.mode is Mode.CREATE_ONLY:
        return Written(created=new, skipped=total - new)
    if rule.mode is Mode.UPDATE_ONLY:
        return Written(updated=other, unchanged=total - new - other, skipped=new)
    return Written(created=new, updated=other, unchanged=total - new - other)
