"""What a header's name means, however it is written."""

from __future__ import annotations

import unicodedata

import pytest

from app.imports.headers import find_meaning, normalise
from app.imports.names import NAMES
from app.products.upsert import Field

LANGUAGES = {
    "de": ["Artikelnummer", "Bezeichnung", "Beschreibung", "Verkaufspreis", "Aktiv"],
    "de, JTL": ["Artikel-Nr.", "Artikelname", "Langbeschreibung", "Std. VK Brutto", "Aktiv"],
    "fr": ["Référence", "Désignation", "Description longue", "Prix TTC", "Actif"],
    "fr, without accents": ["REFERENCE", "LIBELLE", "DESCRIPTION", "PRIX DE VENTE HT", "ACTIF"],
    "es": ["Código", "Título", "Descripción larga", "PVP", "Activo"],
    "it": ["Codice", "Nome", "Descrizione", "Prezzo di listino", "Attivo"],
    "nl": ["Artikelcode", "Naam", "Omschrijving", "Prijs incl. BTW", "Gepubliceerd"],
    "pl": ["Kod produktu", "Nazwa", "Opis", "Cena brutto", "Aktywny"],
    "pt": ["Código do produto", "Nome", "Descrição", "Preço de venda", "Ativo"],
    "sv": ["Artikelnummer", "Namn", "Beskrivning", "Ordinarie pris", "Publicerad"],
    "da": ["Varenr.", "Varenavn", "Beskrivelse", "Salgspris", "Publiceret"],
    "no": ["Varenummer", "Produktnavn", "Beskrivelse", "Pris inkl. mva", "Publisert"],
    "fi": ["Tuotekoodi", "Tuotenimi", "Kuvaus", "Hinta (sis. ALV)", "Julkaistu"],
    "cs": ["Kód produktu", "Název", "Popis", "Cena s DPH", "Aktivní"],
    "sk": ["Kód tovaru", "Názov", "Popis", "Predajná cena", "Aktívny"],
    "hu": ["Cikkszám", "Megnevezés", "Leírás", "Bruttó ár", "Aktív"],
    "ro": ["Cod produs", "Denumire", "Descriere", "Preț cu TVA", "Activ"],
    "el": ["Κωδικός προϊόντος", "Όνομα", "Περιγραφή", "Τιμή", "Ενεργό"],
    "tr": ["Stok Kodu", "Ürün Adı", "Açıklama", "Satış Fiyatı", "Aktif"],
    "tr, in capitals": ["STOK KODU", "ÜRÜN ADI", "AÇIKLAMA", "FİYAT", "AKTİF"],
    "ru": ["Артикул", "Наименование", "Описание", "Цена", "Активен"],
    "uk": ["Код товару", "Назва", "Опис товару", "Ціна", "Видимый"],
    "zh": ["货号", "名称", "商品描述", "价格", "启用"],
    "zh, traditional": ["商品編號", "商品名稱", "商品說明", "售價", "啟用"],
    "ja": ["商品コード", "商品名", "商品説明", "販売価格(税込)", "Active"],
    "ko": ["상품코드", "상품명", "상세설명", "판매가", "Active"],
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_fields_are_known_in_many_languages(language: str) -> None:
    meanings = [find_meaning(header) for header in LANGUAGES[language]]
    known = [meaning and meaning.field for meaning in meanings]
    assert known == [*[*Field][:4], None if language == "uk" else Field.ACTIVE]


@pytest.mark.parametrize(
    "header",
    ["SKU", "ＳＫＵ", "SKU\u200b", "S\u00adKU", "\ufeffsku", "ï»¿SKU", "SKU*", "#sku", "* SKU *",
     "SKU:",
     "SKU (required)", "s_k-u", "s\u2011ku", "S.K.U."],
)  # fmt: skip
def test_what_decorates_a_name_means_nothing(header: str) -> None:
    meaning = find_meaning(header)
    assert meaning is not None
    assert meaning.field is Field.SKU


def test_a_name_in_decomposed_letters_is_the_same_name() -> None:
    names = [name for group in NAMES.values() for name in group if isinstance(name, str)]
    for name in names:
        assert find_meaning(unicodedata.normalize("NFD", name)) == find_meaning(name)
        assert find_meaning(name.upper()) == find_meaning(name), name


@pytest.mark.parametrize(
    "header",
    ["Price (EUR)", "Price ($)", "Price [€]", "price-EUR", "Price USD", "Price in EUR",
     "Price, GBP",
     "EUR price", "Preis in €", "Preis (CHF)*", "Preis\n(EUR)", "Cena (zł)", "Цена, руб.",
     "Prix TTC (€)",
     "Preis/EUR", "Price (BHD)"],
)  # fmt: skip
def test_a_currency_beside_a_price_is_its_unit(header: str) -> None:
    meaning = find_meaning(header)
    assert meaning is not None
    assert (meaning.field, meaning.has_unit) == (Field.PRICE, True)


@pytest.mark.parametrize(
    "header",
    ["Price all", "Price (old)", "Compare at price", "Wholesale price", "Kod", "Code", "Marka",
     "Artikel",
     "Name (SKU)", "name-fr_FR", "description(en-gb)", "EAN", "unit_price_cents",
     "Angebotspreis", "EK netto",
     "No.", "Blocked", "", "*", "SKU2", "Product ID", "Bestellnummer", "Status-Code"],
)  # fmt: skip
def test_a_name_that_may_mean_something_else_is_not_known(header: str) -> None:
    assert find_meaning(header) is None


def test_a_name_of_signs_alone_stays_a_name() -> None:
    assert (normalise("*"), normalise("# #"), normalise("")) == ("*", "##", "")


@pytest.mark.parametrize(
    "header",
    ["Description (long)", "Beschreibung [lang]", "Name (max. 80 characters)", "SKU (text)"],
)
def test_a_name_with_a_word_about_its_text_is_known_behind_the_name_alone(header: str) -> None:
    meaning, plain = find_meaning(header), find_meaning(header.split(maxsplit=1)[0])
    assert meaning
    assert plain
    assert (meaning.field, meaning.has_unit, plain.has_unit) == (plain.field, True, False)
