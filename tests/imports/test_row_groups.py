"""Rows that belong to another row."""

from __future__ import annotations

import pytest

from app.products.upsert import Mode
from tests.imports.reading import read_whole

SHOPIFY = (
    "Handle,Title,Body (HTML),Vendor,Published,Option1 Name,Option1 Value,Variant SKU,"
    "Variant Price,Image Src,Image Position,Variant Image,Status\n"
)
NEW_SHOPIFY = (
    "Title,URL handle,Description,Published on online store,Option1 name,Option1 value,SKU,Price,"
    "Product image URL,Status\n"
)


def test_a_variant_takes_title_description_and_status_of_its_handle() -> None:
    rows = (
        "tee,Cotton tee,<p>Soft</p>,Acme,TRUE,Size,S,T-S,19.90,http://i/1.jpg,1,,draft\n"
        "tee,,,,,,M,T-M,20.90,http://i/2.jpg,2,,\n"
        "tee,,,,,,L,,21.90,,,,\n"
        "tee,,,,,,,,,http://i/3.jpg,3,,\n"
        "cap,Cap,Warm,Acme,TRUE,Title,Default Title,C,12.00,,,,active\n"
        "tee,,,,,,XL,T-XL,22.90,,,,\n"
    )
    result = read_whole(SHOPIFY + rows)
    tee = {"name": "Cotton tee", "description": "<p>Soft</p>", "active": "f"}
    assert result.products["T-S"] == {"sku": "T-S", "price": "19.90", **tee}
    assert result.products["T-M"] == {"sku": "T-M", "price": "20.90", **tee}
    assert result.products["C"]["active"] == "t"
    assert result.rejected == {4: "sku_required", 7: "name_required"}
    assert result.notices == {"variant_completed": [3], "picture_row": [5]}
    assert result.skipped == 1


def test_variants_of_the_newer_export_are_completed_too() -> None:
    rows = (
        "Cup,cup,White,TRUE,Size,S,C-S,5.00,http://i/1.jpg,Active\n"
        ",cup,,,,M,C-M,6.00,,\n"
        ",cup,,,,,,,http://i/2.jpg,\n"
    )
    result = read_whole(NEW_SHOPIFY + rows)
    assert result.products["C-M"]["name"] == "Cup"
    assert result.notices == {"variant_completed": [3], "picture_row": [4]}


def test_variants_are_completed_across_blocks_of_the_file() -> None:
    first = "tee,Cotton tee,Soft,Acme,TRUE,Size,S,T-0,19.90,,,,draft\n"
    others = "".join(f"tee,,,{'v' * 90},,,{n},T-{n},19.90,,,,\n" for n in range(1, 6000))
    result = read_whole(SHOPIFY + first + others)
    assert {row["name"] for row in result.products.values()} == {"Cotton tee"}
    assert len(result.products) == 6000


def test_cells_merged_in_a_spreadsheet_are_not_filled_down() -> None:
    result = read_whole("sku,name,color,price\nFD-1,Shirt,red,19.90\n,,blue,19.90\n")
    assert result.rejected == {3: "sku_required"}


@pytest.mark.parametrize("column", ["store_view_code", "Store View", "_store"])
def test_a_row_of_another_store_view_is_set_aside_and_named(column: str) -> None:
    rows = "MG-1,,Cup,12.9000\nMG-1,fr,Tasse,\nMG-2,,Mug,9.9000\nMG-2,de,Becher,1\n"
    result = read_whole(f"sku,{column},name,price\n{rows}")
    assert {sku: row["name"] for sku, row in result.products.items()} == {
        "MG-1": "Cup", "MG-2": "Mug"
    }  # fmt: skip
    assert (result.notices, result.skipped) == ({"other_store_view": [3, 5]}, 2)


def test_rows_that_are_all_of_one_store_view_are_the_products() -> None:
    rows = "MG-1,default,Cup\nMG-2,default,Mug\n"
    result = read_whole("sku,store_view_code,name\n" + rows)
    assert list(result.products) == ["MG-1", "MG-2"]


def test_a_product_again_in_another_language_is_set_aside_and_a_book_is_not() -> None:
    rows = "A,en,Cup\nA,de,Tasse\nA,en,Cup again\nB,de,Buch\nC,en,Book\n"
    result = read_whole("sku,language,name\n" + rows, mode=Mode.UPSERT)
    assert {sku: row["name"] for sku, row in result.products.items()} == {
        "A": "Cup again", "B": "Buch", "C": "Book"
    }  # fmt: skip
    assert result.notices == {"other_language": [3]}


BIGCOMMERCE = "Item Type,Product ID,Product Name,Product Code/SKU,Price\n"


