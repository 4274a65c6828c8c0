"""Columns of unknown names that may be a field, by a word in the name or by their cells.

Pure. Nothing here is taken unasked: it is what a person is offered. A column of
prices is told by two decimals, one of flags by its yes and no.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.imports.flags import NOT_A_FLAG, find_numbers, parse_flag
from app.imports.headers import CURRENCIES, normalise
from app.imports.mapping import OURS, ColumnMapping
from app.imports.prices import Number, find_number, makes_sense, read_number
from app.imports.texts import clean_cells
from app.products import rules
from app.products.upsert import Field

Rows = Sequence[Sequence[str]]
OFFERED = 6
LONGEST = 1000  # characters of a cell that are looked at

# What is a price where it is the whole name, but for a currency: `Valoración` is none.
PRICE_NAMES = (
    "wholesale|retail|tarif[af]?e?|listino|betrag|importe|valor|стоимость|金額|金额|netto|brutto|"
    "harga|giá|gia|ราคา|السعر|سعر|מחיר|המחיר"
)
# `Ft` is a length as well.
SIGN = rf"(?!ft$)(?:{CURRENCIES})"
is_called_price = re.compile(
    rf"^(?:{SIGN}|(?:{PRICE_NAMES})[(\[]?(?:{CURRENCIES})?[)\]]?)$|"
    r"price|rrp|msrp|^mrp|uvp|preis|prix|precio|prezz|prij[sz]|^cen[ay]|cen[ay]$|preço|preco|pris(?!m)|hinta|ár$|preț|^pret"
    r"|τιμ|fiyat|цен[аы]|цін|价|價|価格|가격|판매가|pvp|^vk|vk$"
).search
# Numbers with two decimals that are no price of a product, or not the one it is sold for.
is_other_number = re.compile(
    r"tax|vat|mwst|ust$|steuer|iva|btw|moms|dph|ндс|discount|rabat|remise|sconto|korting|descuento|margin|marge|"
    r"weight|gewicht|poids|peso|waga|vikt|vægt|vekt|paino|hmotnost|вес|重|length|länge|laenge|longueur|"
    r"width|breite|largeur|height|höhe|hoehe|hauteur|depth|tiefe|size|größe|volume|volumen|qty|quantit|"
    r"menge|stock|inventory|bestand|lager|rating|valorac|bewert|score|latit|longit|shipping|versand|deposit|pfand|"
    r"points|percent|%|kg|mm$|cm$|date|datum|time|year|factor|hours|thick|dicke|épaiss|spess|diamet|"
    r"radius|abv$|[ai]lkohol|alcohol|sterne$|stars$|onhand|forecast|laufmeter|abmess|leistung|"
    r"durchm|valid|gültig|deliver|liefer|freight|fracht|volt|watt|druck|pressure|inhalt|litre|liter|gram"
).search
# What a product is bought for: the price where a file has no other.
is_cost = re.compile(
    r"cost|kosten|coût|cout|einkauf|^ek|ek$|achat|compra|acquist|inkoop|inköp|indkøb|innkjøp|zakup|"
    r"nákup|закуп|maliyet|仕入|原価|进价|成本|원가"
).search
# What only has to do with prices: `Price list`, `Preiseinheit`, `Cost center`.
is_about_price = re.compile(
    r"(?:list[ae]?|group|gruppe|code|type|typ|unit|einheit|date|id|cent(?:er|re)|stelle|account|konto)$"
).search
is_in_cents = re.compile(r"cents?$|pence$|minor(?:units?)?$").search
is_called_active = re.compile(
    r"a[ck]ti[vf]|attiv|enabl|publi|veröff|visib|sichtbar|online|anzeig|status|freigegeb|listed|"
    r"display|show|актив|видим|опубл|启用|上架|公開|판매"
).search
is_other_flag = re.compile(
    r"tax|ship|versand|gift|featur|block|gesperrt|sperr|discontin|archiv|delet|hidden|disab|inactiv|"
    r"inaktiv|stock|inventory|lager|track|backorder|virtual|download|preorder|digital|required|review|"
    r"custom|sold|new$|^new|neu$|sale$|individual|"
    # What the product is like.
    r"^bio$|organic|vegan|vegetar|halal|k?osher|gluten|la[ck]tos|fairtrade|recycl|handmade|fragil|"
    r"returnab|retour|prescri|rezept|fit$|fits$|waterproof|wasserdicht|hazard|gefahr"
).search
is_called_sku = re.compile(
    r"sku|art(?:ikel|icle|icolo|ículo|igo)?(?:nr|no|code|id|kod|number)|item(?:no|number|code|id)|"
    r"product(?:id|code|no|number)|prod(?:ukt)?(?:nr|code|kod)|^(?:no|nr|cod|code|kod|kód|index|indeks|symbol|"
    r"ref|id|artikel|model|partno|mpn)$|bestell|ordernumber|referen|référen|codice|código|codigo|číslo|numer|nummer|"
    r"артикул|^код|编码|编号|货号|品番|コード|番号|코드|번호|handle|barcode|ean|gtin|upc|isbn"
).search
is_called_name = re.compile(
    r"(?<!file)(?<!brand)(?<!user)name|nom(?:$|d)|title|titel|titre|título|titolo|bezeichnung|label|libell|"
    r"désignation|designation|denomin|naam|nazwa|namn|navn|název|nimi|"
    r"^(?:artikel|article|articolo|produkt|product|item|omschrijving|description|opis|bezeichn)$|"
    r"наимен|назван|品名|名称|商品名|품명|상품"
).search
is_called_description = re.compile(
    r"descri[pçczt]|descriere|beschreib|omschrij|beskriv|^opis|opis$|popis|kuvaus|leírás|περιγραφ|"
    r"açıklama|^опис|опис[аи]|langtext|longtext|描述|説明|說明|说明|商品詳細|설명"
).search
is_other_text = re.compile(
    r"meta|seo|categor|kategor|colle[ck]tion|imag|img|bild|foto|photo|pictur|alttext|tax|steuer|shipping|"
    r"versand|warrant|garant|brand|marke|vendor|manufact|herstell|supplier|lieferant|google|social|"
    r"url|file|datei|unit|einheit|colou?r|farb|size|größe|option|attribut|group|gruppe|status|stock|"
    r"condition|zustand|customs|zoll|origin|type|typ$|code|id$|name|price|preis"
).search
is_plain = re.compile(r"[0-9]{1,9}(?:[.,][0-9]{1,9})?").fullmatch
find_decimals = re.compile(r"[.,]([0-9]+)$").search
is_other_name = re.compile(
    r"brand|marke|marca|merk|vendor|supplier|manufact|herstell|lieferant|categor|kategor|option|image|url|"
    r"seo|meta|file|user|customer|type|vergleich"
).search


class Finder:
    """Looks through a file's first rows for columns that no field has."""

    def __init__(self, header: Sequence[str], rows: Rows, mapping: ColumnMapping) -> None:
        self._names = [normalise(name) for name in header]
        self._rows = rows
        used = set(mapping.columns.values())
        self._described = mapping.columns.get(Field.DESCRIPTION)
        self._free = [
            at for at, name in enumerate(header) if name and at not in used and name not in OURS
        ]

    def read_cells(self, index: int) -> list[str]:
        """The column's cells that are not empty."""
        cells = (row[index].strip() for row in self._rows if index < len(row))
        return [cell[:LONGEST] for cell in cells if cell]

    def find_prices(self) -> list[int]:
        """The columns that may be the price, those that are called so first."""
        called = [at for at in self._free if self._is_called_price(at)]
        sure = self.find_sure_prices()
        others = [at for at in self._free if at not in called and self._has_cents(at)]
        others.sort(key=lambda at: bool(is_cost(self._names[at])))
        looking = [at for at in others if not is_cost(self._names[at])]
        return (sure or (others if looking else called or others))[:OFFERED]

    def find_only_prices(self) -> list[int]:
        """The same, of a file without a price's column: there a cost may be in whole numbers."""
        return self.find_prices() or [at for at in self._free if self._is_cost(at)][:OFFERED]

    def find_sure_prices(self) -> list[int]:
        """The columns that are called a price, and not the cost or what else has cents."""
        called = [at for at in self._free if self._is_called_price(at)]
        names = self._names
        return [at for at in called if not (is_other_number(names[at]) or is_cost(names[at]))]

    def count_prices(self, index: int) -> int:
        """How many cells of a column are a price, and not 0, by one decimal mark or another."""
        numbers = map(read_number, clean_cells(self.read_cells(index)))
        return sum(is_amount(number) for number in numbers if number)

    def find_cents(self) -> list[int]:
        """The columns with prices in a hundredth of the currency."""
        names = self._names
        return [at for at in self._free if is_called_price(names[at]) and is_in_cents(names[at])]

    def find_descriptions(self) -> list[int]:
        """The columns that are called like the description, and hold texts."""
        names = self._names
        called = [at for at in self._free if is_called_description(names[at])]
        own = [at for at in called if not is_other_text(names[at])]
        return [at for at in own if any(map(has_letter, self.read_cells(at)))][:OFFERED]

    def find_flags(self) -> list[int]:
        """The columns that may tell whether a product is active."""
        flags = [at for at in self._free if self._holds_flags(at)]
        called = [at for at in flags if is_called_active(self._names[at])]
        mixed = [at for at in flags if self._says_yes_and_no(at)]
        # Several are properties of the products.
        return called[:OFFERED] or (mixed if len(mixed) == 1 else [])

    def find_keys(self) -> list[int]:
        """The columns that may be the SKU: called so, or else told by their cells."""
        keys = [at for at in self._free if self._tells_apart(at)]
        called = [at for at in keys if is_called_sku(self._names[at])]
        own = [at for at in called if "sku" in self._names[at]]
        others = [at for at in keys if any(map(has_digit, self.read_cells(at)))]
        return own or called or [at for at in others if not count_rows(self.read_cells(at))]

    def find_names(self, besides: Sequence[int]) -> list[int]:
        """The columns that may be the name: called so, or else of words."""
        # An ERP calls a product's name its description.
        columns = [*self._free, *([] if self._described is None else [self._described])]
        texts = [at for at in columns if at not in besides and self._holds_words(at)]
        texts = [at for at in texts if not is_other_name(self._names[at])]
        return [at for at in texts if is_called_name(self._names[at])] or texts

    def _is_called_price(self, index: int) -> bool:
        name = self._names[index]
        is_called = is_called_price(name) and not (is_in_cents(name) or is_about_price(name))
        return bool(is_called and self._read_amounts(index))

    def _is_cost(self, index: int) -> bool:
        name = self._names[index]
        is_called = is_cost(name) and not (is_other_number(name) or is_about_price(name))
        return bool(is_called and self._read_amounts(index))

    def _has_cents(self, index: int) -> bool:
        if is_other_number(self._names[index]):
            return False
        decimals = [count_decimals(number) for number in self._read_amounts(index)]
        return bool(decimals) and max(decimals) <= 2 and 2 * decimals.count(2) >= len(decimals)

    def _read_amounts(self, index: int) -> list[str]:
        """The numbers of a column of numbers; a few of its cells may be words."""
        cells = self.read_cells(index)
        amounts = [number for cell in cells if (number := read_amount(cell))]
        return amounts if 3 * len(amounts) >= 2 * len(cells) else []

    def _holds_flags(self, index: int) -> bool:
        cells = self.read_cells(index)
        return (
            bool(cells) and not is_other_flag(self._names[index]) and all(map(is_flag_word, cells))
        )

    def _says_yes_and_no(self, index: int) -> bool:
        cells = self.read_cells(index)
        said = {parse_flag(cell) for cell in cells}
        return len(said) > 1 and not any(map(has_digit, cells))

    def _tells_apart(self, index: int) -> bool:
        cells = [cell.casefold() for cell in self.read_cells(index)]
        return len(cells) == len(set(cells)) == len(self._rows) and not any(
            len(cell) > rules.SKU_MAX or len(cell.split()) > 3 for cell in cells
        )

    def _holds_words(self, index: int) -> bool:
        cells = self.read_cells(index)
        return (
            bool(cells)
            and not all(map(is_flag_word, cells))
            and all(
                any(map(str.isalpha, cell)) and len(cell) <= rules.NAME_MAX and "://" not in cell
                for cell in cells
            )
        )


