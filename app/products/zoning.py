"""Making the zones, and putting into them what changes.

Who writes here has the lock INDEXING, and `catalog_index` is as it is to be. Zones are
added at the end of an order as it grows; when many products have come or moved since they were
made, they are made anew, for zones that have grown or know too much are slow, though not wrong.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import groupby, islice
from typing import Any

import sqlalchemy as sa

from app.products.filters import TEXTS, indexed_texts
from app.products.grams import SLOTS, slots_in
from app.products.models import SEPARATOR, catalog_grams, catalog_index, catalog_zones, indexed
from app.products.orders import ORDERS, Order
from app.products.zones import PART_ZONES, ZONE_ROWS

try:
    from app.numeric import Bits, np
except ImportError:  # no wheel of numpy for this platform: there are no zones then
    np = None  # type: ignore[assignment]

# A smaller catalog is walked as quickly without.
LEAST_ZONED = 50_000
# Made anew when so many of the products have been put in since.
REDO_SHARE = 0.25
# And when so many have come into one zone: its rows are gone through for each page.
MOST_ADDED = 32 * ZONE_ROWS
FETCHED = 4 * ZONE_ROWS
Numbers = Counter[int]
# Below and above every key of a product. No text is as long as the highest.
LOWEST = {
    "text": "''",
    "number": "CAST('-Infinity' AS numeric)",
    "moment": "CAST('-infinity' AS timestamptz)",
    "id": "CAST(-9223372036854775808 AS bigint)",
}
HIGHEST = {
    "text": "repeat(chr(1114111), 2000)",
    "number": "CAST('Infinity' AS numeric)",
    "moment": "CAST('infinity' AS timestamptz)",
    "id": "9223372036854775807",
}


def make_zones(connection: sa.Connection) -> bool:
    """Make all zones if there are none and the catalog is large; whether it was done.

    The transaction has to be READ COMMITTED: nobody writes the index once the lock is held, but
    somebody may have just before.
    """
    state = connection.execute(sa.select(indexed.c.total, indexed.c.zoned)).one_or_none()
    if np is None or state is None or state.zoned or state.total < LEAST_ZONED:
        return False
    connection.execute(sa.delete(catalog_grams))
    connection.execute(sa.delete(catalog_zones))
    for order in ORDERS.values():
        _divide(connection, order, sa.true())
        _fill(connection, order)
    counted = sa.select(sa.func.count()).select_from(catalog_index)
    rows: int = connection.execute(counted).scalar_one()
    connection.execute(sa.update(indexed).values(zoned=rows, zoned_since=0))
    return rows > 0


def add_to_zones(connection: sa.Connection, changed: sa.FromClause, rows: int) -> None:
    """Put the indexed products named by `changed.c.id` into the zones, if there are any."""
    state = connection.execute(sa.select(indexed.c.zoned, indexed.c.zoned_since)).one_or_none()
    if state is None or not state.zoned:
        return
    if np is None or state.zoned_since + rows > state.zoned * REDO_SHARE:
        _drop(connection)
        return
    for order in ORDERS.values():
        rows_of = sa.select(catalog_index)
        added = [rows_of.join(changed, changed.c.id == catalog_index.c.id)]
        is_new = _extend(connection, order)
        if is_new is not None:
            added.append(rows_of.where(is_new))
        numbers: Numbers = Counter()
        _store(connection, order, _tally(_locate(connection, order, added), numbers))
        _count(connection, order, numbers)
    connection.execute(sa.update(indexed).values(zoned_since=state.zoned_since + rows))
    most = connection.execute(sa.select(sa.func.max(catalog_zones.c.added))).scalar_one()
    if most > MOST_ADDED:
        _drop(connection)


def _drop(connection: sa.Connection) -> None:
    """Do without zones until they are made anew."""
    connection.execute(sa.delete(catalog_grams))
    connection.execute(sa.delete(catalog_zones))
    connection.execute(sa.update(indexed).values(zoned=0, zoned_since=0))


def _tally(
    located: Iterable[tuple[int, Sequence[str]]], numbers: Numbers
) -> Iterator[tuple[int, str]]:
    """The texts of each piece as one; how many they were is noted."""
    for zone, texts in located:
        numbers[zone] += len(texts)
        yield zone, "".join(texts)


def _count(connection: sa.Connection, order: Order, numbers: Numbers) -> None:
    given = sa.func.unnest(
        sa.literal(list(numbers), sa.ARRAY(sa.Integer)),
        sa.literal(list(numbers.values()), sa.ARRAY(sa.Integer)),
    ).table_valued(sa.column("zone", sa.Integer), sa.column("rows", sa.Integer))
    given = given.render_derived("given")
    own = sa.and_(catalog_zones.c.sort == order.name, catalog_zones.c.zone == given.c.zone)
    added = catalog_zones.c.added + given.c.rows
    connection.execute(sa.update(catalog_zones).where(own).values(added=added))


def _divide(
    connection: sa.Connection, order: Order, is_new: sa.ColumnElement[bool], first: int = 0
) -> None:
    """Divide these rows into zones, numbered from `first` on; zone 0 begins at the bottom of all,
    and the last one ends at the top.
    """
    labels = [f"key_{place}" for place in range(len(order.keys))]
    labelled = (key.label(label) for key, label in zip(order.keys, labels, strict=True))
    place = (sa.func.row_number().over(order_by=order.keys) - 1).label("place")
    rows = sa.select(*labelled, place).where(is_new).subquery()
    begins = sa.select(*(rows.c[label] for label in labels)).where(
        sa.func.mod(rows.c.place, ZONE_ROWS) == 0
    )
    keys = list(begins.subquery().c)
    number = sa.func.row_number().over(order_by=keys) - 1 + first
    columns: dict[str, sa.ColumnElement[Any]] = {
        "sort": sa.literal(order.name),
        "zone": number,
    }
    for key, low, high in zip(keys, order.bounds("from"), order.bounds("to"), strict=True):
        following = sa.func.lead(key).over(order_by=keys)
        columns[low.name] = sa.case((number == 0, _end(LOWEST, low)), else_=key)
        columns[high.name] = sa.func.coalesce(following, _end(HIGHEST, high))
    statement = sa.insert(catalog_zones).from_select(list(columns), sa.select(*columns.values()))
    connection.execute(statement)


def _end(ends: dict[str, str], column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    return sa.literal_column(ends[column.name.partition("_")[2]], column.type)


def _extend(connection: sa.Connection, order: Order) -> sa.ColumnElement[bool] | None:
    """Divide the last zone if it has grown; then, which rows are in new zones now."""
    own = catalog_zones.c.sort == order.name
    bounds = sa.select(catalog_zones.c.zone, *order.bounds("from")).where(own)
    ahead = bounds.order_by(catalog_zones.c.zone.desc()).limit(1)
    last = connection.execute(ahead).mappings().one()
    start = [sa.literal(last[bound.name], bound.type) for bound in order.bounds("from")]
    is_last = sa.tuple_(*order.keys) >= sa.tuple_(*start)
    surplus = sa.select(*order.keys).where(is_last).order_by(*order.keys)
    first = connection.execute(surplus.offset(2 * ZONE_ROWS).limit(1)).one_or_none()
    if first is None:
        return None
    begin = connection.execute(surplus.offset(ZONE_ROWS).limit(1)).one()
    values = [sa.literal(v, k.type) for v, k in zip(begin, order.bounds("from"), strict=True)]
    is_new = sa.tuple_(*order.keys) >= sa.tuple_(*values)
    _divide(connection, order, is_new, last["zone"] + 1)
    ends = dict(zip((bound.name for bound in order.bounds("to")), begin, strict=True))
    is_before = sa.and_(own, catalog_zones.c.zone == last["zone"])
    connection.execute(sa.update(catalog_zones).where(is_before).values(**ends))
    return is_new


def _fill(connection: sa.Connection, order: Order) -> None:
    """Note the grams of all zones, as `_divide` has numbered them."""
    # Nearly all of it is read: sorting costs less than following an index does.
    connection.execute(sa.text("SET LOCAL cursor_tuple_fraction = 1"))
    connection.execute(sa.text("SET LOCAL work_mem = '64MB'"))
    statement = sa.select(_texts()).order_by(*order.keys)
    rows = connection.execute(statement.execution_options(yield_per=FETCHED))
    texts = (batch[at : at + ZONE_ROWS] for batch in rows.scalars().partitions()
             for at in range(0, len(batch), ZONE_ROWS))  # fmt: skip
    _store(connection, order, enumerate(map("".join, texts)))


def _locate(
    connection: sa.Connection, order: Order, added: Sequence[sa.Select[Any]]
) -> Iterator[tuple[int, list[str]]]:
    """The texts of rows of the index, zone by zone; those of a large one in several pieces.

    Zones and rows are put into one order: a row's zone is the last one before it.
    """
    keys = [key.label(f"key_{place}") for place, key in enumerate(order.keys)]
    begins = [b.label(f"key_{place}") for place, b in enumerate(order.bounds("from"))]
    zones = sa.select(*begins, catalog_zones.c.zone, sa.null().label("texts"))
    columns = (*keys, sa.null().label("zone"), _texts().label("texts"))
    rows = (statement.with_only_columns(*columns) for statement in added)
    both = sa.union_all(zones.where(catalog_zones.c.sort == order.name), *rows).subquery()
    in_order = [*list(both.c)[: len(keys)], both.c.zone.asc().nulls_last()]
    zone = sa.func.max(both.c.zone).over(order_by=in_order).label("zone")
    located = sa.select(zone, both.c.texts, *list(both.c)[: len(keys)]).subquery()
    found = sa.select(located.c.zone, located.c.texts).where(located.c.texts.is_not(None))
    # Piece by piece: it may be a quarter of the catalog's texts.
    ordered = found.order_by(located.c.zone).execution_options(yield_per=FETCHED)
    for number, group in groupby(connection.execute(ordered), key=lambda row: row.zone):
        while texts := [row.texts for row in islice(group, ZONE_ROWS)]:
            yield number, texts


def _texts() -> sa.ColumnElement[str]:
    columns = indexed_texts(catalog_index.c)
    return sa.func.concat_ws(SEPARATOR, *(columns[name] for name in TEXTS), "", type_=sa.Text)


def _store(connection: sa.Connection, order: Order, texts: Iterable[tuple[int, str]]) -> None:
    """Add the grams of zones; their numbers rise."""
    for part, zones in groupby(texts, key=lambda item: item[0] // PART_ZONES):
        bits: Bits = np.zeros((SLOTS, PART_ZONES // 8), np.uint8)
        for number, text in zones:
            place = number % PART_ZONES
            bits[slots_in(text), place // 8] |= 1 << place % 8
        _merge(connection, order, part, bits)


def _merge(connection: sa.Connection, order: Order, part: int, bits: Bits) -> None:
    """Join a part's bits with those that are stored, and write the rows that differ."""
    touched = np.flatnonzero(bits.any(axis=1)).tolist()
    own = sa.and_(catalog_grams.c.sort == order.name, catalog_grams.c.part == part)
    slots = sa.any_(sa.literal(touched, sa.ARRAY(sa.Integer)))
    stored = sa.select(catalog_grams.c.slot, catalog_grams.c.zones)
    known = dict(connection.execute(stored.where(own, catalog_grams.c.slot == slots)).all())
    rows = {}
    for slot in touched:
        before = int.from_bytes(known.get(slot, b""), "little")
        after = before | int.from_bytes(bits[slot].tobytes(), "little")
        if after != before:
            rows[slot] = after.to_bytes((after.bit_length() + 7) // 8, "little")
    differing = sa.any_(sa.literal(sorted(rows.keys() & known.keys()), sa.ARRAY(sa.Integer)))
    connection.execute(sa.delete(catalog_grams).where(own, catalog_grams.c.slot == differing))
    with closing(connection.connection.cursor()) as cursor, io.BytesIO() as lines:
        for slot, zones in rows.items():
            lines.write(f"{slot}\t{order.name}\t{part}\t\\\\x{zones.hex()}\n".encode())
        lines.seek(0)
        target = f"{catalog_grams.name} (slot, sort, part, zones)"
        cursor.copy_expert(f"COPY {target} FROM STDIN", lines)
