"""Header names → product fields.

Pure. Names are compared without regard to case, spaces, `_` and `-`, and by
the names that shops' exports use. What is not recognised is ignored and
listed, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.imports.errors import BadMapping
from app.products.upsert import Field, Mode

# Written by the exports of Shopify, WooCommerce, Magento, PrestaShop, Odoo, Medusa and
# BigCommerce, each in the order in which it is preferred when a file has several.
NAMES: dict[Field, tuple[str, ...]] = {
    Field.SKU: (
        "sku", "variant sku", "product sku", "product code/sku", "internal reference",
        "default code", "reference", "reference #", "item number", "item no", "article number",
        "part number", "product code", "item code", "artikelnummer", "référence",
    ),
    Field.NAME: (
        "name", "product name", "title", "product title", "item name", "name*", "nom",
        "bezeichnung",
    ),
    Field.DESCRIPTION: (
        "description", "body (html)", "body html", "product description", "long description",
        "full description", "short description", "beschreibung",
    ),
    Field.PRICE: (
        "price", "variant price", "regular price", "sales price", "list price", "unit price",
        "price tax excluded", "price (tax excl.)", "retail price", "product price", "preis", "prix",
    ),
    Field.ACTIVE: (
        "active", "is active", "published", "status", "enabled", "active (0/1)", "product visible?",
        "product visible", "product online", "website published", "aktiv",
    ),
}  # fmt: skip

OURS = frozenset({"_line", "_error"})


@dataclass(frozen=True)
class ColumnMapping:
    """Which column brings which field. `columns` are indices into the header."""

    columns: Mapping[Field, int]
    headers: Mapping[Field, str]
    ignored: tuple[str, ...]
    missing: tuple[Field, ...]


def normalise(header: str) -> str:
    """A header as it is compared.

    Right: `Variant SKU`, `variant_sku` and `VARIANT-SKU` are one name.
    """
    return re.sub(r"[\s_\-\ufeff]", "", header).casefold()


KNOWN: dict[Field, tuple[str, ...]] = {
    field: tuple(normalise(name) for name in names) for field, names in NAMES.items()
}
ALL_KNOWN = frozenset(name for names in KNOWN.values() for name in names)


def count_known(header: Sequence[str]) -> int:
    """How many of a header's names mean something here."""
    return sum(normalise(name) in ALL_KNOWN for name in header)


def map_columns(
    header: Sequence[str], wishes: Mapping[str, str | None], mode: Mode
) -> ColumnMapping:
    """Find each field's column; `wishes` (field → header, None for no column) come first.

    Raises BadMapping for a wish that names no header of the file.
    """
    columns: dict[Field, int] = {}
    for field in Field:
        if field in wishes:
            wished = wishes[field]
            index = None if wished is None else _find_wished(header, field, wished)
        else:
            index = _find_known(header, field)
        if index is not None and index not in columns.values():
            columns[field] = index
    needed = [Field.SKU] if mode is Mode.UPDATE_ONLY else [Field.SKU, Field.NAME]
    used = set(columns.values())
    return ColumnMapping(
        columns=columns,
        headers={field: header[index] for field, index in columns.items()},
        ignored=tuple(
            name for index, name in enumerate(header) if index not in used and name not in OURS
        ),
        missing=tuple(field for field in needed if field not in columns),
    )


def _find_wished(header: Sequence[str], field: Field, wished: str) -> int:
    if wished in header:
        return header.index(wished)
    names = [normalise(name) for name in header]
    if normalise(wished) in names:
        return names.index(normalise(wished))
    listed = ", ".join(name for name in header if name)
    raise BadMapping(
        f"The mapping takes {field} from the column “{wished}”, and the file has none of that "
        f"name. It has: {listed[:500]}."
    )


def _find_known(header: Sequence[str], field: Field) -> int | None:
    names = [normalise(name) for name in header]
    return next((names.index(known) for known in KNOWN[field] if known in names), None)