def test_rows_of_bigcommerce_below_a_product_are_set_aside_and_named() -> None:
    rows = (
        "Product,7,Shirt,S-1,10.00\n"
        "  SKU,8,[RT]Size=Small,S-1-S,\n"
        '"  Rule",,"[RT]Size=Small,[S]Color=Red",,[ADD]2\n'
        "Product,9,Hat,H-1,5.00\n"
        " sku ,10,[CS]Color=Red:#ff0000,H-1-R,5.00\n"
    )
    result = read_whole(BIGCOMMERCE + rows)
    assert {sku: row["name"] for sku, row in result.products.items()} == {
        "S-1": "Shirt",
        "H-1": "Hat",
    }
    assert (result.notices, result.skipped) == ({"variant_row": [3, 4, 6]}, 3)
    assert result.understanding.notices[0]["examples"] == ["S-1-S (SKU)", "Rule", "H-1-R (sku)"]


def test_options_in_a_name_tell_a_variant_where_the_columns_are_called_otherwise() -> None:
    rows = "Product,Shirt,S-1,1.00\n SKU,[RT]Size=Small,S-1-S,\n Rule,,,\n"
    result = read_whole("Item Type,name,sku,price\n" + rows)
    assert (list(result.products), result.notices) == (["S-1"], {"variant_row": [3, 4]})


def test_pictures_and_nameless_variants_of_the_newer_bigcommerce_are_set_aside() -> None:
    rows = (
        "Product,77,Shirt,S-1,,10,\n"
        "Variant,78,,S-1-S,Name=Size|Value=S,,\n"
        "Image,79,,,,,http://i/1.jpg\n"
        "Variant,80,Shirt L,S-1-L,Name=Size|Value=L,11,\n"
    )
    result = read_whole("Item,ID,Name,SKU,Options,Price,Image URL (Import)\n" + rows)
    assert list(result.products) == ["S-1", "S-1-L"]
    assert result.notices == {"variant_row": [3], "picture_row": [4]}


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        (BIGCOMMERCE, "SKU,1,Shirt,S-1,1.00\nSKU,2,Hat,H-1,2.00\n"),
        (BIGCOMMERCE, "Product,1,Shirt,S-1,1.00\nGift,2,Hat,H-1,2.00\n"),
        ("Item Type,name,sku,price\n", "Product,Shirt,S-1,1.00\nRule,Hat,H-1,2.00\n"),
        ("Item,name,sku,price\n", "Product,Shirt,S-1,1.00\nVideo,Hat,H-1,2.00\n"),
        ("Item Type,Product Name,sku,price\n", "Product,Shirt,S-1,1.00\nVideo,Hat,H-1,2.00\n"),
        ("Item Type,Product Name,sku,price\n", "Product,Shirt,S-1,1.00\nSKU,Hat,H-1,2.00\n"),
        ("Item,name,sku,Options\n", "Product,Shirt,S-1,red\nVideo,Hat,H-1,\n"),
    ],
)
def test_item_types_of_other_files_set_no_row_aside(header: str, rows: str) -> None:
    assert list(read_whole(header + rows).products) == ["S-1", "H-1"]


@pytest.mark.parametrize("name", ["language", "Sprache", "id_lang", "Taal", "locale", "store"])
def test_rows_in_another_language_are_set_aside_wherever_they_stand(name: str) -> None:
    rows = "A-1,Chair,en\nA-2,Table,en\nB-1,Buch,de\na-1,Stuhl,de\nA-2,Tisch,de\n"
    result = read_whole(f"sku,name,{name}\n{rows}")
    assert {sku: row["name"] for sku, row in result.products.items()} == {
        "A-1": "Chair", "A-2": "Table", "B-1": "Buch"
    }  # fmt: skip
    assert (result.notices, result.skipped) == ({"other_language": [5, 6]}, 2)


def test_the_language_of_the_first_row_counts_for_every_product_that_has_it() -> None:
    rows = "A-1,Chair,en\nA-2,Tisch,de\nA-2,Table,EN\nA-2,Bureau,fr\nA-3,Lampe,de\nA-3,Lampa,pl\n"
    result = read_whole("sku,name,language\n" + rows)
    assert [row["name"] for row in result.products.values()] == ["Chair", "Table", "Lampe"]
    assert result.notices == {"other_language": [5, 7]}


def test_a_store_that_is_a_place_is_no_language() -> None:
    result = read_whole("sku,name,store\nA,Chair,Berlin\nB,Table,Oslo\nA,Stool,Oslo\n")
    assert (result.notices, result.products["A"]["name"]) == ({}, "Stool")


def test_beyond_a_number_of_products_only_those_before_are_remembered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.imports.row_groups.REMEMBERED", 1)
    rows = "A,Chair,en\nB,Table,en\nA,Stuhl,de\nB,Tisch,de\n"
    result = read_whole("sku,name,language\n" + rows)
    assert result.notices == {"other_language": [4]}
