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

# Each in the order in which it is preferred when a file has several.
NAMES: dict[Field, tuple[str, ...]] = {
    Field.SKU: (
        "sku", "variant sku",  # Shopify, WooCommerce, Magento, Medusa, BigCommerce
        "product code/sku", "product sku",  # BigCommerce
        "internal reference", "default code",  # Odoo
        "reference", "reference #", "référence",  # PrestaShop
        "ugs", "artikelnummer",  # WooCommerce in French and German
        "item number", "item no", "article number", "part number", "product code", "item code",
    ),
    Field.NAME: (
        "name", "name*",  # WooCommerce, Magento, PrestaShop, Odoo, BigCommerce
        "product name",  # BigCommerce
        "title", "product title",  # Shopify, Medusa
        "item name", "nom", "nombre", "bezeichnung",
    ),
    Field.DESCRIPTION: (
        "description",  # WooCommerce, Magento, PrestaShop, Shopify, BigCommerce
        "body (html)", "body html",  # Shopify
        "product description",  # Medusa, BigCommerce
        "sales description", "description sale",  # Odoo
        "long description", "full description", "beschreibung", "descripción",
        "short description", "kurzbeschreibung", "description courte",
    ),
    Field.PRICE: (
        "price", "variant price",  # Magento, BigCommerce, Shopify
        "regular price", "regulärer preis", "tarif régulier", "precio normal",  # WooCommerce
        "sales price", "list price", "lst price", "public price",  # Odoo
        "price tax excluded", "price tax excl.", "price (tax excl.)",  # PrestaShop
        "product price", "retail price", "preis", "prix", "precio", "unit price",
    ),
    Field.ACTIVE: (
        "active", "active (0/1)",  # Odoo, PrestaShop
        "product online",  # Magento
        "product visible?", "product visible", "is visible",  # BigCommerce
        "product status",  # Medusa
        "status",  # Shopify, PrestaShop
        "published",  # WooCommerce, Shopify
        "published on online store",  # Shopify
        "veröffentlicht", "publié", "publicado",  # WooCommerce
        "website published", "is published",  # Odoo
        "is active", "enabled", "aktiv",
    ),
}  # fmt: skip
# Medusa names a price column for each currency. With two of them the price is not guessed.
PRICE_OF_CURRENCY = re.compile(
    r"(?:variant)?price[(\[]?"
    r"(?:eur|usd|gbp|chf|cad|aud|nzd|jpy|cny|inr|brl|mxn|sek|nok|dkk|pln|czk|huf|ron|try|zar)[)\]]?"
)

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

    Two wishes may name one column: a file's names can be its SKUs as well.

    Raises BadMapping for a wish that names no header of the file.
    """
    columns = {
        field: _find_wished(header, field, wished)
        for field in Field
        if (wished := wishes.get(field)) is not None
    }
    names = [normalise(name) for name in header]
    for field in Field:
        if field not in wishes:
            free = [i for i in range(len(names)) if i not in columns.values()]
            found = _find_known(names, free, field)
            if found is not None:
                columns[field] = found
    columns = {field: columns[field] for field in Field if field in columns}
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


def _find_known(names: Sequence[str], free: Sequence[int], field: Field) -> int | None:
    for known in KNOWN[field]:
        for index in free:
            if names[index] == known:
                return index
    if field is Field.PRICE:
        priced = [index for index in free if PRICE_OF_CURRENCY.fullmatch(names[index])]
        return priced[0] if len(priced) == 1 else None
    return None
