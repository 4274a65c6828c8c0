"""Product exports of shops and ERPs, typed from their public documentation."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient

from tests.imports.factories import upload
from tests.imports.reading import check_table, write_csv
from tests.imports.test_routes import Run, imported


@dataclass(frozen=True)
class Export:
    """A file, which column means what, and what its rows are: sku, name, price, active."""

    text: str
    mapping: dict[str, str]
    rows: list[tuple[str, str, str | None, str]]


def fill(header: str, *rows: dict[str, str], delimiter: str = ",") -> str:
    """A file with the header's columns; what a row does not name is empty."""
    names = header.split(delimiter)
    for row in rows:
        assert set(row) <= set(names), set(row) - set(names)
    lines = [names, *([row.get(name, "") for name in names] for row in rows)]
    return write_csv(lines) if delimiter == "," else "\n".join(map(delimiter.join, lines)) + "\n"


SHOPIFY_HEADER = (
    "Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,"
    "Option1 Value,Option2 Name,Option2 Value,Option3 Name,Option3 Value,Variant SKU,"
    "Variant Grams,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,"
    "Variant Fulfillment Service,Variant Price,Variant Compare At Price,"
    "Variant Requires Shipping,Variant Taxable,Variant Barcode,Image Src,Image Position,"
    "Image Alt Text,Gift Card,SEO Title,SEO Description,Google Shopping / MPN,Variant Image,"
    "Variant Weight Unit,Variant Tax Code,Cost per item,Included / International,"
    "Price / International,Compare At Price / International,Status"
)
SHOPIFY_ROW = {
    "Vendor": "Acme",
    "Published": "TRUE",
    "Option1 Name": "Title",
    "Option1 Value": "Default Title",
    "Variant Inventory Policy": "deny",
    "Variant Fulfillment Service": "manual",
    "Variant Taxable": "TRUE",
}
SHOPIFY = Export(
    fill(
        SHOPIFY_HEADER,
        {**SHOPIFY_ROW, "Handle": "oak-chair", "Title": "Oak chair", "Variant SKU": "CH-1",
         "Body (HTML)": "<p>Solid, of oak</p>", "Variant Price": "129.00", "Status": "active",
         "Variant Compare At Price": "149.00"},
        {**SHOPIFY_ROW, "Handle": "table", "Title": "Table", "Variant SKU": "'001",
         "Variant Price": "89.5", "Status": "draft"},
        {**SHOPIFY_ROW, "Handle": "lamp", "Title": "Lamp", "Variant SKU": "L-1",
         "Variant Price": "15.00", "Status": "archived"},
        {**SHOPIFY_ROW, "Handle": "rug", "Title": "Rug", "Variant SKU": "R-1",
         "Variant Price": "15.00", "Status": "unlisted"},
    ),
    {"sku": "Variant SKU", "name": "Title", "description": "Body (HTML)",
     "price": "Variant Price", "active": "Status"},
    [("CH-1", "Oak chair", "129.00", "t"), ("001", "Table", "89.5", "f"),
     ("L-1", "Lamp", "15.00", "f"), ("R-1", "Rug", "15.00", "t")],
)  # fmt: skip
SHOPIFY_WITHOUT_STATUS = Export(
    fill(
        "Handle,Title,Body (HTML),Published,Variant SKU,Variant Price",
        {"Handle": "a", "Title": "Chair", "Published": "TRUE", "Variant SKU": "A",
         "Variant Price": "1.00"},
        {"Handle": "b", "Title": "Table", "Published": "FALSE", "Variant SKU": "B",
         "Variant Price": "2.00"},
    ),
    {"sku": "Variant SKU", "name": "Title", "description": "Body (HTML)",
     "price": "Variant Price", "active": "Published"},
    [("A", "Chair", "1.00", "t"), ("B", "Table", "2.00", "f")],
)  # fmt: skip
SHOPIFY_NEW = Export(
    fill(
        "Title,URL handle,Description,Vendor,Product category,Type,Tags,Published on online store,"
        "Status,SKU,Barcode,Option1 name,Option1 value,Price,Price / International,"
        "Compare-at price,Cost per item,Charge tax,Inventory quantity,Weight value (grams)",
        {"Title": "Chair", "URL handle": "chair", "Description": "Oak", "Status": "Active",
         "Published on online store": "TRUE", "SKU": "A", "Price": "50", "Barcode": "123"},
    ),
    {"sku": "SKU", "name": "Title", "description": "Description", "price": "Price",
     "active": "Status"},
    [("A", "Chair", "50", "t")],
)  # fmt: skip
WOOCOMMERCE = Export(
    "\ufeff" + fill(
        "ID,Type,SKU,GTIN UPC EAN or ISBN,Name,Published,Is featured?,Visibility in catalog,"
        "Short description,Description,Date sale price starts,Date sale price ends,Tax status,"
        "Tax class,In stock?,Stock,Low stock amount,Backorders allowed?,Sold individually?,"
        "Weight (kg),Length (cm),Width (cm),Height (cm),Allow customer reviews?,Purchase note,"
        "Sale price,Regular price,Categories,Tags,Shipping class,Images,Download limit,"
        "Download expiry days,Parent,Grouped products,Upsells,Cross-sells,External URL,"
        "Button text,Position,Attribute 1 name,Attribute 1 value(s)",
        {"ID": "44", "Type": "simple", "SKU": "woo-tee", "Name": "T-Shirt, red", "Published": "1",
         "Short description": "Short", "Description": "Long\\nand wide", "Sale price": "10",
         "Regular price": "18", "Tax status": "taxable", "In stock?": "1"},
        {"ID": "45", "Type": "variable", "SKU": "woo-hoodie", "Name": "Hoodie", "Published": "-1"},
        {"ID": "46", "Type": "variation", "SKU": "woo-hoodie-red", "Name": "Hoodie - Red",
         "Published": "0", "Regular price": "45.50", "Parent": "woo-hoodie"},
    ),
    {"sku": "SKU", "name": "Name", "description": "Description", "price": "Regular price",
     "active": "Published"},
    [("woo-tee", "T-Shirt, red", "18", "t"), ("woo-hoodie", "Hoodie", None, "f"),
     ("woo-hoodie-red", "Hoodie - Red", "45.50", "f")],
)  # fmt: skip
WOOCOMMERCE_GERMAN = Export(
    "\ufeff" + fill(
        "ID,Typ,Artikelnummer,Name,Veröffentlicht,Ist hervorgehoben?,Kurzbeschreibung,"
        "Beschreibung,Vorrätig?,Angebotspreis,Regulärer Preis",
        {"ID": "1", "Typ": "simple", "Artikelnummer": "T-1", "Name": "Stuhl",
         "Veröffentlicht": "1", "Regulärer Preis": "12,90"},
    ),
    {"sku": "Artikelnummer", "name": "Name", "description": "Beschreibung",
     "price": "Regulärer Preis", "active": "Veröffentlicht"},
    [("T-1", "Stuhl", "12.90", "t")],
)  # fmt: skip
PRESTASHOP = Export(
    fill(
        "Product ID;Active (0/1);Name *;Categories (x,y,z...);Price tax excluded;Tax rules ID;"
        "Wholesale price;On sale (0/1);Discount amount;Discount percent;"
        "Discount from (yyyy-mm-dd);Discount to (yyyy-mm-dd);Reference #;Supplier reference #;"
        "Supplier;Manufacturer;EAN13;UPC;MPN;Ecotax;Width;Height;Depth;Weight;Quantity;"
        "Minimal quantity;Visibility;Additional shipping cost;Unity;Unit price;Summary;Description;"
        "Tags (x,y,z...);Meta title;URL rewritten;Condition;ID / Name of shop",
        {"Product ID": "1", "Active (0/1)": "1", "Name *": "Player", "Price tax excluded": "100",
         "Categories (x,y,z...)": "Players, small", "Reference #": "RP-1",
         "Supplier reference #": "RF-1", "Wholesale price": "80", "Summary": "<p>New.</p>",
         "Description": "<p>New design.</p>", "Weight": "0.068357"},
        {"Product ID": "2", "Active (0/1)": "0", "Name *": "Notebook", "Reference #": "RP-2",
         "Price tax excluded": "1499.900000", "Unit price": "20"},
        delimiter=";",
    ),
    {"sku": "Reference #", "name": "Name *", "description": "Description",
     "price": "Price tax excluded", "active": "Active (0/1)"},
    [("RP-1", "Player", "100", "t"), ("RP-2", "Notebook", "1499.90", "f")],
)  # fmt: skip
PRESTASHOP_LIST = Export(
    fill(
        "Product ID;Image;Name;Reference;Category;Price (tax excl.);Quantity;Status;Position",
        {"Product ID": "7", "Name": "Mug", "Reference": "demo_11", "Price (tax excl.)": "11.9",
         "Category": "Home", "Quantity": "300", "Status": "1", "Position": "1"},
        {"Product ID": "8", "Name": "Cup", "Reference": "demo_12", "Price (tax excl.)": "5",
         "Status": "0"},
        delimiter=";",
    ),
    {"sku": "Reference", "name": "Name", "price": "Price (tax excl.)", "active": "Status"},
    [("demo_11", "Mug", "11.9", "t"), ("demo_12", "Cup", "5", "f")],
)  # fmt: skip
ODOO = Export(
    fill(
        "External ID,Name,Internal Reference,Sales Price,Cost,Product Type,Barcode,"
        "Sales Description,Product Category,Can be Sold,Active",
        {"External ID": "__export__.product_template_5", "Name": "[Desk] Combo",
         "Internal Reference": "FURN_0001", "Sales Price": "750.0", "Cost": "700.0",
         "Sales Description": "Oak\nand steel", "Can be Sold": "True", "Active": "True"},
        {"External ID": "product.lamp", "Name": "Lamp", "Internal Reference": "FURN_2",
         "Sales Price": "40.0", "Can be Sold": "True", "Active": "False"},
    ),
    {"sku": "Internal Reference", "name": "Name", "description": "Sales Description",
     "price": "Sales Price", "active": "Active"},
    [("FURN_0001", "[Desk] Combo", "750.0", "t"), ("FURN_2", "Lamp", "40.0", "f")],
)  # fmt: skip
ODOO_TECHNICAL = Export(
    fill(
        "id,default_code,name,list_price,description_sale,active",
        {"id": "a.b", "default_code": "F-1", "name": "Desk", "list_price": "12.5",
         "description_sale": "Oak", "active": "True"},
    ),
    {"sku": "default_code", "name": "name", "description": "description_sale",
     "price": "list_price", "active": "active"},
    [("F-1", "Desk", "12.5", "t")],
)  # fmt: skip
MAGENTO = Export(
    fill(
        "sku,store_view_code,attribute_set_code,product_type,categories,product_websites,name,"
        "description,short_description,weight,product_online,tax_class_name,visibility,price,"
        "special_price,url_key,meta_title,base_image,created_at,updated_at,"
        "additional_attributes,qty,is_in_stock",
        {"sku": "24-MB01", "attribute_set_code": "Bag", "product_type": "simple",
         "name": "Duffle Bag", "description": "<p>A bag</p>", "product_online": "1",
         "visibility": "Catalog, Search", "price": "34.000000", "special_price": "30.000000",
         "additional_attributes": "activity=Gym,erin_recommends=Yes", "qty": "100.0000"},
        {"sku": "24-MB02", "product_type": "simple", "name": "Backpack", "product_online": "2",
         "price": "32.500000"},
    ),
    {"sku": "sku", "name": "name", "description": "description", "price": "price",
     "active": "product_online"},
    [("24-MB01", "Duffle Bag", "34.00", "t"), ("24-MB02", "Backpack", "32.50", "f")],
)  # fmt: skip
MEDUSA_HEADER = (
    "Product Id,Product Handle,Product Title,Product Subtitle,Product Description,Product Status,"
    "Product Thumbnail,Product Weight,Product Discountable,Product External Id,Variant Id,"
    "Variant Title,Variant SKU,Variant Barcode,Variant Allow Backorder,Variant Price EUR"
)
MEDUSA_ROW = {
    "Product Title": "Shirt",
    "Product Description": "Cotton",
    "Product Status": "published",
    "Variant Title": "M",
    "Variant SKU": "SHIRT-M",
    "Variant Price EUR": "10.5",
}
MEDUSA_MAPPING = {
    "sku": "Variant SKU",
    "name": "Product Title",
    "description": "Product Description",
    "active": "Product Status",
}
MEDUSA = Export(
    fill(
        MEDUSA_HEADER,
        MEDUSA_ROW,
        {**MEDUSA_ROW, "Variant SKU": "SHIRT-L", "Product Status": "proposed"},
    ),
    {**MEDUSA_MAPPING, "price": "Variant Price EUR"},
    [("SHIRT-M", "Shirt", "10.5", "t"), ("SHIRT-L", "Shirt", "10.5", "f")],
)
MEDUSA_TWO_CURRENCIES = Export(
    fill(f"{MEDUSA_HEADER},Variant Price USD", {**MEDUSA_ROW, "Variant Price USD": "12"}),
    MEDUSA_MAPPING,
    [("SHIRT-M", "Shirt", None, "t")],
)
BIGCOMMERCE_LEGACY = Export(
    fill(
        "Item Type,Product ID,Product Name,Product Type,Product Code/SKU,Bin Picking Number,"
        "Brand Name,Option Set,Product Description,Price,Cost Price,Retail Price,Sale Price,"
        "Fixed Shipping Price,Free Shipping,Product Weight,Product Visible?,"
        "Product Availability,Track Inventory,Current Stock Level,Category,Product UPC/EAN",
        {"Item Type": "Product", "Product ID": "33", "Product Name": "Shirt",
         "Product Code/SKU": "B-1", "Product Description": "<p>Cotton</p>", "Price": "49.95",
         "Retail Price": "60.00", "Product Visible?": "Y"},
        {"Item Type": "Product", "Product ID": "34", "Product Name": "Hat",
         "Product Code/SKU": "B-2", "Price": "5.00", "Product Visible?": "N"},
    ),
    {"sku": "Product Code/SKU", "name": "Product Name", "description": "Product Description",
     "price": "Price", "active": "Product Visible?"},
    [("B-1", "Shirt", "49.95", "t"), ("B-2", "Hat", "5.00", "f")],
)  # fmt: skip
BIGCOMMERCE = Export(
    fill(
        "Item,ID,Name,Type,SKU,Options,Inventory Tracking,Current Stock,Low Stock,Price,"
        "Cost Price,Retail Price,Sale Price,Brand ID,Channels,Categories,Description,"
        "Is Visible,Is Featured,Weight,UPC/EAN",
        {"Item": "Product", "ID": "77", "Name": "Shirt", "Type": "physical", "SKU": "S-1",
         "Price": "10", "Retail Price": "12", "Description": "Cotton", "Is Visible": "TRUE"},
    ),
    {"sku": "SKU", "name": "Name", "description": "Description", "price": "Price",
     "active": "Is Visible"},
    [("S-1", "Shirt", "10", "t")],
)  # fmt: skip

