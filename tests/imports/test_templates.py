"""Lines below the header that say in free words what belongs into the columns."""

from __future__ import annotations

import pytest

from app.imports.errors import OtherHeader, Question
from tests.imports.reading import get_options, read_whole

HEADER = "sku;name;description\n"
ROWS = "A-1;Chair;Oak, solid\nA-2;Table;Pine\n"


@pytest.mark.parametrize(
    "line",
    [
        "Your SKU;Product title, max 64 characters;(text)",
        "Enter the SKU;Enter the name of the product;Enter a description",
        "e.g. ABC-123;Blue mug;A mug for tea",
        "Required;Product title;Optional, up to 500 characters",
        "Unique identifier;Name shown in the shop;Long text",
        "A unique identifier for the product, assigned by the merchant.;A short title.;",
        "Your product’s unique identifier;Your product’s name;Your product’s description",
        "ABC-123;Example product;This is an example of a description",
        "Text, max 40 characters;Text, max 255 characters;HTML",
        "alphanumeric;String(255);text",
        "Ihre Artikelnummer;Titel des Produkts (max. 80 Zeichen);Freitext",
        "z. B. ABC-123;Blaue Tasse;",
        "Eine eindeutige Kennung für das Produkt;Name des Produkts;optional",
        "Pflichtfeld;Kurzer Titel;Bitte Text eingeben",
        "Votre référence;Titre du produit (max 80 caractères);texte libre",
        "Obligatoire;Nom du produit;Facultatif",
        "Identifiant unique du produit;Titre;Saisissez la description",
        "Su SKU;Título del producto (máx. 80 caracteres);texto",
        "Obligatorio;Nombre del producto;Opcional",
        "Introduzca el código;Introduzca el nombre;",
    ],
)
def test_a_line_of_instructions_is_asked_about_and_left_out_in_one_click(line: str) -> None:
    text = HEADER + line + "\n" + ROWS
    without, kept = get_options(read_whole(text))
    assert without == {"header_row": 1, "leave_out": [2]}
    read = read_whole(text, **without)
    assert (list(read.products), read.skipped, read.problem) == (["A-1", "A-2"], 1, None)
    assert len(read_whole(text, **kept).products) == 3


def test_an_instruction_with_a_price_is_asked_about_and_an_example_with_one_is_a_product() -> None:
    text = "sku,name,price,description\n{}\nA-1,Chair,1.00,Oak\nA-2,Table,2.00,\n"
    without, _ = get_options(read_whole(text.format("e.g. ABC-123,Blue mug,12.90,")))
    assert without["leave_out"] == [2]
    example = "A-0,Example product,12.90,An example of a text"
    assert len(read_whole(text.format(example)).products) == 3


def test_several_lines_of_instructions_are_left_out_together() -> None:
    lines = (
        "item_sku;item_name;description\nYour SKU;Product title;(text)\ne.g. ABC-123;Blue mug;\n"
    )
    without, _ = get_options(read_whole(HEADER + lines + ROWS))
    assert without["leave_out"] == [2, 3, 4]


def test_lines_left_out_tell_nothing_about_the_columns() -> None:
    text = "sku,name,Show\nYour SKU,Product title,Is it in the shop?\nA-1,Cup,yes\nA-2,Mug,no\n"
    problem = read_whole(text, leave_out=[2]).problem
    assert isinstance(problem, Question)
    assert problem.data["field"] == "active"


@pytest.mark.parametrize(
    "line",
    [
        "A-0;Your name here mug;Your perfect companion, max 500 ml",
        "A-0;Enter the dragon;Required viewing",
        "Gift card;Gift card;For every occasion",
        "STARTER SET;Starter set;Text book and ruler",
        "A 0;The example;Optional legs",
        "Example-1;Example;Oak",
        "UNIQUE-7;Unique chair;Oak",
        "NUMBER SEVEN;Chair;Oak",
        "sku;name;description",
        ";Product title, max 64 characters;(text)",
    ],
)
def test_a_product_that_uses_such_words_is_not_asked_about(line: str) -> None:
    assert read_whole(HEADER + line + "\n" + ROWS).problem is None


def test_products_whose_skus_are_all_words_are_not_asked_about() -> None:
    rows = "Your mug;Mug with your name;Enter the text\nYour cap;Cap;\nOur bag;Bag;\n"
    assert read_whole(HEADER + rows).problem is None
    assert read_whole(HEADER + ROWS + "Your SKU;Product title;(text)\n").problem is None


def test_only_the_lines_that_explain_are_left_out_and_not_the_products_above_them() -> None:
    without, _ = get_options(
        read_whole("sku,name\nA-1,Chair\nEnter your SKU,Enter your name\nA-2,Table\n")
    )
    assert without["leave_out"] == [3]


def test_a_line_without_a_sku_between_two_that_explain_goes_with_them() -> None:
    text = "sku,name,stock\nText,Text,Number\n,see below,\nyes,yes,no\nA-1,Chair,1\nA-2,Cup,2\n"
    without, _ = get_options(read_whole(text))
    assert without["leave_out"] == [2, 3, 4]


def test_names_of_columns_below_a_product_are_a_second_header_and_no_explanation() -> None:
    second = "Artikelnummer,Beschreibung,Bezeichnung\nB-1,hart,Tisch\nB-2,hart,Bank\n"
    problem = read_whole("sku,name,description\nA-1,Chair,soft\n" + second).problem
    assert isinstance(problem, OtherHeader)


@pytest.mark.parametrize(
    "text",
    [
        "sku,name,description\nBK-1,Example sentences,With many examples\nBK-2,Grammar,Exercises\n",
        "sku,name,unit\ndate,Date,number\nfig,Fig,number\nplum,Plum,number\n",
        "sku,name,description\nrequired-reading,Required reading,A text\nB-1,Chair,soft\n",
        "sku,name,active\nyes,No,yes\nA-1,Chair,yes\n",
    ],
)
def test_a_product_whose_sku_explains_nothing_is_not_asked_about(text: str) -> None:
    assert read_whole(text).problem is None


def test_a_line_that_says_what_is_needed_is_asked_about_beside_a_column_of_flags() -> None:
    without, _ = get_options(read_whole("sku,name,active\nyes,yes,no\nA-1,Chair,yes\n"))
    assert without["leave_out"] == [2]
