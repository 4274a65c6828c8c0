"""Rows that belong to another row: what a product's own row says counts for them, or alone.

Pure. Of a file of such rows each is looked at in its order, after the one before it. What
has no such columns goes through here untouched; `plain.py` asks for it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from typing import Protocol

from app.imports.errors import Remark
from app.imports.headers import normalise
from app.imports.mapping import ColumnMapping
from app.imports.repeats import fold_sku
from app.products.upsert import Field

HANDLES = ("handle", "urlhandle")
TITLE = "title"
# What tells an export of Shopify from another file with handles and titles.
VARIANT_COLUMNS = frozenset({"variantsku", "option1name", "option1value"})
# Columns that Shopify fills in a product's first row alone, and that say the same for all.
OF_PRODUCT = frozenset(
    {TITLE, "body(html)", "bodyhtml", "description", "status", "published"}
    | {"publishedononlinestore"}
)
STORE_VIEWS = ("storeviewcode", "storeview")
MAGENTO_1 = "_store"
LANGUAGES = (
    "language", "lang", "locale", "languagecode", "langcode", "languageid", "langid", "idlang",
    "localecode", "storelanguage", "sprache", "sprachcode", "langue", "idioma", "lingua", "taal",
    "språk", "sprog", "kieli", "język", "jazyk", "nyelv", "limba", "dil", "язык", "мова", "γλώσσα",
    "语言", "語言", "言語", "언어",
)  # fmt: skip
# BigCommerce's column that tells what a row is. The columns tell its exports from other files with
# an `Item`. Lists of one's own may have some of them: it is sure by several of its own names.
ITEM_TYPE = "itemtype"
ITEM_COLUMNS = frozenset({"inventorytracking", "options"})
TYPE_COLUMNS = frozenset({"productname", "productcode/sku", "productsku", "optionset"})
OWN_COLUMNS = frozenset(
    {"productcode/sku", "optionset", "binpickingnumber", "allowpurchases", "productvisible"}
    | {"trackinventory", "currentstocklevel", "inventorytracking", "imageurl(import)"}
)
PICTURES = ("image", "video")
names_options = re.compile(r"\s*\[[A-Z]{1,3}\]").match
STORES = ("store", "storecode")
# A store's name that is a language: `de`, `fr_CA`; or one that Magento gives.
is_language = re.compile(r"(?:[a-z]{2}(?:[-_][a-z]{2,4})*|default|admin|all)?", re.I).fullmatch
# SKUs whose language is remembered; some 100 bytes each.
REMEMBERED = 1_000_000
Settled = tuple[list[str], Remark | None]


class RowGroup(Protocol):
    """Settles each row of a file by those above it."""

    def settle(self, line: int, cells: list[str]) -> Settled:
        """The row as it is to be read, and what is to be known of it; it may be set aside."""
        ...


def find_groups(header: Sequence[str], mapping: ColumnMapping) -> list[RowGroup]:
    """The groups that the columns of a file can form; mostly none."""
    names = [normalise(name) for name in header]
    key = mapping.columns.get(Field.SKU)
    if key is None:
        return []
    groups: list[RowGroup] = []
    handle = _find(names, HANDLES)
    if handle is not None and TITLE in names and VARIANT_COLUMNS & set(names) and handle != key:
        groups.append(_Variants(names, handle, mapping))
    store = list(header).index(MAGENTO_1) if MAGENTO_1 in header else _find(names, STORE_VIEWS)
    language, shop = _find(names, LANGUAGES), _find(names, STORES)
    item = _find(names, (ITEM_TYPE, "item") if ITEM_COLUMNS & set(names) else (ITEM_TYPE,))
    if item is not None and item != key:
        is_likely = names[item] != ITEM_TYPE or bool(TYPE_COLUMNS & set(names))
        is_sure = len((OWN_COLUMNS | TYPE_COLUMNS | ITEM_COLUMNS) & set(names)) > 1 and bool(
            OWN_COLUMNS & set(names)
        )
        groups.append(_ItemTypes(item, mapping, is_likely=is_likely, is_sure=is_sure))
    if store is not None and store != key:
        groups.append(_StoreViews(key, store))
    elif language is not None and language != key:
        groups.append(_Languages(key, language))
    elif shop is not None and shop != key:
        groups.append(_Languages(key, shop, only_codes=True))
    return groups


def _find(names: Sequence[str], wanted: Sequence[str]) -> int | None:
    return next((names.index(name) for name in wanted if name in names), None)


class _Variants:
    """Shopify: variants below their product's first row, and rows that only add a picture."""

    def __init__(self, names: Sequence[str], handle: int, mapping: ColumnMapping) -> None:
        self._key = mapping.columns[Field.SKU]
        self._handle = handle
        self._title = names.index(TITLE)
        fields = (Field.NAME, Field.DESCRIPTION, Field.ACTIVE)
        mapped = [mapping.columns[field] for field in fields if field in mapping.columns]
        self._inherited = [index for index in mapped if names[index] in OF_PRODUCT]
        self._others = [
            index for index, name in enumerate(names) if index != handle and "image" not in name
        ]
        self._product: list[str] = []

    def settle(self, line: int, cells: list[str]) -> Settled:
        handle = cells[self._handle].strip()
        if not any(cells[index].strip() for index in self._others):
            if handle and len(self._others) < len(cells) - 1:
                return cells, Remark(line, "picture_row", handle, True)
            return cells, None
        if cells[self._title].strip():
            self._product = cells
            return cells, None
        if not handle or not self._product or handle != self._product[self._handle].strip():
            return cells, None
        empty = [index for index in self._inherited if not cells[index].strip()]
        completed = list(cells)
        for index in empty:
            completed[index] = self._product[index]
        sku = cells[self._key].strip()
        remark = Remark(line, "variant_completed", sku, False) if empty and sku else None
        return completed, remark