def fits_no_flag(header: str, cells: Sequence[str]) -> bool:
    """Whether there are cells, and none of them is a flag in the column of this name."""
    numbers = find_numbers(header)
    return bool(cells) and not any(cell in numbers or is_flag_word(cell) for cell in cells)


def is_flag_word(cell: str) -> bool:
    """Whether a cell that is not empty says yes or no."""
    return parse_flag(cell) is not NOT_A_FLAG


def read_amount(cell: str) -> str | None:
    """The digits and marks of a cell that could be a price."""
    if is_plain(cell):
        return cell
    number = find_number(cell)
    return number if number and (makes_sense(number, ".") or makes_sense(number, ",")) else None


def is_amount(number: Number) -> bool:
    """Whether a number can be a price, and is not 0."""
    can_be = makes_sense(number.text, ".") or makes_sense(number.text, ",")
    return can_be and any(digit in "123456789" for digit in number.text)


def count_decimals(number: str) -> int:
    """The digits behind the last mark; those of `1,299` may be thousands, and count as three."""
    found = find_decimals(number)
    return len(found[1]) if found else 0


def has_digit(cell: str) -> bool:
    """Whether a digit is among the characters."""
    return any(map(str.isdigit, cell))


def has_letter(cell: str) -> bool:
    """Whether a letter is among the characters."""
    return any(map(str.isalpha, cell))


def count_rows(cells: Sequence[str]) -> bool:
    """Whether cells do nothing but count the rows, as programs for tables write them."""
    return len(cells) > 1 and any(
        list(cells) == [str(number) for number in range(first, first + len(cells))]
        for first in (0, 1)
    )
