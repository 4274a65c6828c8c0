"""The names of columns in the exports of shops and ERPs, in the languages they are written in.

Data alone. A name stands here when it is unmistakable: `Kod` may be a barcode and `Artikel` a
name or a number, so that they are only suggested (see `suggestions.py`). For each field the names
are in the order in which they are preferred when a file has several; those of one tuple are
rivals, between which a person chooses.
"""

from __future__ import annotations

from app.products.upsert import Field

NAMES: dict[Field, tuple[str | tuple[str, ...], ...]] = {
    Field.SKU: (
        "sku", "variant sku",  # Shopify, WooCommerce, Magento, Medusa, BigCommerce
        "product code/sku", "product sku", "sku code", "sku number",  # BigCommerce
        "internal reference", "default code",  # Odoo
        "reference", "référence", "référence produit", "référence article",  # PrestaShop
        "ugs", "artikelnummer",  # WooCommerce in French and German
        "item number", "item no", "article number", "part number", "product code", "item code",
        "product number", "stock code",
        "artikel-nr", "art-nr", "artikelcode", "produktnummer", "produkt-nr", "produktcode",
        "materialnummer",
        "code article", "code produit",
        "referencia", "código de producto", "código producto", "código de artículo",
        "código artículo", "código do produto", "código produto", "código do artigo",
        "referência", "código", "codice articolo", "codice prodotto", "codice",
        "productnummer",
        "kod produktu", "kod towaru", "symbol produktu", "numer katalogowy",
        "varenummer", "varenr", "tuotekoodi", "tuotenumero",
        "kód produktu", "kód zboží", "katalogové číslo", "kód tovaru",
        "cikkszám", "termékkód", "cod produs", "cod articol",
        "κωδικός προϊόντος", "κωδικός είδους",
        "ürün kodu", "stok kodu", "malzeme kodu",
        "артикул", "код товара", "артикул товара", "код товару",
        "货号", "商品编码", "商品编号", "产品编码", "产品编号", "貨號", "商品編號",
        "商品コード", "商品番号", "品番", "管理番号",
        "상품코드", "상품번호", "제품코드", "품번", "자체 상품코드",
    ),
    Field.NAME: (
        "name",  # WooCommerce, Magento, PrestaShop, Odoo, BigCommerce
        "product name",  # BigCommerce
        "title", "product title",  # Shopify, Medusa
        "item name", "article name", "nom", "nombre", "bezeichnung",
        "artikelname", "artikelbezeichnung", "produktname", "produktbezeichnung", "produkttitel",
        "titel", "bezeichnung 1",
        "désignation", "libellé", "titre", "nom du produit", "nom produit", "nom de l'article",
        "nombre del producto", "nombre de producto", "nombre producto", "título", "denominación",
        "nome", "nome prodotto", "nome articolo", "titolo", "denominazione",
        "nome do produto", "nome produto", "designação",
        "naam", "productnaam", "artikelnaam",
        "nazwa", "nazwa produktu", "nazwa towaru",
        "namn", "produktnamn", "benämning", "artikelnamn",
        "navn", "produktnavn", "varenavn",
        "nimi", "tuotenimi", "tuotteen nimi", "tuotenimike",
        "název", "název produktu", "název zboží", "názov", "názov produktu", "názov tovaru",
        "megnevezés", "terméknév", "termék neve", "név",
        "denumire", "denumire produs", "nume", "nume produs",
        "όνομα", "όνομα προϊόντος", "περιγραφή είδους",
        "ürün adı", "ürün ismi", "stok adı", "malzeme adı",
        "наименование", "название", "наименование товара", "название товара", "номенклатура",
        "назва", "назва товару", "найменування",
        "名称", "商品名称", "产品名称", "品名", "商品标题", "名稱", "商品名稱", "產品名稱",
        "商品名", "製品名", "商品タイトル",
        "상품명", "제품명", "품명", "품목명",
    ),
    Field.DESCRIPTION: (
        "description",  # WooCommerce, Magento, PrestaShop, Shopify, BigCommerce
        "body (html)",  # Shopify
        "product description",  # Medusa, BigCommerce
        "sales description", "description sale",  # Odoo
        "long description", "full description", "item description",
        "beschreibung", "descripción",
        "produktbeschreibung", "artikelbeschreibung", "langbeschreibung", "langtext",
        "description longue", "description du produit", "description produit",
        "descripción larga", "descripción del producto", "descripción de producto",
        "descrizione", "descrizione lunga", "descrizione estesa", "descrizione prodotto",
        "omschrijving", "beschrijving", "productomschrijving", "productbeschrijving",
        "opis", "opis produktu", "opis towaru", "długi opis", "pełny opis",
        "descrição", "descrição do produto", "descrição completa",
        "beskrivning", "produktbeskrivning", "beskrivelse", "produktbeskrivelse",
        "kuvaus", "tuotekuvaus", "tuotteen kuvaus",
        "popis", "popis produktu", "popis zboží", "dlouhý popis", "dlhý popis", "popis tovaru",
        "leírás", "termékleírás", "hosszú leírás",
        "descriere", "descriere produs", "descriere lungă",
        "περιγραφή", "περιγραφή προϊόντος",
        "açıklama", "ürün açıklaması", "detaylı açıklama",
        "описание", "описание товара", "полное описание", "опис товару",
        "描述", "商品描述", "产品描述", "商品详情", "描述內容", "商品說明",
        "商品説明", "商品説明文", "説明", "商品詳細",
        "상품설명", "상품 상세설명", "상세설명", "제품설명", "설명",
        "short description", "kurzbeschreibung", "description courte", "descripción corta",
        "descrizione breve", "korte omschrijving", "korte beschrijving", "krótki opis",
        "descrição curta", "kort beskrivning", "kort beskrivelse", "lyhyt kuvaus",
        "krátký popis", "krátky popis", "rövid leírás", "descriere scurtă", "kısa açıklama",
        "краткое описание",
    ),
    Field.PRICE: (
        "price", "variant price",  # Magento, BigCommerce, Shopify
        "regular price", "regulärer preis", "tarif régulier", "precio normal",  # WooCommerce
        "sales price", "list price", "lst price", "public price",  # Odoo
        "preis", "prix", "precio", "prezzo", "prijs", "cena", "preço", "pris", "hinta", "ár",
        "preț", "τιμή", "fiyat", "цена", "ціна", "价格", "價格", "価格", "가격",
        "verkaufspreis", "vk-preis", "std vk", "artikelpreis", "produktpreis",
        "prix de vente", "prix public", "precio de venta", "pvp", "precio regular",
        "prezzo di vendita", "prezzo vendita", "prezzo di listino", "prezzo listino",
        "verkoopprijs", "reguliere prijs", "normale prijs",
        "cena sprzedaży", "cena regularna", "cena katalogowa",
        "preço de venda", "preço normal", "preço regular",
        "ordinarie pris", "försäljningspris", "utpris", "salgspris", "normalpris", "vejl pris",
        "ordinær pris", "utsalgspris", "myyntihinta", "normaali hinta",
        "prodejní cena", "běžná cena", "predajná cena", "bežná cena",
        "eladási ár", "normál ár", "preț de vânzare", "preț vânzare", "preț obișnuit",
        "τιμή πώλησης", "κανονική τιμή", "λιανική τιμή",
        "satış fiyatı", "normal fiyat", "ürün fiyatı", "liste fiyatı",
        "цена продажи", "розничная цена", "базовая цена", "обычная цена", "цена товара",
        "роздрібна ціна", "售价", "销售价", "销售价格", "商品价格", "零售价", "售價",
        "販売価格", "商品価格", "通常価格", "판매가", "판매가격", "상품가격",
        # With and without tax: PrestaShop, JTL and many more.
        ("price tax excluded", "price tax included", "price tax excl", "price tax incl",
         "price excl tax", "price incl tax",
         "price excluding tax", "price including tax", "price excl vat", "price incl vat",
         "price ex vat", "price inc vat", "price without vat", "price with vat",
         "price without tax", "price with tax", "net price", "gross price",
         "price net", "price gross",
         "nettopreis", "bruttopreis", "preis netto", "preis brutto", "preis inkl mwst",
         "preis exkl mwst", "preis zzgl mwst",
         "verkaufspreis netto", "verkaufspreis brutto", "vk netto", "vk brutto",
         "vk-preis netto", "vk-preis brutto", "std vk netto", "std vk brutto",
         "netto-vk", "brutto-vk",
         "prix ht", "prix ttc", "prix de vente ht", "prix de vente ttc",
         "prix public ttc", "prix public ht", "prix unitaire ht", "prix unitaire ttc",
         "precio sin iva", "precio con iva", "pvp sin iva", "pvp con iva", "precio neto",
         "prezzo netto", "prezzo lordo", "prezzo ivato", "prezzo iva inclusa", "prezzo iva esclusa",
         "prijs incl btw", "prijs excl btw", "verkoopprijs incl btw", "verkoopprijs excl btw",
         "prijs inclusief btw", "prijs exclusief btw",
         "cena netto", "cena brutto", "cena sprzedaży netto", "cena sprzedaży brutto",
         "preço sem iva", "preço com iva", "pris inkl moms", "pris exkl moms", "pris ex moms",
         "pris inkl mva", "pris eks mva", "pris ekskl moms", "hinta sis alv", "veroton hinta",
         "verollinen hinta", "hinta alv 0", "cena s dph", "cena bez dph", "nettó ár", "bruttó ár",
         "preț cu tva", "preț fără tva", "τιμή με φπα", "τιμή χωρίς φπα",
         "kdv dahil fiyat", "kdv hariç fiyat", "цена с ндс", "цена без ндс", "ціна з пдв",
         "税込価格", "税抜価格", "販売価格税込", "販売価格税抜", "含税价", "不含税价"),
        "product price", "retail price", "unit price", "selling price", "sell price",
        "item price", "standard selling rate",  # ERPNext
        "einzelpreis", "listenpreis", "stückpreis", "prix unitaire", "prix catalogue",
        "precio unitario", "prezzo unitario", "stukprijs", "eenheidsprijs", "cena jednostkowa",
        "preço unitário", "styckpris", "stykpris", "stykkpris", "yksikköhinta",
        "jednotková cena", "egységár", "preț unitar", "τιμή μονάδας", "birim fiyat",
        "单价", "單價", "単価", "단가",
        "sale price",  # Odoo before 2020; elsewhere a price for some days, so it is the last
    ),
    Field.ACTIVE: (
        "active",  # Odoo, PrestaShop
        "product online",  # Magento
        "product visible", "is visible",  # BigCommerce
        "product status",  # Medusa
        "status",  # Shopify, PrestaShop
        "published",  # WooCommerce, Shopify
        "published on online store",  # Shopify
        "veröffentlicht", "publié", "publicado",  # WooCommerce
        "pubblicato", "gepubliceerd", "opublikowany", "opublikowano", "publicerad", "publiceret",
        "publisert", "julkaistu", "publikováno", "zveřejněno", "publicat", "közzétéve",
        "yayımlandı", "yayınlandı", "опубликован", "опубликовано", "δημοσιευμένο",
        "website published", "is published",  # Odoo
        "is active", "enabled", "is enabled", "visible", "aktiv",  # Wix
        "artikel aktiv", "ist aktiv", "actif", "activé", "activo", "activado", "attivo", "attivato",
        "actief", "aktywny", "aktywne", "ativo", "aktiivinen", "aktivní", "aktívny", "aktív",
        "activ", "ενεργό", "aktif", "активен", "активный", "активность", "активно",
        "启用", "是否启用", "啟用",
    ),
}  # fmt: skip