class _StoreViews:
    """Magento: below a product's row others give its texts in other store views.

    Where all rows are of one store view, they are the products.
    """

    def __init__(self, key: int, store: int) -> None:
        self._key, self._store = key, store
        self._only: str | None = None

    def settle(self, line: int, cells: list[str]) -> Settled:
        view = cells[self._store].strip()
        if self._only is None:
            self._only = view
        if not view or view == self._only:
            return cells, None
        return cells, Remark(line, "other_store_view", f"{cells[self._key].strip()} ({view})", True)


class _Languages:
    """Rows of one SKU in several languages: that of the file's first row counts.

    For a SKU without a row in it, its own first row does. With `only_codes` the column may have
    other values, which are no languages.
    """

    def __init__(self, key: int, language: int, *, only_codes: bool = False) -> None:
        self._key, self._language, self._only_codes = key, language, only_codes
        self._first: str | None = None
        self._kept: dict[int, str] = {}  # of each SKU, by its hash, the language that counts so far

    def settle(self, line: int, cells: list[str]) -> Settled:
        sku, language = cells[self._key].strip(), cells[self._language].strip()
        if not sku or (self._only_codes and not is_language(language)):
            return cells, None
        code = sys.intern(language.casefold())
        if self._first is None:
            self._first = code
        key = hash(fold_sku(sku))
        if code not in (self._kept.get(key, code), self._first):
            return cells, Remark(line, "other_language", f"{sku} ({language})", True)
        if key in self._kept or len(self._kept) < REMEMBERED:
            self._kept[key] = code
        return cells, None


class _ItemTypes:
    """BigCommerce: below a product's row stand its variants (SKU), rules and pictures.

    A variant's name is its options, such as `[RT]Size=Small`, or empty in newer exports. Where no
    product comes first, the rows are the products. So are those with a name of their own, such as
    `Training video`, but for variants in a file that is surely BigCommerce's.
    """

    def __init__(
        self, item: int, mapping: ColumnMapping, *, is_likely: bool, is_sure: bool
    ) -> None:
        self._is_likely, self._is_sure = is_likely, is_sure
        self._key, self._item = mapping.columns[Field.SKU], item
        self._name = mapping.columns.get(Field.NAME)
        self._has_product = False

    def settle(self, line: int, cells: list[str]) -> Settled:
        item = cells[self._item].strip()
        self._has_product = self._has_product or item.casefold() == "product"
        code = self._find_code(item.casefold(), cells) if self._has_product else None
        if code is None:
            return cells, None
        sku = cells[self._key].strip()
        return cells, Remark(line, code, f"{sku} ({item})" if sku else item, True)

    def _find_code(self, item: str, cells: Sequence[str]) -> str | None:
        name = "" if self._name is None else cells[self._name].strip()
        if item in PICTURES and self._is_likely and not name:
            return "picture_row"
        is_part = self._is_sure or not name or names_options(name)
        is_nameless = self._name is not None and not name
        is_variant = item in ("sku", "rule") or (item == "variant" and is_nameless)
        return "variant_row" if is_variant and is_part else None