EXPORTS = {
    "Shopify": SHOPIFY,
    "Shopify without status": SHOPIFY_WITHOUT_STATUS,
    "Shopify, new names": SHOPIFY_NEW,
    "WooCommerce": WOOCOMMERCE,
    "WooCommerce in German": WOOCOMMERCE_GERMAN,
    "PrestaShop": PRESTASHOP,
    "PrestaShop's list": PRESTASHOP_LIST,
    "Odoo": ODOO,
    "Odoo, technical names": ODOO_TECHNICAL,
    "Magento": MAGENTO,
    "Medusa": MEDUSA,
    "Medusa in two currencies": MEDUSA_TWO_CURRENCIES,
    "BigCommerce, legacy": BIGCOMMERCE_LEGACY,
    "BigCommerce": BIGCOMMERCE,
}


@pytest.mark.parametrize("system", EXPORTS)
def test_an_export_is_understood_as_a_person_would(system: str) -> None:
    export = EXPORTS[system]
    checked = check_table(export.text)
    assert checked.codes == []
    assert checked.mapping == export.mapping
    assert [
        (row["sku"], row["name"], row.get("price"), row["active"]) for row in checked.rows.values()
    ] == export.rows


def test_shopify_s_samples_get_a_word_about_the_empty_sku_and_another_column(
    client: FlaskClient, run_jobs: Run
) -> None:
    rows = [
        {**SHOPIFY_ROW, "Handle": f"handle-{n}", "Title": f"T-Shirt {n}", "Variant Price": "10.00"}
        for n in range(5)
    ]
    waiting = imported(client, run_jobs, fill(SHOPIFY_HEADER, *rows))
    assert waiting["status"] == "needs_mapping"
    assert waiting["problem"]["type"] == "/problems/empty-sku-column"
    assert "“Variant SKU” is there and empty" in waiting["problem"]["detail"]
    assert "“Handle”" in waiting["problem"]["detail"]
    mapping = {**waiting["mapping"], "sku": "Handle"}
    client.post(f"/api/imports/{waiting['id']}/start", json={"mapping": mapping})
    run_jobs()
    done = client.get(f"/api/imports/{waiting['id']}").get_json()
    assert (done["status"], done["counts"]["created"]) == ("completed", 5)


def test_an_export_in_a_mapping_of_another_key_imports_at_once(
    client: FlaskClient, run_jobs: Run
) -> None:
    answer = upload(client, SHOPIFY.text, mapping='{"sku": "Handle"}')
    run_jobs()
    done = client.get(answer.headers["Location"]).get_json()
    assert done["counts"]["created"] == 4
    assert "Variant SKU" in done["ignored_columns"]
