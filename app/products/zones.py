"""Zones: some hundreds of neighbours in an order, and which of them may hold a text.

An index in the order of names is slow to look for a text in if those that have it come late in
that order: every product before them is read. So each order is divided into zones, and
of each it is known which grams its texts have. Zones that miss one of the needle's are passed over.

What is said may be too much, never too little: a product that moves or changes is added to
its new zone and stays known in the old one (see zoning.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import reduce
from operator import and_

import sqlalchemy as sa

from app.products.grams import slots_of
from app.products.models import catalog_grams, catalog_zones
from app.products.orders import ORDERS
from app.texts import fold_literal

ZONE_ROWS = 512
# So many zones share a row of `catalog_grams`.
PART_ZONES = 2048


def find_zones(connection: sa.Connection, needles: Sequence[str]) -> dict[str, int]:
    """The zones of each order that may hold a product with all the needles: bit n is zone n."""
    slots = _find_slots(connection, needles)
    statement = sa.select(catalog_grams.c.sort, catalog_grams.c.part, catalog_grams.c.zones).where(
        catalog_grams.c.sort == sa.any_(sa.literal(list(ORDERS), sa.ARRAY(sa.Text))),
        catalog_grams.c.slot == sa.any_(sa.literal(sorted(slots), sa.ARRAY(sa.Integer))),
    )
    parts: dict[tuple[str, int], list[int]] = defaultdict(list)
    for sort, part, zones in connection.execute(statement):
        parts[sort, part].append(int.from_bytes(zones, "little"))
    found = dict.fromkeys(ORDERS, 0)
    for (sort, part), signatures in parts.items():
        if len(signatures) == len(slots):
            found[sort] |= reduce(and_, signatures) << part * PART_ZONES
    return found


def is_among(zones: int) -> sa.ColumnElement[bool]:
    """Whether a row of `catalog_zones` is of one of these zones.

    As bits, for an array of ten thousand numbers takes longer to be read than the page it is for.
    """
    bits = sa.literal(zones.to_bytes((zones.bit_length() + 7) // 8, "little"), sa.LargeBinary)
    zone = catalog_zones.c.zone
    # Beyond the last bit there is none to get.
    return sa.case((zone < zones.bit_length(), sa.func.get_bit(bits, zone) == 1), else_=False)


def _find_slots(connection: sa.Connection, needles: Sequence[str]) -> set[int]:
    """Those of the needles, folded as PostgreSQL folds the texts."""
    folded = [fold_literal(needle).label(f"needle_{place}") for place, needle in enumerate(needles)]
    row = connection.execute(sa.select(*folded)).one()
    return set().union(*map(slots_of, row))
